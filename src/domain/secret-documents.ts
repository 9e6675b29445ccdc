import { createHmac, randomBytes } from 'node:crypto'
import { type NamedDocument, sameDates } from './identity.ts'

const mostRemembered = 200_000

/**
 * Which documents a source says for certain are secret, for all sources of this process: a copy through another source
 * contradicts that, and is not eligible, also after the first was purged. HMACs under a key that dies with the process.
 */
export class SecretDocuments {
  readonly #key = randomBytes(32)
  /** By what names a document, the messages that say so, each with the dates that it may bear elsewhere. */
  readonly #said = new Map<string, Map<string, ReadonlySet<string>>>()

  add({ key, issuedOn }: NamedDocument, source: string, sourceRef: string): void {
    if (this.#said.size >= mostRemembered) this.#said.clear()
    const trace = this.#trace(key)
    const said = this.#said.get(trace) ?? new Map<string, ReadonlySet<string>>()
    const dates = new Set(sameDates(issuedOn).map((date) => this.#trace(`${key} ${date}`)))
    this.#said.set(trace, said.set(this.#trace(`${source} ${sourceRef}`), dates))
  }

  /** Whole lists of sources that list what they called secret until it is acknowledged, read since this process began. */
  readonly heard = new Set<string>()

  /** Its source admits it by now: what it said before is taken back. */
  takeBack({ key }: NamedDocument, source: string, sourceRef: string): void {
    const trace = this.#trace(key)
    const said = this.#said.get(trace)
    if (!said?.delete(this.#trace(`${source} ${sourceRef}`))) return
    if (said.size === 0) this.#said.delete(trace)
  }

  has({ key, issuedOn }: NamedDocument): boolean {
    const said = this.#said.size > 0 && this.#said.get(this.#trace(key))
    if (!said) return false
    const date = this.#trace(`${key} ${issuedOn}`)
    return [...said.values()].some((dates) => dates.has(date))
  }

  #trace(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64')
  }
}
