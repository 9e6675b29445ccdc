import { LeaseLost } from '../store/lease.ts'

/**
 * Renews a lease while something long runs. `check()` throws once the lease is lost: work stops at the
 * next point where it asks, and the commit would have been refused anyway.
 */
export class Heartbeat implements Disposable {
  readonly #timer: NodeJS.Timeout
  #lost: unknown = null

  constructor(leaseMs: number, renew: () => Promise<void>) {
    const beat = () => {
      renew().catch((error: unknown) => {
        if (error instanceof LeaseLost) this.#lost = error
      })
    }
    this.#timer = setInterval(beat, Math.max(50, Math.floor(leaseMs / 3)))
    this.#timer.unref()
  }

  check(): void {
    if (this.#lost) throw this.#lost
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
