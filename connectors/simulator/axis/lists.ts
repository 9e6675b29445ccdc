/** Rows of the two lists, by the names that the official client's classes read (wire §4.2). */
import { isLocalDate, localDateOf } from '#src/domain/local-date.ts'
import { writeTime } from '#src/edxml/dates.ts'
import type { AxisItem } from './mailbox.ts'
import { uuidFrom } from './names.ts'
import type { RecordedAxisMessage } from './sent.ts'

export type TransportStatus = 'done' | 'fail' | 'processing'

export const transportStatuses: readonly TransportStatus[] = ['done', 'fail', 'processing']

export interface Days {
  readonly from: string | null
  readonly until: string | null
}

/** Both forms that clients have sent (wire §4.3); undefined if it is neither. */
export function readDay(text: string | undefined): string | null | undefined {
  if (text === undefined || text === '') return null
  const [, year, month, day] = /^(\d{4})\/(\d\d)\/(\d\d)$/.exec(text) ?? []
  const [, dd, mm, yyyy] = /^(\d\d)\/(\d\d)\/(\d{4})(?: \d\d:\d\d:\d\d)?$/.exec(text) ?? []
  const date = year ? `${year}-${month}-${day}` : `${yyyy}-${mm}-${dd}`
  return isLocalDate(date) ? date : undefined
}

export function isWithin({ createdAt }: AxisItem, { from, until }: Days): boolean {
  const day = localDateOf(createdAt)
  return (from === null || day >= from) && (until === null || day <= until)
}

export function receivedRow(item: AxisItem, to: string, status: TransportStatus | undefined) {
  const time = writeTime(item.createdAt)
  return {
    docId: item.docId,
    serviceType: 'eDoc',
    messageType: item.messageType,
    created_time: time,
    updated_time: time,
    from: item.from,
    to,
    status: status ?? 'initial',
    status_desc: status ? 'Đang xử lý' : 'Khởi tạo',
  }
}

/** One for each receiver. */
export function sentRows(sent: RecordedAxisMessage) {
  const { docId, messageType, from, at, message } = sent
  const isDocument = message.kind === 'document'
  const notation = isDocument
    ? `${message.number}/${message.symbol}`
    : (message.responseFor[0]?.code ?? '')
  return sent.to.map((receiver) => ({
    serviceType: 'eDoc',
    senderDocId: docId,
    receiverDocId: uuidFrom(`${docId} ${receiver}`),
    fromCode: from,
    toCode: receiver,
    title: isDocument ? message.subject : '',
    notation,
    messageType,
    sentTime: writeTime(at),
    receivedTime: writeTime(at),
    sendStatus: 'done',
    sendStatusDesc: '',
    receiveStatus: 'initial',
    receiveStatusDesc: '',
  }))
}
