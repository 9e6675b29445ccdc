/** What the simulated system makes of a reply: it takes it, each time anew, or says why not. */
import { createHash } from 'node:crypto'
import { isLocalDate } from '#src/domain/local-date.ts'
import { hash } from './draw.ts'

export interface RecordedReply {
  readonly id: number
  readonly documentId: number
  readonly ma_tra_loi: string
  readonly ket_qua: string
  readonly ngay_hoan_thanh: string | null
  readonly dien_giai: string
  readonly don_vi: { readonly ma: string; readonly ten: string }
  readonly van_ban: Readonly<Record<string, unknown>> | null
  readonly tep: readonly {
    readonly ten: string
    readonly loai: string
    readonly size: number
    readonly sha256: string
  }[]
  readonly receivedAt: string
}

type Taken =
  | { readonly taken: true; readonly reply: RecordedReply }
  | { readonly taken: false; readonly message: string }

export interface ReplyBook {
  /** A repeated `ma_tra_loi` is one more reply: the far side does not protect anybody from duplicates. */
  take(documentId: number, body: unknown, now: Date): Taken
  of(documentId: number, code: string | null): RecordedReply[]
  all(): RecordedReply[]
}

/** Refuses what is ill-formed or from an unknown unit, and by seed a share of everything else, for good. */
export function replyBook(refusals: {
  readonly seed: number | string
  readonly share: number
}): ReplyBook {
  const replies: RecordedReply[] = []
  return {
    take(documentId, body, now) {
      const message = complaint(body)
      if (message !== null) return { taken: false, message }
      const said = body as Said
      if (hash(`${refusals.seed} ${said.ma_tra_loi}`) / 4_294_967_296 < refusals.share) {
        return { taken: false, message: 'Hồ sơ đã khóa, không tiếp nhận văn bản trả lời' }
      }
      const reply = {
        ...said,
        id: replies.length + 1,
        documentId,
        tep: said.tep.map(({ ten, loai, noi_dung }) => fingerprint(ten, loai, noi_dung)),
        receivedAt: now.toISOString(),
      }
      replies.push(reply)
      return { taken: true, reply }
    },
    of: (documentId, code) =>
      replies.filter(
        (reply) =>
          reply.documentId === documentId && (code ?? reply.ma_tra_loi) === reply.ma_tra_loi,
      ),
    all: () => [...replies],
  }
}

type Said = Omit<RecordedReply, 'id' | 'documentId' | 'tep' | 'receivedAt'> & {
  readonly tep: readonly { ten: string; loai: string; noi_dung: string }[]
}

const outcomes = ['hoan_thanh', 'chua_hoan_thanh', 'tra_lai']

function complaint(body: unknown): string | null {
  if (!isObject(body)) return 'Nội dung không đúng cấu trúc'
  const { ma_tra_loi: code, ket_qua: outcome, ngay_hoan_thanh: date, don_vi: unit } = body
  if (typeof code !== 'string' || code === '') return 'Thiếu mã trả lời'
  if (!outcomes.includes(String(outcome))) return 'Kết quả không hợp lệ'
  if (date !== null && !(typeof date === 'string' && isLocalDate(date))) {
    return 'Ngày hoàn thành không hợp lệ'
  }
  if (outcome === 'hoan_thanh' && date === null) return 'Thiếu ngày hoàn thành'
  if (typeof body.dien_giai !== 'string') return 'Thiếu diễn giải'
  if (!isObject(unit) || !isKnownUnit(unit.ma)) return 'Mã đơn vị không có trong danh mục'
  if (body.van_ban !== null && !isObject(body.van_ban)) return 'Văn bản trả lời không hợp lệ'
  if (!Array.isArray(body.tep) || !body.tep.every(isFile)) return 'Tệp đính kèm không hợp lệ'
  return null
}

/** Its directory knows every code of the shape of QĐ 20/2020/QĐ-TTg, except the group Z of other schemes. */
function isKnownUnit(code: unknown): boolean {
  return (
    typeof code === 'string' && code.length <= 35 && /^[A-Y]\d{2}(\.[A-Z0-9]{2,3}){0,5}$/.test(code)
  )
}

function isFile(file: unknown): boolean {
  if (!isObject(file)) return false
  const { ten: name, loai: type, noi_dung: content } = file
  if (typeof name !== 'string' || typeof type !== 'string' || typeof content !== 'string')
    return false
  return content.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(content)
}

function fingerprint(ten: string, loai: string, base64: string): RecordedReply['tep'][number] {
  const bytes = Buffer.from(base64, 'base64')
  return { ten, loai, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
