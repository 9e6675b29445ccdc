import { createHmac, randomBytes } from 'node:crypto'

const readAgainAfterMs = 3_600_000
const mostRemembered = 200_000

/** `secret`: a literal or a mark said so for certain, so that a stored directive must be withheld. */
export type Refused = 'secret' | 'notEligible'

/**
 * What the gate refused is remembered in this process only, as HMACs under a key that dies with it, so that
 * a poll need not read it again every minute. It is read again hourly, on restart, and when its row changes.
 */
export class RefusedMemory {
  readonly #key = randomBytes(32)
  readonly #refused = new Map<string, { readonly at: number; readonly as: Refused }>()

  /** Null: not refused lately. */
  has(transportRef: string, version: string): Refused | null {
    if (this.#refused.size === 0) return null
    const refused = this.#refused.get(this.#trace(transportRef, version))
    return refused && performance.now() - refused.at < readAgainAfterMs ? refused.as : null
  }

  add(transportRef: string, version: string, as: Refused): void {
    if (this.#refused.size >= mostRemembered) this.#refused.clear()
    this.#refused.set(this.#trace(transportRef, version), { at: performance.now(), as })
  }

  #trace(transportRef: string, version: string): string {
    return createHmac('sha256', this.#key).update(`${transportRef} ${version}`).digest('base64')
  }
}
