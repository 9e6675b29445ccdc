/** The transport to the axis: signed requests, byte for byte as its operator's own client writes them. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { inTurn } from '#src/turns.ts'
import type { FailureWord } from '../connector.ts'
import { agentOf } from '../http/agent.ts'
import { Bounds } from '../http/bounds.ts'
import { type Answered, exchange, type FarClock, failed } from '../http/exchange.ts'
import { held, oneLarge } from '../http/held.ts'
import { paced } from '../http/pace.ts'
import { again } from '../http/retry.ts'
import { type Environment, type SecretPlace, secretOf } from '../http/secret.ts'
import { wordOf } from '../http/status.ts'
import { isUnreadable } from '../http/unreadable.ts'
import { readAnswer, type Said, wordOfRefusal } from './answer.ts'
import type { VxpProfile } from './profile.ts'
import { type Operation, operations, signedHeaders } from './signing.ts'

export interface Client {
  /** Asks, again if that can help; `understand` throws `WrongShape` at what it did not expect. */
  ask<T>(
    as: string,
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
    understand: (said: Said) => T,
  ): Promise<T>
  /** The whole message as bytes. The caller reads it to its end or destroys it. */
  open(as: string, docId: string): Promise<Readable>
  /** Once, whatever happens. An answer of any status is an answer. */
  tellOnce(
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
    body: Body | null,
  ): Promise<{ status: number; bytes: Buffer }>
  /** The text without the secret of this source, cut to 500 characters. */
  stripped(text: string): string
  readonly clock: FarClock
  close(): void
}

export interface Body {
  readonly length: number
  readonly content: Readable
}

/** `getEdoc` wraps the message in base64 and JSON, which is held whole: no more than 50 MiB that way. */
const mostOfGetEdoc = 50 * 1024 * 1024
const emptyObject = '{}'
/** A gateway under repair answers as an axis does that has no downloadEdoc: only the former ends. */
const downloadTriedAgainMs = 5 * 60_000

export function openClient(profile: VxpProfile, env: Environment, now: () => Date): Client {
  const { limits, retries, name: source, auth } = profile
  const secret = secretOf(source, secretPlace(profile), env)
  /** What the latest request was signed with. */
  let used = ''
  const pool = agentOf(profile, true)
  const fresh = agentOf(profile, false)
  const clock: FarClock = { aheadMs: null }
  const pace = paced(profile.poll.minPauseMs)
  const ofSource = { source, oneLarge: oneLarge() }
  const base = profile.baseUrl.replace(/\/+$/, '')
  const host = new URL(base).host
  let withoutDownloadUntil = 0

  async function call(
    as: string,
    operation: Operation,
    parameters: Readonly<Record<string, string>>,
    more: { maxBytes?: number; totalTimeoutMs?: number; body?: Body | null } = {},
  ): Promise<Answered> {
    const agent = (as === 'send' ? fresh : pool).current(as)
    used = secret.read(as)
    const credentials = { systemId: auth.systemId, secret: used }
    await pace()
    const { body, ...bounds } = more
    const content = body?.content ?? (operation.method === 'GET' ? undefined : plainBody(operation))
    return exchange({
      source,
      operation: as,
      method: operation.method,
      url: `${base}/${operation.name}`,
      headers: [
        ...signedHeaders(operation, parameters, credentials, now()),
        ...transportHeaders(operation, host, body?.length ?? plainBody(operation).length),
      ],
      agent,
      clock,
      connectTimeoutMs: limits.connectTimeoutMs,
      idleTimeoutMs: limits.answerTimeoutMs,
      totalTimeoutMs: limits.answerTimeoutMs,
      maxBytes: limits.maxAnswerBytes,
      ...bounds,
      ...(content === undefined ? {} : { body: content }),
    })
  }

  const renewed = (as: string) => () => secret.read(as) !== used
  const failure = (operation: string, word: FailureWord) => failed({ source, operation }, word)

  function understood(as: string, status: number, bytes: Buffer): Said {
    const said = readable(as, status, bytes)
    if (!said.ok) throw failure(as, wordOfRefusal(status, said, profile))
    return said
  }

  function whole<T>(as: string, answered: Answered, understand: (said: Said) => T): Promise<T> {
    const holding = { ...ofSource, operation: as, bounds: new Bounds() }
    return held(answered, holding, async (bytes) =>
      understand(await inTurn(() => understood(as, answered.status, bytes))),
    )
  }

  function readable(as: string, status: number, bytes: Buffer): Said {
    try {
      return readAnswer(status, bytes)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      throw failure(as, wordOf({ status, header: () => null }) ?? 'malformed')
    }
  }

  async function download(as: string, docId: string): Promise<Readable | 'noSuchOperation'> {
    const answered = await call(
      as,
      operations.download,
      { docId, filePath: 'store/dl' },
      { maxBytes: profile.maxMessageBytes, totalTimeoutMs: limits.fileTimeoutMs },
    )
    const { status, body } = answered
    const [first, rest] = await beginning(body)
    if (status === 404 || status === 405 || status === 501) {
      // Not `rest`: a generator that never began never ends either.
      body.destroy()
      if (first[0] !== openingBrace) return 'noSuchOperation'
      throw failure(as, 'notFound')
    }
    if (first[0] === openingBrace || status < 200 || status >= 300) {
      understood(as, status, await buffer(rest))
      throw failure(as, 'malformed')
    }
    return rest
  }

  async function getWhole(as: string, docId: string): Promise<Readable> {
    const answered = await call(
      as,
      operations.get,
      { docId, filePath: 'store/xml' },
      { maxBytes: Math.ceil(mostOfGetEdoc / 3) * 4 + 4096, totalTimeoutMs: limits.fileTimeoutMs },
    )
    return whole(as, answered, ({ fields: { data } }) => {
      if (typeof data !== 'string' || !/^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(data))
        throw failure(as, 'malformed')
      return Readable.from([Buffer.from(data, 'base64')])
    })
  }

  return {
    ask: (as, operation, parameters, understand) =>
      again(
        retries,
        async () => {
          const answered = await call(as, operation, parameters)
          try {
            return await whole(as, answered, understand)
          } catch (error) {
            if (!isUnreadable(error)) throw error
            throw failure(as, 'malformed')
          }
        },
        renewed(as),
      ),
    open: (as, docId) =>
      again(
        retries,
        async () => {
          if (profile.fetch === 'downloadEdoc' && performance.now() >= withoutDownloadUntil) {
            const opened = await download(as, docId)
            if (opened !== 'noSuchOperation') return opened
            withoutDownloadUntil = performance.now() + downloadTriedAgainMs
          }
          return getWhole(as, docId)
        },
        renewed(as),
      ),
    async tellOnce(operation, parameters, body) {
      const { status, body: answer } = await call('send', operation, parameters, {
        body,
        totalTimeoutMs: limits.fileTimeoutMs,
      })
      return { status, bytes: await buffer(answer) }
    },
    stripped: secret.stripped,
    clock,
    close() {
      pool.destroy()
      fresh.destroy()
    },
  }
}

export function secretPlace({ auth }: VxpProfile): SecretPlace {
  return { value: auth.secret, variable: auth.secretEnv, file: auth.secretFile }
}

const openingBrace = '{'.charCodeAt(0)

/** Operations with parameters of their own carry an empty object, lists carry nothing (wire §4.2). */
function plainBody(operation: Operation): string {
  const carries = operation === operations.get || operation === operations.acknowledge
  return carries ? emptyObject : ''
}

/** What that client's two HTTP libraries add, in their order. */
function transportHeaders(operation: Operation, host: string, length: number) {
  if (operation === operations.send)
    return [
      ['Cache-Control', 'no-cache'],
      ['Pragma', 'no-cache'],
      ['Host', host],
      ['Accept', 'text/html, image/gif, image/jpeg, */*; q=0.2'],
      ['Connection', 'keep-alive'],
      ['Content-Length', String(length)],
    ] as const
  return [
    ...(operation.method === 'GET' ? [] : [['Content-Length', String(length)] as const]),
    ['Host', host] as const,
    ['Connection', 'Keep-Alive'] as const,
    ...(length > 0 ? [['Expect', '100-continue'] as const] : []),
    ['Accept-Encoding', 'gzip,deflate'] as const,
  ]
}

/** The first bytes, and the whole with them. */
async function beginning(body: Readable): Promise<[Buffer, Readable]> {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
  const { done, value } = await chunks.next()
  const first = done ? Buffer.alloc(0) : value
  async function* whole() {
    try {
      yield first
      for (;;) {
        const next = await chunks.next()
        if (next.done) return
        yield next.value
      }
    } finally {
      body.destroy()
    }
  }
  return [first, Readable.from(whole(), { objectMode: false })]
}
