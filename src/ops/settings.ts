/** As config/ops.ts reads them, with the role of this process. */
export interface OpsSettings {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Opens /readyz and /metrics to a machine, which has no account. */
  readonly token: string | null
  readonly role: Role
  /** Cookies travel by https:// only. */
  readonly https: boolean
  /** Whose word for a visitor's address is believed. */
  readonly proxies: readonly string[]
  readonly sessions: { readonly idleMs: number; readonly longestMs: number }
  readonly lockOut: { readonly failures: number; readonly forMs: number }
  /** Null: only accounts of the store. */
  readonly directory: DirectorySettings | null
}

/** `worker` shows no queues; `ops` runs no jobs. */
export type Role = 'all' | 'worker' | 'ops'

export interface DirectorySettings {
  readonly url: string
  readonly startTls: boolean
  readonly caFile: string | null
  readonly people:
    | { readonly dn: string }
    | {
        readonly base: string
        readonly attribute: string
        readonly filter: string | null
        readonly reader: { readonly dn: string; readonly password: string } | null
      }
  readonly nameAttribute: string
  readonly roles: { readonly administrator: readonly string[]; readonly viewer: readonly string[] }
}
