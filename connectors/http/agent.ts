import { X509Certificate } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { ownFault, textOf } from './secret.ts'

export interface Endpoint {
  readonly name: string
  readonly baseUrl: string
  /** A certificate authority of the province's own, PEM. */
  readonly tls?: { readonly caFile?: string | undefined } | undefined
  readonly poll: { readonly concurrency: number }
}

export interface Agent {
  /** Made anew when the file of the authority holds another one. Throws `authorityMissing`. */
  current(operation: string): http.Agent
  destroy(): void
}

/** Pooled for reads. For sends `keepAlive` is false: a pooled connection may be closed unnoticed, which would leave a send unconfirmed. */
export function agentOf({ name, baseUrl, tls, poll }: Endpoint, keepAlive: boolean): Agent {
  const pool = { keepAlive, maxSockets: poll.concurrency + 1 }
  const file = tls?.caFile
  if (!baseUrl.startsWith('https:')) return lasting(new http.Agent(pool))
  if (file === undefined) return lasting(new https.Agent({ ...pool, rejectUnauthorized: true }))
  const made = new Map<string, https.Agent>()
  return {
    current(operation) {
      const ca = textOf(file)
      if (ca === null || !isCertificate(ca))
        throw ownFault(name, operation, 'authorityMissing', file)
      const known = made.get(ca)
      if (known) return known
      for (const former of made.values()) letGo(former)
      const agent = new https.Agent({ ...pool, rejectUnauthorized: true, ca })
      made.set(ca, agent)
      return agent
    },
    destroy() {
      for (const agent of made.values()) agent.destroy()
    },
  }
}

function lasting(agent: http.Agent): Agent {
  return { current: () => agent, destroy: () => agent.destroy() }
}

/** What is under way ends as it began. */
function letGo({ freeSockets }: https.Agent): void {
  for (const socket of Object.values(freeSockets).flat()) socket?.destroy()
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
