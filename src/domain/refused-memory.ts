import { createHmac, randomBytes } from 'node:crypto'
import type { FormField } from './eligibility.ts'

const readAgainAfterMs = 3_600_000
const mostRemembered = 200_000

/**
 * `secret`: a literal or a mark said so for certain, so that a stored directive must be withheld. `unstorable`, `datesDoubted`: not
 * refused, and not to be had either until its source mends it or a person has decided.
 */
export type Refused = 'secret' | 'notEligible' | Undecided
export type Undecided = 'unstorable' | 'datesDoubted'

interface Remembered {
  readonly as: Refused
  /** Of what was refused for its form alone. */
  readonly form: FormField | null
  /** The directives, by `sourceRef`, that it called secret for certain, beside the one that the list itself names. */
  readonly secret: readonly string[]
}

/**
 * What the gate refused is remembered in this process only, as HMACs under a key that dies with it, so that
 * a poll need not read it again every minute. It is read again hourly, on restart, and when its row changes; a message
 * that never changes is not read again.
 */
export class RefusedMemory {
  readonly #key = randomBytes(32)
  readonly #refused = new Map<string, Remembered & { readonly until: number }>()

  /** Null: not refused lately. */
  has(transportRef: string, version: string): Remembered | null {
    if (this.#refused.size === 0) return null
    const refused = this.#refused.get(this.#trace(transportRef, version))
    return refused && performance.now() < refused.until ? refused : null
  }

  add(transportRef: string, version: string, as: Refused, form: FormField | null = null): void {
    this.#keep(transportRef, version, {
      as,
      form,
      secret: [],
      until: performance.now() + readAgainAfterMs,
    })
  }

  addForGood(transportRef: string, version: string, secret: readonly string[]): void {
    const until = Number.POSITIVE_INFINITY
    this.#keep(transportRef, version, { as: 'secret', form: null, secret, until })
  }

  #keep(transportRef: string, version: string, refused: Remembered & { until: number }): void {
    if (this.#refused.size >= mostRemembered) this.#refused.clear()
    this.#refused.set(this.#trace(transportRef, version), refused)
  }

  #trace(transportRef: string, version: string): string {
    return createHmac('sha256', this.#key).update(`${transportRef} ${version}`).digest('base64')
  }
}
