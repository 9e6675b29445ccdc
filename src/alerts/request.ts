import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import pRetry, { AbortError } from 'p-retry'

/** One word for why something did not arrive. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered'
  readonly word: string

  constructor(word: string) {
    super(`not delivered: ${word}`)
    this.word = word
  }
}

export interface Request {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** PEM of the authority that signed the receiver's certificate, where the machine does not know it. */
  readonly caFile: string | null
}

const answerMs = 10_000
const firstPauseMs = 500

/** Asks a few times where asking again may help. Follows no redirect and reads nothing of the answer but its status. */
export async function deliver(request: () => Request): Promise<void> {
  await pRetry(
    async () => {
      const status = await once(request())
      if (status >= 200 && status < 300) return
      if (status >= 500 || status === 429) throw new NotDelivered('unavailable')
      throw new AbortError(
        new NotDelivered(status === 401 || status === 403 ? 'unauthorized' : 'rejected'),
      )
    },
    { retries: 2, minTimeout: firstPauseMs, randomize: true },
  )
}

function once({ url, method, headers = {}, body, caFile }: Request): Promise<number> {
  const { request } = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method,
      headers: {
        'user-agent': 'chidao',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      agent: false,
      signal: AbortSignal.timeout(answerMs),
      ...(caFile ? { ca: readFileSync(caFile) } : {}),
    })
    asked.on('error', (error) => reject(new NotDelivered(wordOf(error))))
    asked.on('response', (answer) => {
      answer.destroy()
      resolve(answer.statusCode ?? 0)
    })
    asked.end(body)
  })
}

export function wordOf(error: Error & { code?: string }): string {
  const code = String(error.code ?? error.name)
  if (/TIMEDOUT|TIMEOUT|ABORT/i.test(code)) return 'timeout'
  // A mail client gives every broken connection one code and says in words what broke it.
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME|VERIFY/.test(code) || /certificate/.test(error.message))
    return 'certificate'
  return 'unreachable'
}
