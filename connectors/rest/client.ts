/** The transport of a REST source: credentials, pace, repeated reads, and an answer's status as a word. */
import { buffer } from 'node:stream/consumers'
import { inTurn } from '#src/turns.ts'
import { agentOf } from '../http/agent.ts'
import { namesIn } from '../http/content-names.ts'
import { decodable } from '../http/decoding.ts'
import {
  type Answered,
  type Asked,
  ExchangeFailure,
  exchange,
  type FarClock,
  failed,
} from '../http/exchange.ts'
import { held, oneLarge } from '../http/held.ts'
import { paced } from '../http/pace.ts'
import { again } from '../http/retry.ts'
import type { Environment } from '../http/secret.ts'
import { retryAfter, wordOf } from '../http/status.ts'
import { isUnreadable, WrongShape } from '../http/unreadable.ts'
import { valueAt } from './field.ts'
import type { Body } from './file-proof.ts'
import { keyWithout } from './keys.ts'
import type { None } from './profile/call.ts'
import type { RestProfile } from './profile.ts'
import type { Question, Success } from './question.ts'
import { type Credentials, isPage, openSession, SessionOver } from './session.ts'
import { type WireFormat, wireFormatOf } from './wire-format.ts'

export interface Client {
  /**
   * Reads an answer, again if that can help; `understand` throws `WrongShape` at what it did not expect. `isNone`: it
   * says in a way that the profile names that there is nothing.
   */
  read<T>(
    question: Question,
    understand: (answer: unknown, isNone: boolean) => T | Promise<T>,
  ): Promise<T>
  /** The caller consumes or destroys `content`. */
  open(question: Omit<Question, 'operation'>): Promise<Body>
  /** Once, whatever happens. An answer of any status is an answer. */
  sendOnce(method: 'POST' | 'PUT', question: Question, body: string): Promise<Said>
  readonly format: WireFormat
  /** The text without this source's credentials, cut to 500 characters. */
  stripped(text: string): string
  readonly clock: FarClock
  close(): void
}

export interface Said {
  readonly status: number
  readonly text: string
}

/** Reads the secret and the authority at each request, so that they can be replaced under it. */
export function openClient(profile: RestProfile, env: Environment): Client {
  const { limits, retries, name: source } = profile
  const pool = agentOf(profile, true)
  // Of their own, so that slow files hold up no list.
  const files = agentOf(profile, true)
  const fresh = agentOf(profile, false)
  const format = wireFormatOf(profile)
  const clock: FarClock = { aheadMs: null }
  const pace = paced(profile.poll.minPauseMs)
  const holding = { source, oneLarge: oneLarge() }
  const common = {
    source,
    connectTimeoutMs: limits.connectTimeoutMs,
    idleTimeoutMs: limits.answerTimeoutMs,
    totalTimeoutMs: limits.answerTimeoutMs,
    maxBytes: limits.maxAnswerBytes,
    clock,
  }
  const addressed = ({ at, params }: Pick<Question, 'at' | 'params'>) =>
    addressOf(profile, at, params)
  const session = openSession(profile, env, format, async (question, asked) => {
    await pace()
    return exchange({
      ...common,
      ...addressed(question),
      ...asked,
      operation: 'logIn',
      agent: pool.current('logIn'),
    })
  })

  async function get(
    question: Question,
    credentials: Credentials,
    { headers: ours, ...transport }: Pick<Asked, 'agent' | 'headers'> & Partial<Asked>,
  ): Promise<Answered> {
    await pace()
    const { operation, headers, none = [] } = question
    const answered = await exchange({
      ...{ ...common, ...addressed(question), operation, method: 'GET', ...transport },
      headers: { ...ours, ...profile.request.headers, ...headers, ...credentials.headers },
    })
    session.hear(answered)
    const word = wordOf(answered)
    if (word === null || (word === 'notFound' && answered.status === 404 && none.includes(404)))
      return answered
    answered.body.destroy()
    if (session.isOver(answered)) throw new SessionOver('unauthorized')
    throw new ExchangeFailure({ word, source, operation }, true, retryAfter(answered))
  }

  /** With the credentials of that moment; again where others have taken their place. */
  function asking<T>(operation: string, attempt: (held: Credentials) => Promise<T>): Promise<T> {
    let used: Credentials | null = null
    const once = (credentials: Credentials) => {
      used = credentials
      return attempt(credentials)
    }
    return again(
      retries,
      () => session.within(operation, once),
      () => used !== null && session.isReplaced(used, operation),
    )
  }

  return {
    read: (question, understand) =>
      asking(question.operation, async (credentials) => {
        const { operation, success, none = [] } = question
        const accept = { Accept: format.accept, 'Accept-Encoding': decodable }
        const answered = await get(question, credentials, {
          agent: pool.current(operation),
          headers: accept,
        })
        const { status } = answered
        if ((status === 204 || status === 404) && none.includes(status)) {
          answered.body.destroy()
          return understand(undefined, true)
        }
        const bounds = format.bounds()
        let answer: unknown
        try {
          return await held(answered, { ...holding, operation, bounds }, async (bytes) => {
            if (isPage(bytes)) session.judgePage(bytes)
            answer = await inTurn(() => format.parse(bytes))
            session.judge(answer)
            if (saysNone(answer, none)) return understand(answer, true)
            if (!succeeded(answer, success)) throw failed({ source, operation }, 'rejected')
            return understand(answer, false)
          })
        } catch (error) {
          // A page of a proxy, half a document, another shape: never to be taken for "no documents".
          if (!isUnreadable(error)) throw error
          const key = keyWithout(operation, answer, profile)
          throw failed({ source, operation }, 'malformed', true, key)
        }
      }),
    open: (question) =>
      asking('openFile', async (credentials) => {
        const answered = await get({ ...question, operation: 'openFile' }, credentials, {
          agent: files.current('openFile'),
          headers: { 'Accept-Encoding': 'identity' },
          totalTimeoutMs: limits.fileTimeoutMs,
          maxBytes: limits.maxFileBytes,
        })
        if (session.mayBeLogin(answered)) {
          answered.body.destroy()
          throw new SessionOver('notAnnounced')
        }
        const size = /^\d{1,15}$/.exec(answered.header('content-length') ?? '')
        const declared = size ? Number(size[0]) : null
        if (declared !== null && declared > limits.maxFileBytes) {
          answered.body.destroy()
          throw failed({ source, operation: 'openFile' }, 'tooLarge')
        }
        const encoded = answered.header('content-encoding') !== null
        const chunked = /\bchunked\b/i.test(answered.header('transfer-encoding') ?? '')
        return {
          content: answered.body,
          size: encoded ? null : declared,
          names: namesIn(answered.header('content-disposition')),
          // A compressed stream brings its own.
          hasEnd: encoded || chunked || declared !== null,
        }
      }),
    async sendOnce(method, question, body) {
      const credentials = await session.credentials('send').catch((error: unknown) => {
        // What was written was the login, and nothing of the reply.
        if (error instanceof ExchangeFailure)
          throw new ExchangeFailure(error.failure, false, error.retryAfterMs)
        throw error
      })
      await pace()
      const answered = await exchange({
        ...{ ...common, ...addressed(question), operation: 'send', method, body },
        agent: fresh.current('send'),
        headers: {
          ...{ Accept: format.accept, ...profile.request.headers, ...question.headers },
          ...{ 'Content-Type': 'application/json; charset=utf-8', ...credentials.headers },
        },
      })
      session.hear(answered)
      if (session.isOver(answered)) session.drop(credentials)
      return { status: answered.status, text: (await buffer(answered.body)).toString('utf8') }
    },
    format,
    stripped: (text) => session.stripped(text),
    clock,
    close() {
      pool.destroy()
      files.destroy()
      fresh.destroy()
    },
  }
}

/** What the source's own address holds already is not said twice. */
function addressOf(
  { baseUrl, request }: RestProfile,
  at: Question['at'],
  params: Question['params'],
): { url: string; params: Record<string, string> } {
  const all = { ...request.params, ...params }
  if ('path' in at) return { url: baseUrl.replace(/\/+$/, '') + at.path, params: all }
  const url = new URL(at.link, baseUrl)
  const missing = Object.entries(all).filter(([name]) => !url.searchParams.has(name))
  return { url: url.href, params: Object.fromEntries(missing) }
}

function saysNone(answer: unknown, none: None): boolean {
  return none.some((way) => isCondition(way) && holds(answer, way))
}

function isCondition(way: None[number]): way is Success {
  return typeof way === 'object' && way !== null && 'field' in way
}

function holds(answer: unknown, { field, in: literals }: Success): boolean {
  const said = valueAt(answer, field)
  return said !== undefined && literals.some((literal) => literal === said)
}

/** Whether the answer says that it succeeded; one that does not say is malformed. */
export function succeeded(answer: unknown, success: Success | undefined): boolean {
  if (!success) return true
  if (valueAt(answer, success.field) === undefined) throw new WrongShape()
  return holds(answer, success)
}
