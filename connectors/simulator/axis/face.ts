/** The face of the national axis (VXP, wire §4): every parameter is a header, one path segment is the operation. */
import { type Answer, type Asked, page } from '../answer.ts'
import { hash } from '../draw.ts'
import type { Faults, Subject } from '../faults.ts'
import type { AgencyBook } from './agencies.ts'
import { done, failed } from './answers.ts'
import { isHashOf, type Parameters } from './auth.ts'
import {
  type Days,
  isWithin,
  readDay,
  receivedRow,
  sentRows,
  type TransportStatus,
  transportStatuses,
} from './lists.ts'
import { type AxisItem, type MailboxOptions, type MessageType, mailAt } from './mailbox.ts'
import type { SentBook } from './sent.ts'

export const axisOperations = [
  'getReceivedEdocList',
  'getEdoc',
  'downloadEdoc',
  'updateStatus',
  'sendEdoc',
  'getSentEdocList',
  'getAgenciesList',
  'getAgenciesListQD20',
  'getSynchronizeUnit',
  'registerAgency',
  'deleteAgency',
  'countReceiveEdoc',
  'countReceiveStatus',
] as const
export type AxisOperation = (typeof axisOperations)[number]

export interface AxisParts {
  readonly mail: MailboxOptions
  readonly agencies: AgencyBook
  readonly sent: SentBook
  readonly acknowledged: Map<string, TransportStatus>
  readonly faults: Faults
  now(): Date
}

/** Null for what the axis does not offer; its caller has checked the signature. */
export function axisFace(parts: AxisParts) {
  const answers: Record<
    AxisOperation,
    (asked: Parameters, body: Buffer) => Answer | Promise<Answer>
  > = {
    getReceivedEdocList: (asked) => receivedList(parts, asked),
    getEdoc: async (asked) => {
      const item = itemOf(parts, asked)
      return item ? done({ data: (await item.bytes()).toString('base64') }) : noSuchMessage(parts)
    },
    downloadEdoc: async (asked) => {
      const item = itemOf(parts, asked)
      if (!item) return noSuchMessage(parts)
      return { status: 200, type: 'application/octet-stream', body: await item.bytes() }
    },
    updateStatus: (asked) => updateStatus(parts, asked),
    sendEdoc: (asked, body) => sendEdoc(parts, asked, body),
    getSentEdocList: (asked) => sentList(parts, asked),
    getAgenciesList: () => done({ data: parts.agencies.rows() }),
    getAgenciesListQD20: (asked) => done({ data: parts.agencies.rowsOfQd20(asked.get('level')) }),
    getSynchronizeUnit: () => done({ data: parts.agencies.units(parts.now()) }),
    registerAgency: (_asked, body) =>
      parts.agencies.register(body) ? done() : misasked(parts, 'Thông tin đơn vị không hợp lệ'),
    deleteAgency: (asked) =>
      parts.agencies.remove(asked.get('agencycode'))
        ? done()
        : failed('unknownReceiver', 'Đơn vị không tồn tại', parts.faults.plan.failStatus),
    countReceiveEdoc: () => done({ count: waiting(parts, 'edoc').length }),
    countReceiveStatus: () => done({ count: waiting(parts, 'status').length }),
  }
  return (operation: AxisOperation, asked: Parameters): Asked => {
    const isReading = operation === 'getEdoc' || operation === 'downloadEdoc'
    return {
      subject: subjectOf(operation, asked),
      alsoStruckBy: isReading ? ['failAnswer', 'detailError'] : ['failAnswer'],
      broken,
      answer: (body) => answers[operation](asked, body),
    }
  }
}

/** A message by its docId, a file by its hash: both end up let through. A new day's window is another list. */
function subjectOf(operation: AxisOperation, asked: Parameters): Subject {
  switch (operation) {
    case 'getEdoc':
    case 'downloadEdoc':
    case 'updateStatus':
      return asked.get('docid') ?? operation
    case 'sendEdoc':
      return hash(asked.get('hash-file') ?? '')
    case 'getReceivedEdocList':
      return ['received', asked.get('messagetype'), ...dayTexts(asked)].join(' ')
    case 'getSentEdocList':
      return `sent ${asked.get('messagetype')}`
    case 'getAgenciesList':
    case 'getAgenciesListQD20':
    case 'getSynchronizeUnit':
    case 'registerAgency':
    case 'deleteAgency':
    case 'countReceiveEdoc':
    case 'countReceiveStatus':
      return operation
  }
}

function broken(status: number): Answer {
  if (status === 200 || status === 500)
    return failed('systemError', 'Lỗi hệ thống, vui lòng thử lại sau', status)
  return page(status, 'Bad Gateway', 'Trục liên thông đang bận.')
}

function receivedList(parts: AxisParts, asked: Parameters): Answer {
  const messageType = messageTypeOf(asked)
  const days = daysOf(asked)
  if (!messageType || !days)
    return misasked(parts, 'messagetype, fromDate hoặc toDate không hợp lệ')
  const rows = waiting(parts, messageType)
    .filter(({ item }) => isWithin(item, days))
    .map(({ item, status }) => receivedRow(item, parts.mail.self.organId, status))
  const subject = subjectOf('getReceivedEdocList', asked)
  return done({ data: perhapsTwice(parts, parts.faults.told(rows, subject), subject) })
}

/** What was not taken yet. */
function waiting(parts: AxisParts, messageType: MessageType) {
  return allMail(parts)
    .filter((item) => item.messageType === messageType)
    .map((item) => ({ item, status: parts.acknowledged.get(item.docId) }))
    .filter(({ status }) => status === undefined || status === 'processing')
}

function sentList(parts: AxisParts, asked: Parameters): Answer {
  const messageType = messageTypeOf(asked)
  if (!messageType) return misasked(parts, 'messagetype không hợp lệ')
  const docId = asked.get('docid')
  const rows = parts.sent
    .all()
    .filter((sent) => sent.messageType === messageType && (docId ?? sent.docId) === sent.docId)
    .flatMap(sentRows)
  return done({ data: perhapsTwice(parts, rows, subjectOf('getSentEdocList', asked)) })
}

function updateStatus(parts: AxisParts, asked: Parameters): Answer {
  const status = transportStatuses.find((one) => one === asked.get('status'))
  if (!status) return misasked(parts, 'status không hợp lệ')
  const item = itemOf(parts, asked)
  if (!item) return noSuchMessage(parts)
  parts.acknowledged.set(item.docId, status)
  return done()
}

async function sendEdoc(parts: AxisParts, asked: Parameters, body: Buffer): Promise<Answer> {
  const { failStatus } = parts.faults.plan
  const messageType = messageTypeOf(asked)
  const to = receiversIn(asked.get('to'))
  if (!messageType || to === undefined) return misasked(parts, 'messagetype hoặc to không hợp lệ')
  const said = asked.get('hash-file')
  const file = [body, withoutLineEnd(body)].find((bytes) => isHashOf(bytes, said))
  if (!file) return failed('badFile', 'hash-file không khớp với tệp', failStatus)
  const sending = { messageType, from: asked.get('from') ?? '', to, file }
  const taken = await parts.sent.take(sending, parts.now())
  if (!taken.taken) return failed(taken.code, taken.why, failStatus)
  return { ...done({ DocId: taken.message.docId }), tookEffect: true }
}

function allMail(parts: AxisParts): AxisItem[] {
  const now = parts.now()
  const answers = parts.sent.answers().filter(({ createdAt }) => createdAt <= now)
  return [...mailAt(parts.mail, now), ...answers]
}

function itemOf(parts: AxisParts, asked: Parameters): AxisItem | undefined {
  const docId = asked.get('docid')
  return allMail(parts).find((item) => item.docId === docId)
}

function perhapsTwice<R>({ faults }: AxisParts, rows: R[], subject: Subject): R[] {
  const [first] = rows
  if (first === undefined || !faults.strikes('duplicateRows', subject)) return rows
  const at = Math.floor(faults.detail('duplicateRows', subject) * rows.length)
  return [...rows, rows[at] ?? first]
}

function messageTypeOf(asked: Parameters): MessageType | null {
  const said = asked.get('messagetype')
  if (asked.get('servicetype') !== 'eDoc') return null
  return said === 'edoc' || said === 'status' ? said : null
}

function daysOf(asked: Parameters): Days | null {
  const [from, until] = dayTexts(asked).map(readDay)
  return from === undefined || until === undefined ? null : { from, until }
}

function dayTexts(asked: Parameters): (string | undefined)[] {
  return [asked.get('fromdate'), asked.get('todate')]
}

/** The text of a JSON array; undefined if it is anything else. */
function receiversIn(text: string | undefined): string[] | null | undefined {
  if (text === undefined) return null
  try {
    const said: unknown = JSON.parse(text)
    const isList = Array.isArray(said) && said.every((one) => typeof one === 'string')
    return isList ? said : undefined
  } catch {
    return undefined
  }
}

function withoutLineEnd(body: Buffer): Buffer {
  return body.subarray(-2).toString('latin1') === '\r\n' ? body.subarray(0, -2) : body
}

function noSuchMessage({ faults }: AxisParts): Answer {
  return failed('fileError', 'Không tìm thấy văn bản', faults.plan.failStatus)
}

function misasked({ faults }: AxisParts, description: string): Answer {
  return failed('systemError', description, faults.plan.failStatus)
}
