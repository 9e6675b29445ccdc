/** The way back: a reply as one JSON body, sent once, and the search for one whose answer was lost. */
import { writeDate } from '#src/domain/written-date.ts'
import type { Delivery, LookUp, OutgoingFile, SendOutcome } from '../connector.ts'
import { ExchangeFailure } from '../http/exchange.ts'
import { wordOf } from '../http/status.ts'
import { isUnreadable, WrongShape } from '../http/unreadable.ts'
import { type Client, type Said, succeeded } from './client.ts'
import { valueAt } from './field.ts'
import type { RestProfile } from './profile.ts'
import type { Question } from './question.ts'
import { fillBody, fillParams, fillPath, fillText, type Values } from './template.ts'
import { idFrom, printed } from './wire-values.ts'

export async function sendReply(
  client: Client,
  profile: RestProfile,
  delivery: Delivery,
): Promise<SendOutcome> {
  const reply = asReply(profile, delivery)
  const { send } = replyRules(profile)
  const announced = reply.reply.files.reduce((bytes, file) => bytes + file.size, 0)
  const tooLarge = { word: 'tooLarge', source: profile.name, operation: 'send' } as const
  if (base64Length(announced) > send.maxBytes) return { word: 'notSent', failure: tooLarge }
  const values = valuesOf(reply, profile)
  const files = await Promise.all(reply.reply.files.map(fileValues))
  const body = JSON.stringify(fillBody(send.body, values, files))
  if (Buffer.byteLength(body) > send.maxBytes) return { word: 'notSent', failure: tooLarge }
  try {
    return outcomeOf(
      await client.sendOnce(send.method, questionOf('send', send, reply, values), body),
      client,
      profile,
    )
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error
    return { word: error.written ? 'unconfirmed' : 'notSent', failure: error.failure }
  }
}

export async function lookUpReply(
  client: Client,
  profile: RestProfile,
  delivery: Delivery,
): Promise<LookUp> {
  const reply = asReply(profile, delivery)
  const { lookUp } = replyRules(profile)
  const values = valuesOf(reply, profile)
  if (lookUp === 'none') return { found: 'noLookUp' }
  const question = { ...questionOf('lookUp', lookUp, reply, values), success: lookUp.success }
  return client.read(question, (said) => {
    const items = valueAt(said, lookUp.items)
    if (!Array.isArray(items)) throw new WrongShape()
    const wanted = Object.entries(lookUp.match).map(
      ([at, text]) => [at, fillText(text, values)] as const,
    )
    const found = items.filter((item) =>
      wanted.every(([at, text]) => printed(valueAt(item, at)) === text.trim()),
    )
    if (found.length > 1) return { found: 'several' }
    return found.length === 0
      ? { found: 'none' }
      : { found: 'one', farRef: refAt(found[0], lookUp.ref) }
  })
}

/** What the far side's answer means for the reply. Whatever is not a clear yes or no stays open. */
function outcomeOf(said: Said, client: Client, profile: RestProfile): SendOutcome {
  const { success, ref, message } = replyRules(profile).send
  const failure = (word: ReturnType<typeof wordOf>) =>
    ({ word: word ?? 'malformed', source: profile.name, operation: 'send' }) as const
  const { status, text } = said
  // RFC 9110 15.5.2: without valid credentials the request has not been applied.
  if (status === 401) return { word: 'notSent', failure: failure('unauthorized') }
  const rejected = () =>
    ({ word: 'rejected', answer: client.stripped(wordsOf(text, message)) }) as const
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    if (text.trim() !== '') return rejected()
  }
  const word = wordOf({ status, header: () => null })
  if (word !== null) return { word: 'unconfirmed', failure: failure(word) }
  try {
    const answer = client.format.parse(text)
    if (!succeeded(answer, success)) return rejected()
    return { word: 'delivered', farRef: refAt(answer, ref) }
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return { word: 'unconfirmed', failure: failure('malformed') }
  }
}

type ReplyDelivery = Extract<Delivery, { kind: 'reply' }>

export function asReply(profile: RestProfile, delivery: Delivery): ReplyDelivery {
  if (delivery.kind === 'reply') return delivery
  throw new Error(
    `source ${profile.name} takes replies only, not ${delivery.kind}: see its capabilities`,
  )
}

type Rules = NonNullable<RestProfile['reply']>

export function replyRules(profile: RestProfile): Rules {
  if (profile.reply && profile.replies.mode === 'send') return profile.reply
  throw new Error(`source ${profile.name} takes no replies: its profile says so`)
}

export function questionOf(
  operation: string,
  { path, params, headers }: Pick<Exclude<Rules['lookUp'], 'none'>, 'path' | 'params' | 'headers'>,
  { concerns }: ReplyDelivery,
  values: Values,
): Question {
  const all = { ...values, id: concerns.ref.sourceRef }
  return { operation, at: { path: fillPath(path, all) }, params: fillParams(params, all), headers }
}

export function valuesOf({ concerns, reply }: ReplyDelivery, profile: RestProfile): Values {
  const { outcomes, dateFormat } = replyRules(profile).send
  const { sendAs, self } = profile.replies
  const { document, unit } = reply
  const written = (date: string | undefined | null) => (date ? writeDate(date, dateFormat) : null)
  return {
    'reply.id': reply.id,
    'reply.outcome': outcomes[reply.outcome],
    'reply.completedOn': written(reply.completedOn),
    'reply.explanation': reply.explanation,
    'unit.code': unit.code,
    'unit.name': unit.name,
    'sender.code': sendAs === 'self' && self ? self.organId : unit.code,
    'sender.name': sendAs === 'self' && self ? self.name : unit.name,
    'directive.ref': concerns.ref.sourceRef,
    'directive.code': concerns.code,
    'directive.issuedOn': written(concerns.issuedOn),
    'directive.issuer': concerns.issuer,
    'document.number': document?.number ?? null,
    'document.symbol': document?.symbol ?? null,
    'document.code': document ? `${document.number}/${document.symbol}` : null,
    'document.issuedOn': written(document?.issuedOn),
    'document.typeName': document?.typeName ?? null,
    'document.subject': document?.subject ?? null,
    'document.signer': document?.signer ?? null,
  }
}

async function fileValues(file: OutgoingFile): Promise<Values> {
  return {
    'file.name': file.name,
    'file.mediaType': file.mediaType,
    'file.size': file.size,
    'file.base64': (await contentOf(file)).toString('base64'),
  }
}

/** Exactly as many bytes as the row says: a file that grew or shrank is not the one that was replied with. */
async function contentOf(file: OutgoingFile): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of await file.open()) {
    bytes += chunk.length
    if (bytes > file.size) break
    chunks.push(chunk)
  }
  if (bytes !== file.size) throw new Error('a file of the reply does not have its recorded size')
  return Buffer.concat(chunks)
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4
}

function wordsOf(text: string, message: string | undefined): string {
  try {
    const said = message === undefined ? null : printed(valueAt(JSON.parse(text), message))
    return said ?? text
  } catch {
    return text.replace(/<(script|style)\b.*?<\/\1>|<[^>]*>/gis, ' ')
  }
}

export function refAt(answer: unknown, path: string | undefined): string | null {
  return path === undefined ? null : idFrom(valueAt(answer, path))
}
