export interface OpsSettings {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Null: nothing but /healthz answers. */
  readonly password: string | null
  /** Opens /readyz and /metrics to a machine that should not hold the password. */
  readonly token: string | null
  readonly role: Role
}

/** `worker` shows no queues; `ops` runs no jobs. */
export type Role = 'all' | 'worker' | 'ops'
