/**
 * One request and its answer over HTTP, exactly once. Whatever goes wrong is named here, with the one
 * fact a send needs: whether the request may have been written.
 */
import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import axios from 'axios'
import { type Failure, type FailureWord, FarSideFailure } from '../connector.ts'
import { causeOf } from './cause.ts'
import { decoded } from './decoding.ts'
import { speaksTls } from './tls-port.ts'

export interface Asked {
  readonly source: string
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  /** As a list they are written exactly so and in this order, and nothing is added to them. */
  readonly headers: Readonly<Record<string, string>> | readonly (readonly [string, string])[]
  readonly params?: Readonly<Record<string, string>>
  readonly body?: string | Readable
  readonly agent: http.Agent
  readonly connectTimeoutMs: number
  /** The longest wait for an answer to begin, and for its next bytes. */
  readonly idleTimeoutMs: number
  readonly totalTimeoutMs: number
  readonly maxBytes: number
  /** Is set by each answer that says what time it is there. */
  readonly clock: FarClock
}

export interface FarClock {
  aheadMs: number | null
}

export interface Answered {
  readonly status: number
  header(name: string): string | null
  /** What it sets, as it writes it. */
  readonly cookies: readonly string[]
  /** Breaks with `ExchangeFailure` only; destroying it ends the exchange. */
  readonly body: Readable
  /** What it may take in all does not run on until the returned function is called: the reader waits, not the far side. */
  pauseClock(): () => void
}

export class ExchangeFailure extends FarSideFailure {
  /** False only when the request certainly never left. */
  readonly written: boolean
  readonly retryAfterMs: number

  constructor(failure: Failure, written: boolean, retryAfterMs = 0) {
    super(failure)
    this.written = written
    this.retryAfterMs = retryAfterMs
  }
}

export async function exchange(asked: Asked): Promise<Answered> {
  if (!isAscii(asked.headers)) throw failed(asked, 'notAskable', false)
  const line: Line = { open: false, handedOver: false, tooSlow: false, error: null }
  const clock = new AbortController()
  let left = asked.totalTimeoutMs
  let since = performance.now()
  let alarm = setTimeout(() => clock.abort(), left).unref()
  const pauseClock = () => {
    clearTimeout(alarm)
    left -= performance.now() - since
    return () => {
      since = performance.now()
      if (!body?.destroyed) alarm = setTimeout(() => clock.abort(), Math.max(0, left)).unref()
    }
  }
  let body: Readable | undefined
  try {
    const response = await axios.request<Readable>({
      method: asked.method,
      url: asked.url,
      headers: isExact(asked.headers) ? {} : { 'User-Agent': 'chidao', ...asked.headers },
      params: asked.params,
      data: typeof asked.body === 'string' ? Buffer.from(asked.body) : asked.body,
      maxBodyLength: Number.POSITIVE_INFINITY,
      responseType: 'stream',
      // axios takes a compressed stream for whole that lacks its end.
      decompress: false,
      signal: clock.signal,
      validateStatus: null,
      // A redirect would carry the token and the question somewhere that the profile does not name.
      maxRedirects: 0,
      proxy: false,
      httpAgent: asked.agent,
      httpsAgent: asked.agent,
      transport: watched(line, asked),
    })
    const header = (name: string) => headerText(response.headers[name.toLowerCase()])
    const time = Date.parse(header('date') ?? '')
    if (!Number.isNaN(time)) asked.clock.aheadMs = time - Date.now()
    // Unheard, an error between two reads would end the process; `guarded` meets it at the next read.
    response.data.on('error', () => {})
    const content = decoded(response.data, header('content-encoding'))
    if (content === null) {
      response.data.destroy()
      throw failed(asked, 'malformed')
    }
    body = Readable.from(guarded(content, asked, clock.signal), { objectMode: false })
    body.once('close', () => {
      clearTimeout(alarm)
      content.destroy()
      response.data.destroy()
    })
    const cookies = response.headers['set-cookie'] ?? []
    return { status: response.status, header, cookies, body, pauseClock }
  } catch (error) {
    clearTimeout(alarm)
    if (error instanceof ExchangeFailure) throw error
    // Only the kind of the error is repeated: axios errors hold the address, the token and the body.
    if (typeof asked.body === 'object') asked.body.destroy()
    // What the profile says makes no request: an address that is none, a name that no header has.
    if (!axios.isAxiosError(error) && !axios.isCancel(error))
      throw failed(asked, 'notAskable', false)
    const timedOut = clock.signal.aborted || line.tooSlow
    const code = error.code ?? ''
    const written = line.open || (line.handedOver && !neverConnected.test(code))
    const word = timedOut ? 'timeout' : wordFor(line.error ?? error, written)
    const hungUp = word === 'unreachable' && asked.url.startsWith('http:')
    const wantsTls = hungUp && (await speaksTls(asked.url, asked.connectTimeoutMs))
    throw failed(asked, wantsTls ? 'tlsWanted' : word, written)
  }
}

export function failed(
  { source, operation }: Pick<Asked, 'source' | 'operation'>,
  word: FailureWord,
  written = true,
  setting?: string,
) {
  return new ExchangeFailure({ word, source, operation, ...(setting && { setting }) }, written)
}

interface Line {
  /** The connection stood, with its TLS verified: bytes of the request may have left. */
  open: boolean
  /** Node has let go of the request: in doubt it left, unless the error says that there was no connection. */
  handedOver: boolean
  /** Connecting took too long, or the answer did not begin. */
  tooSlow: boolean
  /** What broke it, before axios gives it a code of its own. */
  error: (Error & { code?: string }) | null
}

/** Codes that say that no connection came to stand: no address, nobody there, or a certificate refused. */
const neverConnected =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_(SSL|TLS)_.*|.*(CERT|CRL|HOSTNAME_MISMATCH).*)$/

function wordFor(error: { code?: string; message: string }, written: boolean): FailureWord {
  // The parser of Node found that what came is not HTTP.
  if (written && error.code?.startsWith('HPE_')) return 'malformed'
  return causeOf(error) ?? 'unreachable'
}

/**
 * Connections that stood once. Node says `reusedSocket` only of one that was idle, not of one that it hands from
 * a finished request to the next in the queue of its agent.
 */
const standing = new WeakSet<Socket>()

/** axios cannot tell whether a failed request had left; the request's own socket can. */
function watched(line: Line, { headers, connectTimeoutMs, idleTimeoutMs }: Asked) {
  return {
    request(options: https.RequestOptions, onAnswer: (answer: http.IncomingMessage) => void) {
      const secure = options.protocol === 'https:'
      if (isExact(headers)) options.headers = headers.flat()
      const request = (secure ? https : http).request(options, onAnswer)
      const tooSlow = () => {
        line.tooSlow = true
        request.destroy(new Error('the far side took too long'))
      }
      let alarm: NodeJS.Timeout | undefined
      let silence: NodeJS.Timeout | undefined
      const opened = (socket: Socket) => {
        line.open = true
        standing.add(socket)
        clearTimeout(alarm)
      }
      request.once('socket', (socket) => {
        if (standing.has(socket)) return opened(socket)
        alarm = setTimeout(tooSlow, connectTimeoutMs)
        // Emitted after the certificate was verified, never for one that was refused.
        socket.once(secure ? 'secureConnect' : 'connect', () => opened(socket))
      })
      request.once('finish', () => {
        line.handedOver = true
        silence = setTimeout(tooSlow, idleTimeoutMs)
      })
      request.once('response', () => clearTimeout(silence))
      request.once('error', (error) => {
        line.error = error
      })
      request.once('close', () => {
        clearTimeout(alarm)
        clearTimeout(silence)
      })
      return request
    },
  }
}

function isExact(headers: Asked['headers']): headers is readonly (readonly [string, string])[] {
  return Array.isArray(headers)
}

/** Node writes letters up to U+00FF as Latin-1, which no source means. */
function isAscii(headers: Asked['headers']): boolean {
  const lines = isExact(headers) ? headers : Object.entries(headers)
  return lines.every((line) => line.every((part) => /^[\x20-\x7e]*$/.test(part)))
}

async function* guarded(source: Readable, asked: Asked, clock: AbortSignal) {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
  let bytes = 0
  for (;;) {
    const chunk = await nextWithin(asked, source, chunks, clock)
    if (chunk === null) return
    bytes += chunk.length
    if (bytes > asked.maxBytes) throw failed(asked, 'tooLarge')
    yield chunk
  }
}

/** The wait is timed only while the far side is waited for, not while the reader is slow. */
async function nextWithin(
  asked: Asked,
  source: Readable,
  chunks: AsyncIterator<Buffer>,
  clock: AbortSignal,
): Promise<Buffer | null> {
  let idle = false
  const alarm = setTimeout(() => {
    idle = true
    source.destroy(new Error('no bytes came'))
  }, asked.idleTimeoutMs)
  try {
    const { done, value } = await chunks.next()
    return done ? null : value
  } catch {
    // Fewer bytes than announced, a cut connection, broken compression: not the answer that was meant.
    throw failed(asked, idle || clock.aborted ? 'timeout' : 'malformed')
  } finally {
    clearTimeout(alarm)
  }
}

function headerText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}
