/** What was sent over the axis: each message once more each time, and what its receivers answer to it. */
import { createHash } from 'node:crypto'
import type { Message } from '#src/edxml/message.ts'
import { spoils } from '#src/edxml/problem.ts'
import { readMessage } from '#src/edxml/reader.ts'
import { writeStatus } from '#src/edxml/writer.ts'
import type { AxisOffice } from '../axis-offices.ts'
import { hash } from '../draw.ts'
import type { codes } from './answers.ts'
import { organisation } from './draft.ts'
import type { AxisItem, MessageType } from './mailbox.ts'
import { uuidFrom } from './names.ts'

export interface RecordedAxisMessage {
  readonly docId: string
  readonly messageType: MessageType
  readonly from: string
  readonly to: readonly string[]
  readonly at: Date
  /** Of the file, without the line end that is sent after it. */
  readonly sha256: string
  readonly size: number
  readonly message: Message
  readonly files: readonly {
    readonly name: string
    readonly size: number | null
    readonly sha256: string | null
  }[]
}

export type Taken =
  | { readonly taken: true; readonly message: RecordedAxisMessage }
  | { readonly taken: false; readonly code: keyof typeof codes; readonly why: string }

export interface Sending {
  readonly messageType: MessageType
  readonly from: string
  /** Null where the message itself names its receivers. */
  readonly to: readonly string[] | null
  readonly file: Buffer
}

export interface SentBook {
  take(sending: Sending, now: Date): Promise<Taken>
  /** Status messages of the receivers, whether they have come yet or not. */
  answers(): AxisItem[]
  all(): RecordedAxisMessage[]
}

/** `offices` may receive; of these, `senders` may send as well. */
export function sentBook(of: {
  readonly offices: readonly AxisOffice[]
  readonly senders: readonly string[]
}): SentBook {
  const messages: RecordedAxisMessage[] = []
  const answers: AxisItem[] = []
  const known = new Map(of.offices.map((office) => [office.organId, office]))
  return {
    async take({ messageType, from, to: named, file }, now) {
      if (!of.senders.includes(from))
        return refused('senderNotRegistered', 'Đơn vị gửi chưa đăng ký')
      const message = await wellFormed(file, messageType)
      if (!message) return refused('badEdxml', 'Văn bản không đúng chuẩn edXML')
      const to = named ?? receiversIn(message)
      if (to.length === 0 || !to.every((organId) => known.has(organId)))
        return refused('unknownReceiver', 'Đơn vị nhận không tồn tại')
      const sha256 = createHash('sha256').update(file).digest('hex')
      const docId = uuidFrom(`sent ${messages.length} ${sha256}`)
      const files = message.kind === 'document' ? message.files : []
      const recorded: RecordedAxisMessage = {
        ...{ docId, messageType, from, to, at: now, sha256, message },
        size: file.length,
        files: files.map(({ name, size, sha256: digest }) => ({ name, size, sha256: digest })),
      }
      messages.push(recorded)
      for (const organId of to) answers.push(...answersOf(recorded, known.get(organId)!))
      return { taken: true, message: recorded }
    },
    answers: () => [...answers],
    all: () => [...messages],
  }
}

function refused(code: keyof typeof codes, why: string): Taken {
  return { taken: false, code, why }
}

/** Stricter than the official parser, which would take a message with half of it missing. */
async function wellFormed(file: Buffer, messageType: MessageType): Promise<Message | null> {
  const reading = await readMessage(once(file))
  if (!reading.readable || reading.problems.some(({ code }) => spoils(code) !== 'nothing'))
    return null
  const isDocument = reading.message.kind === 'document'
  return isDocument === (messageType === 'edoc') ? reading.message : null
}

function receiversIn(message: Message): string[] {
  const offices = message.kind === 'document' ? message.to : message.responseFor
  return [...new Set(offices.flatMap(({ organId }) => organId ?? []))]
}

/** Arrived after a minute; entered into the register in the same half hour by most (wire §2: 01, 03). */
function answersOf(sent: RecordedAxisMessage, receiver: AxisOffice): AxisItem[] {
  const { message } = sent
  if (message.kind !== 'document') return []
  const chance = hash(`${sent.docId} ${receiver.organId}`)
  const answer = (code: '01' | '03', seconds: number, description: string): AxisItem => {
    const at = new Date(sent.at.getTime() + seconds * 1000)
    const status = {
      from: organisation(receiver),
      responseFor: [
        {
          organId: message.from?.organId ?? sent.from,
          code: `${message.number}/${message.symbol}`,
          documentId: message.documentId,
          issuedOn: message.issuedOn,
        },
      ],
      ...{ code, description, at, staff: null },
    }
    return {
      docId: uuidFrom(`${sent.docId} ${receiver.organId} ${code}`),
      messageType: 'status',
      from: receiver.organId,
      createdAt: at,
      bytes: async () => writeStatus(status),
    }
  }
  const arrived = answer('01', 60, 'Đã đến')
  const taken = answer('03', 300 + (chance % 1500), 'Văn thư: Đã tiếp nhận, vào sổ văn bản đến')
  return chance % 3 === 0 ? [arrived] : [arrived, taken]
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
