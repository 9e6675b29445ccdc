/** The way back over the axis: acknowledgements, statuses and reply documents, each sent once. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { writeDocument, writeStatus } from '#src/edxml/writer.ts'
import type { Delivery, FailureWord, LookUp, SendOutcome } from '../connector.ts'
import { ExchangeFailure } from '../http/exchange.ts'
import { wordOf } from '../http/status.ts'
import { isUnreadable } from '../http/unreadable.ts'
import { readAnswer, rowsOf, textOf, wordOfRefusal } from './answer.ts'
import type { Body, Client } from './client.ts'
import { type DocumentReply, fileDrafts, replyDraft, statusDraft } from './drafts.ts'
import type { VxpProfile } from './profile.ts'
import { partsOf } from './references.ts'
import { hashFile, operations } from './signing.ts'

type Of<Kind extends Delivery['kind']> = Extract<Delivery, { kind: Kind }>

export function acknowledge(
  client: Client,
  profile: VxpProfile,
  { ref, as }: Of<'acknowledge'>,
): Promise<SendOutcome> {
  return tell(client, profile, () =>
    client.tellOnce(operations.acknowledge, { docId: ref.transportRef, status: as }, null),
  )
}

export function sendStatus(
  client: Client,
  profile: VxpProfile,
  delivery: Of<'status'>,
): Promise<SendOutcome> {
  const draft = statusDraft(delivery, profile)
  const message = writeStatus(draft)
  const receiver = partsOf(delivery.concerns.ref.sourceRef).organId
  const parameters = {
    servicetype: 'eDoc',
    messagetype: 'status',
    'hash-file': hashFile(createHash('sha256').update(message).digest()),
    from: draft.from!.organId!,
    // A status message names no receiver inside (wire §2).
    to: JSON.stringify([receiver]),
  }
  const body = bodyOf(message.length, async function* () {
    yield message
  })
  return tell(client, profile, () => client.tellOnce(operations.send, parameters, body))
}

export async function sendReply(
  client: Client,
  profile: VxpProfile,
  { concerns, reply }: Of<'reply'>,
): Promise<SendOutcome> {
  const tooLarge = { word: 'tooLarge', source: profile.name, operation: 'send' } as const
  const announced = reply.files.reduce((bytes, file) => bytes + file.size, 0)
  if (announced * 1.4 > profile.maxMessageBytes) return { word: 'notSent', failure: tooLarge }
  const draft = replyDraft(concerns, withDocument(profile, reply), profile)
  const write = () => writeDocument(draft, fileDrafts(reply))
  // Written twice, because its hash and length go ahead of it and it may not fit into memory.
  const { sha256, length } = await measured(write())
  const parameters = {
    servicetype: 'eDoc',
    messagetype: 'edoc',
    'hash-file': hashFile(sha256),
    from: draft.from!.organId!,
  }
  const body = bodyOf(length, () => sameAs(sha256, write()))
  return tell(client, profile, () => client.tellOnce(operations.send, parameters, body))
}

/** The sent list has no identity of ours: receiver, notation, title and time have to do (docs/decisions/0005). */
export function lookUpReply(
  client: Client,
  profile: VxpProfile,
  delivery: Delivery,
  attemptedAt: Date,
): Promise<LookUp> {
  if (delivery.kind !== 'reply')
    throw new Error(`source ${profile.name}: ${delivery.kind} is repeated and never looked up`)
  const { concerns, reply } = delivery
  const { number, symbol, subject } = withDocument(profile, reply).document
  const receiver = partsOf(concerns.ref.sourceRef).organId
  const parameters = { servicetype: 'eDoc', messagetype: 'edoc' }
  return client.ask('lookUp', operations.sent, parameters, (said) => {
    const found = rowsOf(said).filter(
      (row) =>
        textOf(row.toCode) === receiver &&
        textOf(row.notation) === `${number}/${symbol}` &&
        textOf(row.title) === subject.trim() &&
        isSince(row.sentTime, attemptedAt),
    )
    if (found.length > 1) return { found: 'several' }
    if (found.length === 0) return { found: 'none' }
    return { found: 'one', farRef: textOf(found[0]!.senderDocId) }
  })
}

/** What the answer means for what was sent. Whatever is not a clear yes or no stays open. */
async function tell(
  client: Client,
  profile: VxpProfile,
  told: () => Promise<{ status: number; bytes: Buffer }>,
): Promise<SendOutcome> {
  const failure = (word: FailureWord) => ({ word, source: profile.name, operation: 'send' })
  try {
    const { status, bytes } = await told()
    if (status === 413) return { word: 'notSent', failure: failure('tooLarge') }
    // RFC 9110 15.5.2: without valid credentials the request has not been applied.
    if (status === 401) return { word: 'notSent', failure: failure('unauthorized') }
    const said = understood(status, bytes)
    if (said === null) {
      const word = wordOf({ status, header: () => null }) ?? 'malformed'
      return { word: 'unconfirmed', failure: failure(word) }
    }
    if (said.ok) return { word: 'delivered', farRef: textOf(said.fields.DocId) }
    const word = wordOfRefusal(status, said, profile)
    if (word === 'unauthorized') return { word: 'notSent', failure: failure(word) }
    if (word === 'unavailable') return { word: 'unconfirmed', failure: failure(word) }
    const code = said.errorCode === null ? '' : ` (${said.errorCode})`
    return { word: 'rejected', answer: client.stripped(`${said.errorText}${code}`) }
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error
    return { word: error.written ? 'unconfirmed' : 'notSent', failure: error.failure }
  }
}

function understood(status: number, bytes: Buffer) {
  try {
    return readAnswer(status, bytes)
  } catch (error) {
    if (isUnreadable(error)) return null
    throw error
  }
}

const end = Buffer.from('\r\n')

/** The file and a line end that its hash does not cover (wire §4.3). */
function bodyOf(length: number, write: () => AsyncIterable<Uint8Array>): Body {
  async function* whole() {
    yield* write()
    yield end
  }
  return { length: length + end.length, content: Readable.from(whole(), { objectMode: false }) }
}

async function measured(message: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of message) {
    hash.update(chunk)
    length += chunk.length
  }
  return { sha256: hash.digest(), length }
}

/** Breaks before its end if a file of the reply has changed in between: what was announced is sent or nothing. */
async function* sameAs(sha256: Buffer, message: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256')
  let held: Uint8Array | null = null
  for await (const chunk of message) {
    if (held) yield held
    hash.update(chunk)
    held = chunk
  }
  if (!hash.digest().equals(sha256))
    throw new Error('a file of the reply changed while it was sent: nothing of it was delivered')
  if (held) yield held
}

/** The source's clock may be behind ours, and writes no fractions of a second. */
const clocksApartMs = 5 * 60_000

function isSince(value: unknown, attemptedAt: Date): boolean {
  const written = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)/.exec(textOf(value) ?? '')
  if (!written) return false
  const [, year, month, day, time] = written
  const at = Date.parse(`${year}-${month}-${day}T${time}+07:00`)
  return at >= attemptedAt.getTime() - clocksApartMs
}

function withDocument(profile: VxpProfile, reply: Of<'reply'>['reply']): DocumentReply {
  if (reply.document === null)
    throw new Error(`source ${profile.name} takes a reply only as a document; this one has none`)
  return { ...reply, document: reply.document }
}
