import type { Folded } from './letters.ts'
import type { MarkFinding } from './mark-finding.ts'

/**
 * The stamps of state-secret papers that name no degree (TT 24/2020 forms 03 to 07, NĐ 63/2026): the envelope's letter, the
 * term of protection, giải mật, papers to be returned, envelopes for one person; the name of the thing itself, BMNN; and
 * a paper that says of itself that it is mật. As the topic of a document each of them is innocent.
 */
export function stampOfLaw({ text, printed }: Folded, blotted: string): MarkFinding {
  const isStamped =
    stamps.some((stamp) => stamp.test(text)) ||
    ofItself.some((saying) => saying.test(blotted)) ||
    isLabelOfSecrets(text) ||
    stampsInCapitals.some((stamp) => stamp.test(printed))
  return isStamped ? 'doubtful' : null
}

/** Where a label stands: at the front, or behind a dash, a bracket or a full stop. */
const front = '(?:^[^\\p{L}\\p{N}]*|[-–—(\\[{<|*/•;.:]\\s*)'
/** Where it ends: at a dash, a colon, a bracket or the end. */
const end = '\\s*(?:[-–—:)\\]}>|*/•]|$)'
const inside = (label: string) => `[([{<«“"]\\s*(?:${label})\\s*[)\\]}>»”"]`
const kinds =
  'văn bản|tài liệu|công văn|hồ sơ|kế hoạch|phương án|báo cáo|quyết định|nghị quyết|chỉ thị|tờ trình|thông báo|công điện|kết luận|đề án|dự án|hướng dẫn|biên bản|chương trình|phụ lục|danh sách|thông tri|phiếu gửi|phiếu chuyển|bản tin|thư|giấy mời|nghị định|thông tư'
const degree = '(?:tối |tuyệt )?mật(?!\\p{L})'
const secrets = '(?:bí mật nhà nước|bmnn)'

const stamps = [
  // 03: A is tuyệt mật, B tối mật, C mật.
  /(?<!\p{L})(?:ký hiệu|số|dấu|loại) bì\s*[:=-]?\s*[abc](?![\p{L}\p{N}])/u,
  new RegExp(`${front}bì\\s*(?:loại |số |ký hiệu )?[:=]?\\s*[abc](?![\\p{L}\\p{N}])${end}`, 'u'),
  new RegExp(`${inside('(?:đóng )?dấu [abc]')}|^[^\\p{L}\\p{N}]*dấu [abc]\\s*[-–—:]`, 'u'),
  // 04
  new RegExp(`${front}(?:gia hạn )?thời hạn bảo vệ(?: ${secrets})\\s*(?::|=|\\d|đến|là)`, 'u'),
  /^[^\p{L}\p{N}]*(?:gia hạn )?thời hạn bảo vệ\s*:?\s*\d+\s*năm/u,
  new RegExp(inside(`thời hạn bảo vệ ${secrets}[^)\\]]{0,40}`), 'u'),
  // 05
  new RegExp(inside('(?:đã |được )?giải mật(?:\\s+(?:từ|ngày|theo)[^)\\]]{0,60})?'), 'u'),
  /^[^\p{L}\p{N}]*(?:đã |được )?giải mật(?:\s+(?:từ|ngày|theo)[^–—:]{0,40}?)?\s*[-–—|]\s/u,
  /(?:[-–—|*/•]\s+)đã giải mật[^\p{L}]*$|^[^\p{L}]*đã giải mật(?:$|[^\p{L}]*[:.])/u,
  // 06
  new RegExp(`^[^\\p{L}\\p{N}]*(?:tăng|giảm|điều chỉnh|thay đổi) độ mật${end}`, 'u'),
  new RegExp(inside('(?:đã |được )?(?:tăng|giảm|điều chỉnh) độ mật[^)\\]]{0,40}'), 'u'),
  // 07
  new RegExp(`^[^\\p{L}\\p{N}]*tài liệu thu hồi(?:${end}|\\s+thời hạn|\\s+(?:trước|sau) )`, 'u'),
  /[-–—|*/•]\s+tài liệu thu hồi[^\p{L}]*$/u,
  new RegExp(inside('tài liệu thu hồi[^)\\]]{0,40}'), 'u'),
  new RegExp(
    inside('(?:bản |tài liệu )?(?:sẽ )?(?:được )?thu hồi (?:trước|sau|ngày|lại|tại)[^)\\]]{0,40}'),
    'u',
  ),
  /[([{][^)\]}]{0,40}bản số\s*\d+[^)\]}]{0,20}thu hồi/u,
  /(?:chỉ )(?:người|đồng chí|cá nhân|cán bộ) có tên (?:mới )?(?:được|có quyền) (?:bóc|mở|đọc)/u,
  // What others write in English.
  new RegExp(inside('restricted|conf(?:id)?\\.?|noforn|[sc]\\s*//?\\s*(?:nf|noforn)'), 'u'),
  /^[^\p{L}\p{N}]*(?:restricted|noforn|confid?)\.?\s*[-–—:]\s/u,
]

/** A paper that says of itself that it is mật, whatever follows; in the middle of a sentence it is a topic. */
const ofItself = [
  new RegExp(
    `^[^\\p{L}]*(?:(?:v\\s*/\\s*v|về việc|về|ban hành|phê duyệt|triển khai|thực hiện|trích yếu|nội dung)[\\s:.]+)*(?:${kinds})(?:\\s+(?:số\\s+)?\\d[\\d/.-]*)?\\s+${degree}`,
    'u',
  ),
  new RegExp(
    `(?:xếp|phân|thuộc|đóng|mang|ở|có)(?: vào)? (?:loại|dấu|độ|diện|mức|chế độ) ${degree}\\s*(?:$|[^\\p{L}\\s])`,
    'u',
  ),
  /(?<!\p{L})độ mật\s*(?:[:=]|\d|cao|thấp|trung bình)/u,
  new RegExp(`(?<!\\p{L})là\\s+(?:(?:${kinds}|loại)\\s+)?${degree}\\s*(?:$|[^\\p{L}\\s])`, 'u'),
  new RegExp(`(?<!\\p{L})bản (?:cứng|mềm|chính|gốc|in|sao|scan|điện tử|giấy) ${degree}`, 'u'),
  new RegExp(`(?<!\\p{L})(?:khẩn|hỏa tốc|hoả tốc)\\s*(?:và|,|/|\\+|&|-)\\s*${degree}`, 'u'),
  new RegExp(
    `^[^\\p{L}]*(?:v/v\\s+)?(?:${kinds})[^,;.:]{0,60} (?:có|chứa|mang) (?:nội dung|thông tin|tính chất|độ) ${degree}\\s*(?:$|[^\\p{L}\\s])`,
    'u',
  ),
]

const stampsInCapitals = [
  /(?:^[^\p{L}\p{N}]*|[-–—|*/•]\s+)(?:ĐÃ )?GIẢI MẬT(?:[^\p{L}\p{N}]*$|\s*:)/u,
]

/** Where the protection of state secrets is the topic, their name is no label; in brackets, of its rules, training and accounts. */
const protection =
  /bảo vệ (?:các )?(?:tài liệu |thông tin )?(?:bí mật nhà|bmnn)|bvbmnn|(?<!thuộc )danh mục bí mật/u
const rulesOfIt =
  /(?<!\p{L})(?:luật|pháp lệnh|nghị định|thông tư|quy chế|nội quy|tập huấn|bồi dưỡng|tuyên truyền|phổ biến|tài khoản|ban chỉ đạo|góp ý)(?!\p{L})/u

const inBracketsOrFirst = [
  new RegExp(inside(`(?:(?:thuộc|chứa|có|tài liệu|văn bản|độ) )*${secrets}`), 'u'),
  new RegExp(`^[^\\p{L}\\p{N}]*(?:(?:${kinds})\\s+)?${secrets}\\s*:`, 'u'),
]
const labelsOfSecrets = [
  new RegExp(
    `^[^\\p{L}\\p{N}]*(?:(?:${kinds}|thông tin)\\s+)?(?:thuộc\\s+|chứa\\s+|có\\s+)?${secrets}\\s*[-–—|]`,
    'u',
  ),
  new RegExp(`[-–—|*/•]\\s+(?:(?:tài liệu|văn bản)\\s+)?${secrets}[^\\p{L}]*$`, 'u'),
  new RegExp(
    `^[^\\p{L}\\p{N}]*(?:tài liệu|văn bản|công văn|hồ sơ|bản)\\s+(?:mang |chứa |có )?${secrets}[^\\p{L}]*$`,
    'u',
  ),
  new RegExp(
    `^[^\\p{L}\\p{N}]*(?:${kinds})(?: này)?(?: được xác định)?(?: là)? (?:thuộc|chứa|có chứa|mang|có)(?: (?:phạm vi|danh mục|nội dung|thông tin|diện))*(?: thuộc)? ${secrets}`,
    'u',
  ),
]

function isLabelOfSecrets(text: string): boolean {
  if (!/bmnn|bí mật nhà nước/u.test(text) || protection.test(text)) return false
  return (
    labelsOfSecrets.some((label) => label.test(text)) ||
    (inBracketsOrFirst.some((label) => label.test(text)) && !rulesOfIt.test(text))
  )
}
