import { createHmac, randomBytes } from 'node:crypto'

const readAgainAfterMs = 3_600_000
const mostRemembered = 200_000

/**
 * What the gate refused is remembered in this process only, as HMACs under a key that dies with it, so that
 * a poll need not read it again every minute. It is read again hourly, on restart, and when its row changes.
 */
export class RefusedMemory {
  readonly #key = randomBytes(32)
  readonly #refusedAt = new Map<string, number>()

  has(transportRef: string, version: string): boolean {
    const at = this.#refusedAt.get(this.#trace(transportRef, version))
    return at !== undefined && performance.now() - at < readAgainAfterMs
  }

  add(transportRef: string, version: string): void {
    if (this.#refusedAt.size >= mostRemembered) this.#refusedAt.clear()
    this.#refusedAt.set(this.#trace(transportRef, version), performance.now())
  }

  #trace(transportRef: string, version: string): string {
    return createHmac('sha256', this.#key).update(`${transportRef} ${version}`).digest('base64')
  }
}
