import http from 'node:http'
import https from 'node:https'
import { readFor } from './secret.ts'

export interface Endpoint {
  readonly name: string
  readonly baseUrl: string
  /** A certificate authority of the province's own, PEM. */
  readonly tls?: { readonly caFile?: string | undefined } | undefined
  readonly poll: { readonly concurrency: number }
}

/** Pooled for reads. For sends `keepAlive` is false: a pooled connection may be closed unnoticed, which would leave a send unconfirmed. */
export function agentOf({ name, baseUrl, tls, poll }: Endpoint, keepAlive: boolean): http.Agent {
  const pool = { keepAlive, maxSockets: poll.concurrency + 1 }
  if (!baseUrl.startsWith('https:')) return new http.Agent(pool)
  const ca = tls?.caFile === undefined ? undefined : readFor(name, tls.caFile)
  return new https.Agent({ ...pool, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
}
