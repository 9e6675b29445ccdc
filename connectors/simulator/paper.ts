/** What a directive says below its subject, who gets it, and the files it comes with. */
import { type LocalDate, localDateOf } from '#src/domain/local-date.ts'
import type { Canary } from './canary.ts'
import type { Row, SimulatedFile } from './document.ts'
import type { Draw } from './draw.ts'
import { communes, simulatedUnits } from './names.ts'
import { pdf } from './pdf.ts'
import { phrase, spokenDate } from './phrase.ts'

const orders = [
  'UBND tỉnh giao {lead} chủ trì, phối hợp với UBND {place} và các đơn vị liên quan triển khai thực hiện; báo cáo kết quả trước ngày {later}.',
  'Giao {lead} rà soát, tham mưu, đề xuất UBND tỉnh xem xét, quyết định trước ngày {later}.',
  'Yêu cầu UBND {place} phối hợp với {lead} kiểm tra thực tế, xử lý theo thẩm quyền và báo cáo UBND tỉnh trước ngày {later}.',
  'Giao {lead} hướng dẫn, đôn đốc, kiểm tra việc thực hiện; định kỳ hằng tháng báo cáo UBND tỉnh.',
]
const closings = [
  'Thủ trưởng các sở, ban, ngành và Chủ tịch UBND các xã, phường, đặc khu chịu trách nhiệm thực hiện.',
  'Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, các đơn vị phản ánh về {lead} để tổng hợp, báo cáo UBND tỉnh.',
  'Giao Văn phòng UBND tỉnh theo dõi, đôn đốc việc thực hiện.',
]
/** Who would be told to lead, by what the subject speaks of; the first line that fits. */
const leads: readonly [RegExp, string][] = [
  [
    /trường trung học|trường tiểu học|trường mầm non|giáo viên|thi tốt nghiệp|năm học|lớp 10|bán trú/i,
    'Sở Giáo dục và Đào tạo',
  ],
  [/dịch sốt|y tế|an toàn thực phẩm|bệnh viện|muỗi|chữa bệnh/i, 'Sở Y tế'],
  [/lễ hội|ngày hội|di tích|du lịch/i, 'Sở Văn hóa, Thể thao và Du lịch'],
  [/khiếu nại|tố cáo|thanh tra|tiếp công dân/i, 'Thanh tra tỉnh'],
  [
    /thủ tục hành chính|dịch vụ công|trực tuyến|dữ liệu|mật khẩu|bảo mật|mật mã|số hóa|kỹ năng số|công nghệ số|chuyển đổi số|kinh tế số/i,
    'Sở Khoa học và Công nghệ',
  ],
  [
    /cán bộ|biên chế|công chức|cải cách|người có công|liệt sĩ|kỷ cương|bí mật nhà nước/i,
    'Sở Nội vụ',
  ],
  [
    /bão|lũ|sạt lở|rừng|hồ chứa|đất|chăn nuôi|lợn|tàu cá|thủy sản|nông|vật nuôi|khoáng sản|rác|nước|mật ong|mật mía|nắng nóng|thiên tai/i,
    'Sở Nông nghiệp và Môi trường',
  ],
  [/giao thông|tuyến|cầu|nhà ở|đô thị|quy hoạch|xây dựng|đường/i, 'Sở Xây dựng'],
  [/cung ứng điện|chợ|hàng giả|thương mại|cụm công nghiệp|bình ổn/i, 'Sở Công Thương'],
]

const mainNames = [
  '{code}.pdf',
  '{kind} {code}.pdf',
  '{kind} số {number}.pdf',
  '{code} (đã ký số).pdf',
]
const annexNames = [
  'Phụ lục kèm theo {code}.pdf',
  'Phụ lục 1.pdf',
  'Danh sách đơn vị thực hiện.pdf',
  'Biểu mẫu báo cáo.pdf',
  'Dự toán kinh phí.pdf',
  'Bản đồ khu vực dự án.pdf',
]

/** Who leads, and which commune the matter is in: as the subject says, or as may be. */
export interface Concerned {
  readonly lead: string
  readonly place: string
}

export function concernedBy(subject: string, draw: Draw): Concerned {
  return {
    lead: leads.find(([words]) => words.test(subject))?.[1] ?? 'Sở Tài chính',
    place: communes.find((name) => subject.includes(name)) ?? draw.pick(communes),
  }
}

export function summaryFor({ lead, place }: Concerned, date: LocalDate, draw: Draw): string {
  const wanted = [...draw.some(orders, draw.int(1, 2)), draw.pick(closings)]
  return wanted
    .map((order) => order.replace('{lead}', lead).replace('{place}', place))
    .map((order) => phrase(order, date, draw))
    .join(' ')
}

export function receiversFor({ lead, place }: Concerned, draw: Draw): string[] {
  const others = draw.some(simulatedUnits, draw.int(1, 4)).map(({ name }) => name)
  return [...new Set([lead, `UBND ${place}`, ...others])]
}

export function fileCount(draw: Draw): number {
  const chance = draw.next()
  return chance < 0.08 ? 0 : chance < 0.7 ? 1 : chance < 0.9 ? 2 : 3
}

/**
 * File names without the ending, the main file first. They take the code without a mark that its symbol may
 * bear, so that the symbol alone says it.
 */
export function fileNamesFor(
  row: Row,
  plainNotation: string,
  draw: Draw,
  howMany: number,
): string[] {
  if (howMany === 0) return []
  const code = plainNotation.replaceAll(/[/\u2044]/g, '_').replaceAll(' ', '')
  const templates = [draw.pick(mainNames), ...draw.some(annexNames, howMany - 1)]
  return templates.map((template) =>
    template
      .replace('{code}', code)
      .replace('{kind}', row.doc_type_name)
      .replace('{number}', String(row.number))
      .replace(/\.pdf$/, ''),
  )
}

/** A few are scans of 1 to 6 MB. */
export function scanSize(draw: Draw): number {
  return draw.chance(0.03) ? draw.int(1_000_000, 6_000_000) : 0
}

export function fileOf(of: {
  readonly id: number
  readonly name: string
  readonly row: Row
  readonly summary: string
  readonly scanBytes: number
  readonly canary: Canary | null
}): SimulatedFile {
  let bytes: number | null = null
  const make = () => pdf(paragraphsOf(of), of.scanBytes)
  // A scan is made anew for each reader, so that a large register stays small in memory.
  let kept: Buffer | null = null
  const content = () => {
    if (kept) return kept
    const made = make()
    bytes = made.length
    if (of.scanBytes === 0) kept = made
    return made
  }
  return {
    id: of.id,
    name: of.name,
    mimeType: 'application/pdf',
    content,
    size: () => bytes ?? content().length,
  }
}

function paragraphsOf(of: Parameters<typeof fileOf>[0]): string[] {
  const { row, summary, canary } = of
  const issued = spokenDate(localDateOf(new Date(row.publish_date ?? 0))).split('/')
  const [day, month, year] = issued
  return [
    `${row.issuer_name.toLocaleUpperCase('vi')} - CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM`,
    `Số: ${row.notation}, ngày ${day} tháng ${month} năm ${year}`,
    row.doc_type_name.toLocaleUpperCase('vi'),
    row.abstract,
    `Tệp: ${of.name}`,
    ...summary.split(/(?<=\.) /),
    ...(canary ? [canary.in('fileContent')] : []),
    `Nơi nhận: ${row.recipients}.`,
    `${row.signer_position} ${row.signer}`,
    'Tài liệu mô phỏng, không có giá trị pháp lý.',
  ]
}
