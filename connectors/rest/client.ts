/** The transport of a REST source: credentials, pace, repeated reads, and an answer's status as a word. */
import { buffer } from 'node:stream/consumers'
import { type Agent, agentOf } from '../http/agent.ts'
import { namesIn } from '../http/content-names.ts'
import { decodable } from '../http/decoding.ts'
import { type Answered, ExchangeFailure, exchange, failed } from '../http/exchange.ts'
import { paced } from '../http/pace.ts'
import { again } from '../http/retry.ts'
import { type Environment, type SecretPlace, secretOf } from '../http/secret.ts'
import { retryAfter, wordOf } from '../http/status.ts'
import { isUnreadable, WrongShape } from '../http/unreadable.ts'
import type { Body } from './file-proof.ts'
import type { RestProfile } from './profile.ts'
import { type WireFormat, wireFormatOf } from './wire-format.ts'
import { valueAt } from './wire-values.ts'

export interface Client {
  /** Reads an answer, again if that can help; `understand` throws `WrongShape` at what it did not expect. */
  read<T>(question: Question, understand: (answer: unknown) => T): Promise<T>
  /** The caller consumes or destroys `content`. */
  open(path: string): Promise<Body>
  /** Once, whatever happens. An answer of any status is an answer. */
  sendOnce(method: 'POST' | 'PUT', path: string, body: string): Promise<Said>
  readonly format: WireFormat
  /** The text without this source's credentials, cut to 500 characters. */
  stripped(text: string): string
  close(): void
}

export interface Question {
  readonly operation: string
  readonly path: string
  readonly params?: Readonly<Record<string, string>>
  readonly success?: Success | undefined
}

export type Success = NonNullable<RestProfile['detail']['success']>

export interface Said {
  readonly status: number
  readonly text: string
}

/** Reads the token and the authority at each request, so that they can be replaced under it. */
export function openClient(profile: RestProfile, env: Environment): Client {
  const { limits, retries } = profile
  const secret = secretOf(profile.name, tokenPlace(profile), env)
  const signedWith = (token: string) => ({
    [profile.auth.header]: `${profile.auth.prefix}${token}`,
  })
  const pool = agentOf(profile, true)
  // Of their own, so that slow files hold up no list.
  const files = agentOf(profile, true)
  const fresh = agentOf(profile, false)
  const format = wireFormatOf(profile)
  const pace = paced(profile.poll.minPauseMs)
  const address = (path: string) => profile.baseUrl.replace(/\/+$/, '') + path
  const common = {
    source: profile.name,
    connectTimeoutMs: limits.connectTimeoutMs,
    idleTimeoutMs: limits.answerTimeoutMs,
    totalTimeoutMs: limits.answerTimeoutMs,
    maxBytes: limits.maxAnswerBytes,
  }

  async function get(
    {
      operation,
      path,
      token,
      from,
    }: { operation: string; path: string; token: string; from: Agent },
    headers: Readonly<Record<string, string>>,
    more: object,
  ): Promise<Answered> {
    await pace()
    const answered = await exchange({
      ...common,
      ...{ operation, method: 'GET', url: address(path), agent: from.current(operation) },
      headers: { ...signedWith(token), ...headers },
      ...more,
    })
    const word = wordOf(answered)
    if (word === null) return answered
    answered.body.destroy()
    const failure = { word, source: profile.name, operation }
    throw new ExchangeFailure(failure, true, retryAfter(answered))
  }

  /** With the token of that moment; again where another one has taken its place. */
  function asking<T>(operation: string, attempt: (token: string) => Promise<T>): Promise<T> {
    let token = ''
    const once = () => {
      token = secret.read(operation)
      return attempt(token)
    }
    return again(
      retries,
      async () => once(),
      () => secret.read(operation) !== token,
    )
  }

  return {
    read: ({ operation, path, params, success }, understand) =>
      asking(operation, async (token) => {
        const accept = { Accept: format.accept, 'Accept-Encoding': decodable }
        const answered = await get({ operation, path, token, from: pool }, accept, { params })
        const bytes = await buffer(answered.body)
        try {
          const answer = format.parse(bytes)
          if (!succeeded(answer, success))
            throw failed({ source: profile.name, operation }, 'rejected')
          return understand(answer)
        } catch (error) {
          // A page of a proxy, half a document, another shape: never to be taken for "no documents".
          if (!isUnreadable(error)) throw error
          throw failed({ source: profile.name, operation }, 'malformed')
        }
      }),
    open: (path) =>
      asking('openFile', async (token) => {
        const question = { operation: 'openFile', path, token, from: files }
        const answered = await get(
          question,
          { 'Accept-Encoding': 'identity' },
          {
            totalTimeoutMs: limits.fileTimeoutMs,
            maxBytes: limits.maxFileBytes,
          },
        )
        const size = /^\d{1,15}$/.exec(answered.header('content-length') ?? '')
        const declared = size ? Number(size[0]) : null
        if (declared !== null && declared > limits.maxFileBytes) {
          answered.body.destroy()
          throw failed({ source: profile.name, operation: 'openFile' }, 'tooLarge')
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
    async sendOnce(method, path, body) {
      const signed = signedWith(secret.read('send'))
      await pace()
      const json = { 'Content-Type': 'application/json; charset=utf-8', Accept: format.accept }
      const answered = await exchange({
        ...common,
        ...{ operation: 'send', method, url: address(path), body, agent: fresh.current('send') },
        headers: { ...signed, ...json },
      })
      return { status: answered.status, text: (await buffer(answered.body)).toString('utf8') }
    },
    format,
    stripped: secret.stripped,
    close() {
      pool.destroy()
      files.destroy()
      fresh.destroy()
    },
  }
}

export function tokenPlace({ auth }: RestProfile): SecretPlace {
  return { value: auth.token, variable: auth.tokenEnv, file: auth.tokenFile }
}

/** Whether the answer says that it succeeded; one that does not say is malformed. */
export function succeeded(answer: unknown, success: Success | undefined): boolean {
  if (!success) return true
  const said = valueAt(answer, success.field)
  if (said === undefined) throw new WrongShape()
  return success.in.some((literal) => literal === said)
}
