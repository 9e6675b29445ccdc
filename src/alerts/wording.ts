import type { AlertKind, Figures, Occasion } from '../domain/alert.ts'
import type { Urgency } from '../domain/directive.ts'
import { type Sentences, sourceTroubles } from './source-troubles.ts'

/** What is so, in totals of directives at risk; which ones they are is for whoever may see the pages. */
export function sentencesOf(told: {
  readonly occasion: Occasion
  readonly kind: AlertKind
  readonly source: string
  readonly figures: Figures
}): Sentences {
  const { vi, en } = wordings[told.kind](told.figures)
  const before = occasions[told.occasion]
  const about =
    told.source === ''
      ? { vi: 'Hệ thống', en: 'The service' }
      : { vi: `Nguồn ${told.source}`, en: `Source ${told.source}` }
  return {
    vi: `${before.vi}${about.vi}: ${vi}.`,
    en: `${before.en}${about.en}: ${en}.`,
  }
}

/** What to do about it. */
export function adviceOf(kind: AlertKind): Sentences {
  return advice[kind]
}

/** `critical`: a legal deadline is or may be at stake now. */
export function severityOf(kind: AlertKind): 'critical' | 'warning' {
  return critical.has(kind) ? 'critical' : 'warning'
}

const critical: ReadonlySet<AlertKind> = new Set([
  'deadlineNear',
  'deadlinePassed',
  'withoutText',
  'doubtedDate',
  'foundLate',
  'sourceAway',
  'breakerOpen',
  'sentinelUnreadable',
  'fuseAsked',
  'formRefused',
])

const occasions: Readonly<Record<Occasion, Sentences>> = {
  raised: { vi: '', en: '' },
  worse: { vi: 'Tăng thêm. ', en: 'More of it. ' },
  again: { vi: 'Vẫn còn. ', en: 'Still so. ' },
  recovered: { vi: 'ĐÃ HẾT. ', en: 'OVER. ' },
}

const wordings: Readonly<Record<AlertKind, (figures: Figures) => Sentences>> = {
  deadlineNear: (f) => ({
    vi: `${f.count} văn bản chỉ đạo chưa phân loại sắp hết hạn${urgencies(f, 'vi')}`,
    en: `${f.count} directives not classified are close to their legal deadline${urgencies(f, 'en')}`,
  }),
  deadlinePassed: (f) => ({
    vi: `${f.count} văn bản chỉ đạo đã quá hạn mà chưa phân loại${urgencies(f, 'vi')}`,
    en: `${f.count} directives not classified have passed their legal deadline${urgencies(f, 'en')}`,
  }),
  foundLate: (f) => ({
    vi: `${f.count} văn bản chỉ đạo được tìm thấy muộn: lẽ ra một lượt đọc trước đã phải thấy`,
    en: `${f.count} directives were found late: an earlier reading should have met them`,
  }),
  releasedLate: (f) => ({
    vi: `${f.count} văn bản chỉ đạo do nguồn phát hành chậm, đến nơi thì đã hết hạn phân loại`,
    en: `${f.count} directives were released late by the source: their legal time was over when they came`,
  }),
  withoutText: (f) => ({
    vi: `${f.count} văn bản chỉ đạo thiếu toàn văn dù đã hết hạn phân loại`,
    en: `${f.count} directives have no full text although their legal deadline has passed`,
  }),
  doubtedDate: (f) => ({
    vi: `${f.count} văn bản chỉ đạo có ngày ban hành đáng ngờ; tạm tính hạn ngặt hơn, chờ người quyết định`,
    en: `${f.count} directives have a day of issue that cannot be believed; the stricter clock runs until a person decides`,
  }),
  sourceAway: (f) => ({
    vi: `không đọc trọn được lượt nào từ ${f.hours} giờ${because(f, 'vi')}; ${open(f, 'vi')}`,
    en: `no whole reading for ${f.hours} hours${because(f, 'en')}; ${open(f, 'en')}`,
  }),
  sourceSilent: (f) => ({
    vi: `không có văn bản mới trong ${f.hours} giờ làm việc; ${open(f, 'vi')}`,
    en: `nothing new for ${f.hours} working hours; ${open(f, 'en')}`,
  }),
  queueSilent: (f) => ({
    vi: `hàng đợi không chuyển được việc nào từ ${f.hours} giờ; việc vẫn chạy theo nhịp quét, chậm hơn`,
    en: `the queue has carried nothing for ${f.hours} hours; work goes on by the sweep, less promptly`,
  }),
  storeWentBack: (f) => ({
    vi: `kho dữ liệu đã lùi về trước; ${f.count} văn bản chỉ đạo từng có trong kho nay không còn`,
    en: `the store has lost commits; ${f.count} directives that it had are not in it`,
  }),
  breakerOpen: (f) => ({
    vi: `lỗi liên tiếp nên tạm ngừng hỏi (lần trả lời trọn cuối cách đây ${f.hours} giờ)${because(f, 'vi')}; ${open(f, 'vi')}`,
    en: `failed repeatedly and is left alone for a while (last whole answer ${f.hours} hours ago)${because(f, 'en')}; ${open(f, 'en')}`,
  }),
  sentinelUnreadable: (f) => ({
    vi: `không đọc được văn bản kiểm chứng, nguồn có thể đang giấu văn bản; ${open(f, 'vi')}`,
    en: `the document that must be readable is not, so the source may be hiding documents; ${open(f, 'en')}`,
  }),
  undecided: (f) => ({
    vi: `${f.count} mục chưa đọc được đến mức quyết định, có thể là văn bản chỉ đạo đang tính hạn`,
    en: `${f.count} items could not be read far enough to decide; they may be directives whose clock runs`,
  }),
  fuseAsked: (f) => ({
    vi: `${f.count} văn bản chỉ đạo bỗng bị nguồn báo thu hồi, mật hoặc không còn; chưa làm gì, chờ người trả lời`,
    en: `${f.count} directives should suddenly go by what the source says; nothing was done, a person must answer`,
  }),
  failed: (f) => ({
    vi: `${f.count} văn bản chỉ đạo chưa chuyển được sau ba lần thử`,
    en: `${f.count} directives could not be staged after three attempts`,
  }),
  fileMissing: (f) => ({
    vi: `${f.count} tệp chưa lấy được sau ba lần thử; văn bản đã hiện, còn thiếu các tệp này`,
    en: `${f.count} files could not be fetched after three attempts; their directives are shown without them`,
  }),
  unconfirmed: (f) => ({
    vi: `${f.count} lần gửi trả chưa rõ kết quả hoặc bị từ chối, chờ người giải quyết`,
    en: `${f.count} sends back are unconfirmed or rejected and wait for a person`,
  }),
  notAdmitted: (f) => ({
    vi: `${f.count} nội dung do phần mềm theo dõi ghi chưa được nhận, chờ người giải quyết`,
    en: `${f.count} entries written by the tracking software were not admitted and wait for a person`,
  }),
  withheld: (f) => ({
    vi: `${f.count} văn bản chỉ đạo đang bị giữ lại, chờ người xem; thời hạn vẫn tính`,
    en: `${f.count} directives are withheld and wait for a person; their clocks go on`,
  }),
  notEligibleJump: (f) => ({
    vi: `tỷ lệ chưa đủ điều kiện đồng bộ tăng từ ${f.percentBefore}% lên ${f.percent}% (${f.count} mục)`,
    en: `the share of what is not eligible rose from ${f.percentBefore}% to ${f.percent}% (${f.count} items)`,
  }),
  formRefused: (f) => ({
    vi: `${f.count} văn bản đã ban hành, đúng phạm vi, chỉ vướng một trường thiếu hoặc không đọc được; trước đó không có`,
    en: `${f.count} issued documents in scope are kept out by a field alone that is missing or unreadable, where there were none`,
  }),
  unmappedCode: (f) => ({
    vi: `${f.count} mã lạ xuất hiện trong 24 giờ; văn bản mang mã đó chưa được đồng bộ`,
    en: `${f.count} unknown codes appeared within 24 hours; documents that carry one are not let through`,
  }),
}

const advice: Readonly<Record<AlertKind, Sentences>> = {
  deadlineNear: { vi: 'phân loại ngay: chidao status', en: 'classify now: chidao status' },
  deadlinePassed: { vi: 'phân loại ngay: chidao status', en: 'classify now: chidao status' },
  foundLate: {
    vi: 'phân loại ngay, rồi tìm nguyên nhân: chidao attention list --kind foundLate',
    en: 'classify them, then find out why: chidao attention list --kind foundLate',
  },
  releasedLate: {
    vi: 'phân loại: chidao attention list --kind releasedLate',
    en: 'classify them: chidao attention list --kind releasedLate',
  },
  withoutText: {
    vi: 'chidao files; xin tệp của nơi gửi, rồi chidao files hand-in',
    en: 'chidao files; ask the issuer for the file, then chidao files hand-in',
  },
  doubtedDate: { vi: 'chidao dates', en: 'chidao dates' },
  sourceAway: { vi: 'chidao check, rồi hỏi bên nguồn', en: 'chidao check, then ask the source' },
  sourceSilent: { vi: 'hỏi bên nguồn; chidao resync', en: 'ask the source; chidao resync' },
  queueSilent: { vi: 'chidao check, rồi sửa hàng đợi', en: 'chidao check, then mend the queue' },
  storeWentBack: {
    vi: 'docs/backup.md; chidao resync những ngày gần đây',
    en: 'docs/backup.md; chidao resync the last days',
  },
  breakerOpen: { vi: 'chidao check, rồi hỏi bên nguồn', en: 'chidao check, then ask the source' },
  sentinelUnreadable: {
    vi: 'hỏi bên nguồn về quyền đọc',
    en: 'ask the source about its access rights',
  },
  undecided: { vi: 'chidao runs, rồi hỏi bên nguồn', en: 'chidao runs, then ask the source' },
  fuseAsked: { vi: 'chidao fuses', en: 'chidao fuses' },
  failed: { vi: 'chidao failed', en: 'chidao failed' },
  fileMissing: { vi: 'chidao files', en: 'chidao files' },
  unconfirmed: { vi: 'chidao replies list', en: 'chidao replies list' },
  notAdmitted: {
    vi: 'chidao attention list --kind notAdmitted',
    en: 'chidao attention list --kind notAdmitted',
  },
  withheld: { vi: 'chidao withheld', en: 'chidao withheld' },
  notEligibleJump: { vi: 'xem lại khai báo của nguồn', en: 'review the profile of the source' },
  formRefused: {
    vi: 'nguồn đổi cách ghi? xem lại map trong hồ sơ nguồn: chidao attention list --kind formRefused',
    en: 'does the source write it otherwise? review map in its profile: chidao attention list --kind formRefused',
  },
  unmappedCode: {
    vi: 'bổ sung khai báo của nguồn, rồi chidao resync',
    en: 'complete the profile, then chidao resync',
  },
}

const urgencyWords: Readonly<Record<Urgency, Sentences>> = {
  flash: { vi: 'hỏa tốc', en: 'flash' },
  unreadable: { vi: 'độ khẩn không đọc được', en: 'urgency unreadable' },
  veryUrgent: { vi: 'thượng khẩn', en: 'very urgent' },
  urgent: { vi: 'khẩn', en: 'urgent' },
  normal: { vi: 'thường', en: 'normal' },
}

function urgencies({ byUrgency = {} }: Figures, language: 'vi' | 'en'): string {
  const parts = (Object.keys(urgencyWords) as Urgency[])
    .filter((urgency) => (byUrgency[urgency] ?? 0) > 0)
    .map((urgency) => `${urgencyWords[urgency][language]} ${byUrgency[urgency]}`)
  return parts.length > 0 ? ` (${parts.join(', ')})` : ''
}

function because({ cause }: Figures, language: 'vi' | 'en'): string {
  if (cause === undefined) return ''
  return `, ${sourceTroubles[cause]?.[language] ?? cause}`
}

function open({ open = 0 }: Figures, language: 'vi' | 'en'): string {
  return language === 'vi'
    ? `${open} văn bản của nguồn đang tính hạn`
    : `${open} of its directives have a running deadline`
}
