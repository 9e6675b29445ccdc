/** The transport of a REST source: credentials, pace, repeated reads, and an answer's status as a word. */
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import pRetry from 'p-retry'
import { type FailureWord, isRetryable } from '../connector.ts'
import { type Answered, ExchangeFailure, exchange, failed } from './exchange.ts'
import type { RestProfile } from './profile.ts'
import { parseStrictJson } from './strict-json.ts'
import { valueAt, WrongShape } from './wire-values.ts'

export interface Client {
  /** Reads JSON, again if that can help; `understand` throws `WrongShape` at what it did not expect. */
  read<T>(question: Question, understand: (answer: unknown) => T): Promise<T>
  /** The caller consumes or destroys `content`. */
  open(path: string): Promise<{ content: Readable; size: number | null; mediaType: string | null }>
  /** Once, whatever happens. An answer of any status is an answer. */
  sendOnce(method: 'POST' | 'PUT', path: string, body: string): Promise<Said>
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

export type Environment = Readonly<Record<string, string | undefined>>

/** Throws at a profile whose token or certificate cannot be read: that is for the operator to repair. */
export function openClient(profile: RestProfile, env: Environment): Client {
  const { limits, retries } = profile
  const token = tokenOf(profile, env)
  const headers = { [profile.auth.header]: `${profile.auth.prefix}${token}` }
  const pool = agentOf(profile, true)
  // A pooled connection may have been closed by the far side unnoticed, which would leave a send unconfirmed.
  const fresh = agentOf(profile, false)
  const pace = paced(profile.poll.minPauseMs)
  const address = (path: string) => profile.baseUrl.replace(/\/+$/, '') + path
  const common = {
    source: profile.name,
    connectTimeoutMs: limits.connectTimeoutMs,
    idleTimeoutMs: limits.answerTimeoutMs,
    totalTimeoutMs: limits.answerTimeoutMs,
    maxBytes: limits.maxAnswerBytes,
  }

  async function get(operation: string, path: string, more: object): Promise<Answered> {
    await pace()
    const asked = { ...common, operation, method: 'GET' as const, url: address(path), agent: pool }
    const answered = await exchange({ ...asked, headers, ...more })
    const word = wordOf(answered)
    if (word === null) return answered
    answered.body.destroy()
    const failure = { word, source: profile.name, operation }
    throw new ExchangeFailure(failure, true, retryAfter(answered))
  }

  async function again<T>(attempt: () => Promise<T>): Promise<T> {
    return pRetry(attempt, {
      retries: retries.times,
      minTimeout: retries.firstPauseMs,
      maxTimeout: retries.maxPauseMs,
      randomize: true,
      shouldRetry: async ({ error }) => {
        if (!(error instanceof ExchangeFailure) || !isRetryable(error.failure.word)) return false
        // Asked to wait longer than a read may take, give up: the next pass comes later anyway.
        if (error.retryAfterMs > retries.maxPauseMs) return false
        await pause(error.retryAfterMs)
        return true
      },
    })
  }

  return {
    read: ({ operation, path, params, success }, understand) =>
      again(async () => {
        const accept = { ...headers, Accept: 'application/json' }
        const answered = await get(operation, path, { params, headers: accept })
        const bytes = await buffer(answered.body)
        try {
          const answer = parseStrictJson(bytes)
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
      again(async () => {
        const answered = await get('openFile', path, {
          totalTimeoutMs: limits.fileTimeoutMs,
          maxBytes: limits.maxFileBytes,
        })
        const size = /^\d{1,15}$/.exec(answered.header('content-length') ?? '')
        const declared = size ? Number(size[0]) : null
        if (declared !== null && declared > limits.maxFileBytes) {
          answered.body.destroy()
          throw failed({ source: profile.name, operation: 'openFile' }, 'tooLarge')
        }
        const mediaType = answered.header('content-type')?.split(';')[0]?.trim().toLowerCase()
        const encoded = answered.header('content-encoding') !== null
        return {
          content: answered.body,
          size: encoded ? null : declared,
          mediaType: mediaType ?? null,
        }
      }),
    async sendOnce(method, path, body) {
      await pace()
      const json = { 'Content-Type': 'application/json; charset=utf-8', Accept: 'application/json' }
      const asked = { ...common, operation: 'send', method, url: address(path), body, agent: fresh }
      const answered = await exchange({ ...asked, headers: { ...headers, ...json } })
      return { status: answered.status, text: (await buffer(answered.body)).toString('utf8') }
    },
    stripped: (text) => strip(text, token),
    close() {
      pool.destroy()
      fresh.destroy()
    },
  }
}

/** The failure that a status means to a reader, or null where it is an answer. */
export function wordOf({
  status,
  header,
}: Pick<Answered, 'status' | 'header'>): FailureWord | null {
  if (status >= 200 && status < 300) return null
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404 || status === 410) {
    // A page in HTML is a gateway's, which knows nothing of documents: none may be taken for vanished.
    return header('content-type')?.includes('text/html') ? 'malformed' : 'notFound'
  }
  if (status === 408) return 'timeout'
  if (status === 413) return 'tooLarge'
  if (status === 429 || status >= 500) return 'unavailable'
  return status >= 400 ? 'rejected' : 'malformed'
}

/** Whether the answer says that it succeeded; one that does not say is malformed. */
export function succeeded(answer: unknown, success: Success | undefined): boolean {
  if (!success) return true
  const said = valueAt(answer, success.field)
  if (said === undefined) throw new WrongShape()
  return success.in.some((literal) => literal === said)
}

/** JSON, UTF-8 or shape: the far side's mistake, as opposed to ours. */
export function isUnreadable(error: unknown): boolean {
  if (error instanceof WrongShape || error instanceof SyntaxError) return true
  return (
    error instanceof TypeError &&
    'code' in error &&
    error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
  )
}

function tokenOf({ name, auth }: RestProfile, env: Environment): string {
  const given = auth.token ?? fromEnvironment(auth.tokenEnv, env) ?? fromFile(auth.tokenFile, name)
  const token = given?.trim()
  const where = auth.tokenEnv
    ? `environment variable ${auth.tokenEnv}`
    : (auth.tokenFile ?? 'auth.token')
  if (!token) throw new Error(`source ${name}: no token in ${where}: set it and start again`)
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Error(`source ${name}: the token in ${where} holds blanks or control characters`)
  }
  return token
}

function fromEnvironment(variable: string | undefined, env: Environment): string | undefined {
  return variable === undefined ? undefined : env[variable]
}

function fromFile(path: string | undefined, name: string): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`source ${name}: ${path} cannot be read: give the service read access`, {
      cause,
    })
  }
}

function agentOf({ name, baseUrl, tls, poll }: RestProfile, keepAlive: boolean): http.Agent {
  const pool = { keepAlive, maxSockets: poll.concurrency + 1 }
  if (!baseUrl.startsWith('https:')) return new http.Agent(pool)
  const ca = fromFile(tls?.caFile, name)
  return new https.Agent({ ...pool, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
}

/** Starts of requests at least this far apart. */
function paced(pauseMs: number): () => Promise<void> {
  let free = 0
  return async () => {
    const now = performance.now()
    const start = Math.max(now, free)
    free = start + pauseMs
    if (start > now) await pause(start - now)
  }
}

/** Seconds or a date (RFC 9110 10.2.3), in milliseconds from now. */
function retryAfter({ header }: Answered): number {
  const said = header('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000
  const at = Date.parse(said)
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now())
}

function strip(text: string, token: string): string {
  return text
    .replaceAll(token, '…')
    .replace(/\b(bearer|basic|token|password|mật khẩu)(\s*[:=]\s*|\s+)\S+/giu, '$1 …')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
}
