/** The face of a paged register (wire §11.1): what is asked, and the answer as a value; `wire.ts` carries it. */
import { isLocalDate } from '#src/domain/local-date.ts'
import { type Answer, type Asked, json } from './answer.ts'
import { listedOn, type Row, rowAt, type SimulatedDocument } from './document.ts'
import { hash } from './draw.ts'
import type { Faults, Subject } from './faults.ts'
import type { Register } from './register.ts'
import type { RecordedReply, ReplyBook } from './replies.ts'

export type Operation = 'list' | 'detail' | 'download' | 'reply' | 'lookUp' | 'unknown'

export interface RestAsked extends Asked {
  readonly operation: Operation
}

export interface FaceParts {
  readonly register: Register
  readonly replies: ReplyBook
  readonly faults: Faults
  /** The source's own idea of the time. */
  now(): Date
}

const root = '/api/van-ban-di'

export function restFace(parts: FaceParts) {
  return (method: string, url: URL): RestAsked => {
    const { pathname, searchParams } = url
    if (method === 'GET' && pathname === root) {
      // A new day's window is another list; a page of it is not.
      const subject = `${searchParams.get('from_date')} ${searchParams.get('to_date')}`
      return { ...asking('list', subject), answer: () => listAnswer(parts, searchParams, subject) }
    }
    const [, id = '', rest = ''] = /^\/api\/van-ban-di\/(\d{1,15})(\/.*)?$/.exec(pathname) ?? []
    const document = parts.register.byId(Number(id))
    const row = document && rowAt(document, parts.now())
    const operation = operationOf(method, rest)
    if (!document || !row || operation === 'unknown') {
      return { ...asking(operation, pathname), answer: () => notFound }
    }
    const answers = {
      detail: () => found(detailOf(document, row)),
      download: () => fileAnswer(document, rest),
      lookUp: () =>
        found(parts.replies.of(document.id, searchParams.get('ma_tra_loi')).map(shownReply)),
      reply: (body: Buffer) => replyAnswer(parts, document, body),
    }
    return { ...asking(operation, document.id), answer: answers[operation] }
  }
}

function asking(operation: Operation, subject: Subject): Omit<RestAsked, 'answer'> {
  const alsoStruckBy = operation === 'detail' ? (['detailError'] as const) : []
  return { operation, subject, alsoStruckBy, broken: (status) => json(status, busy) }
}

function operationOf(method: string, rest: string): Exclude<Operation, 'list'> {
  if (rest === '/tra-loi')
    return method === 'POST' ? 'reply' : method === 'GET' ? 'lookUp' : 'unknown'
  if (method !== 'GET') return 'unknown'
  if (rest === '') return 'detail'
  return /^\/dinh-kem\/\d+\/download$/.test(rest) ? 'download' : 'unknown'
}

function listAnswer(parts: FaceParts, params: URLSearchParams, subject: Subject): Answer {
  const page = Number(params.get('page') ?? 1)
  const pageSize = Number(params.get('page_size') ?? 20)
  const [from, until] = [params.get('from_date') || null, params.get('to_date') || null]
  if (!Number.isInteger(page) || page < 1) return invalid('page không hợp lệ')
  if (!Number.isInteger(pageSize) || pageSize < 1) return invalid('page_size không hợp lệ')
  for (const date of [from, until]) {
    if (date !== null && !isLocalDate(date)) return invalid('Ngày không hợp lệ')
  }
  const told = parts.faults.told(rowsOf(parts, from, until), subject)
  const rows = inOrder(parts, told, page, subject)
  const data = rows.slice((page - 1) * pageSize, page * pageSize)
  const first = data[0]
  if (first && parts.faults.strikes('duplicateRows', subject)) {
    const at = Math.floor(parts.faults.detail('duplicateRows', subject) * data.length)
    data.push(data[at] ?? first)
  }
  return json(200, {
    success: true,
    data,
    pagination: { total: rows.length, page, pageSize },
  })
}

/** Newest first: by the day it is filed under, then as they appeared. */
function rowsOf(parts: FaceParts, from: string | null, until: string | null): Row[] {
  const now = parts.now()
  const inside: { row: Row; day: string; at: number }[] = []
  for (const document of parts.register.documents) {
    const day = listedOn(document, now)
    if ((from !== null && day < from) || (until !== null && day > until)) continue
    const row = rowAt(document, now)
    const appeared = row?.is_released ? document.releasedAt : document.createdAt
    if (row) inside.push({ row, day, at: appeared.getTime() })
  }
  inside.sort((a, b) =>
    a.day < b.day ? 1 : a.day > b.day ? -1 : b.at - a.at || b.row.id - a.row.id,
  )
  return inside.map(({ row }) => row)
}

function inOrder(parts: FaceParts, rows: Row[], page: number, subject: Subject): Row[] {
  const { faults } = parts
  if (page === 1 && rows.length > 1 && faults.strikes('shiftedPages', subject)) return rows.slice(1)
  if (rows.length > 1 && faults.strikes('reorderedPages', subject)) {
    const salt = faults.detail('reorderedPages', subject)
    const places = new Map(rows.map((row) => [row, hash(`${salt} ${row.id}`)]))
    return rows.toSorted((a, b) => places.get(a)! - places.get(b)!)
  }
  return rows
}

function detailOf(document: SimulatedDocument, row: Row) {
  const attachments = document.files.map((file) => ({
    id: file.id,
    file_name: file.name,
    mime_type: file.mimeType,
    file_size: file.size(),
  }))
  return { ...row, content: document.content, attachments }
}

function fileAnswer(document: SimulatedDocument, rest: string): Answer {
  const id = Number(rest.split('/')[2])
  const file = document.files.find((one) => one.id === id)
  if (!file) return notFound
  return { status: 200, type: file.mimeType, body: file.content(), fileName: file.name }
}

function replyAnswer(parts: FaceParts, document: SimulatedDocument, body: Buffer): Answer {
  let said: unknown
  try {
    said = JSON.parse(body.toString('utf8'))
  } catch {
    return json(400, { success: false, message: 'Nội dung không phải JSON' })
  }
  const taken = parts.replies.take(document.id, said, parts.now())
  return taken.taken
    ? { ...found({ id: taken.reply.id }), tookEffect: true }
    : json(422, { success: false, message: taken.message })
}

function shownReply({ id, ma_tra_loi, don_vi, van_ban }: RecordedReply) {
  return { id, ma_tra_loi, don_vi, van_ban }
}

function found(data: unknown): Answer {
  return json(200, { success: true, data })
}

function invalid(message: string): Answer {
  return json(400, { success: false, message })
}

const busy = { success: false, message: 'Hệ thống đang bận' }
const notFound = json(404, { success: false, message: 'Không tìm thấy văn bản' })
export const unauthorized = json(401, { success: false, message: 'Phiên làm việc không hợp lệ' })
