import { createHmac, randomBytes } from 'node:crypto'
import { sameDocumentKey } from '../domain/code.ts'
import type { Header } from '../domain/eligibility.ts'

const mostRemembered = 200_000

/**
 * Which documents a source says for certain are secret, for all sources of this process: a copy through another source
 * contradicts that, and is not eligible, also after the first was purged. HMACs under a key that dies with the process.
 */
export class SecretDocuments {
  readonly #key = randomBytes(32)
  /** By document, the messages that say so. */
  readonly #said = new Map<string, Set<string>>()

  add(document: string, source: string, sourceRef: string): void {
    if (this.#said.size >= mostRemembered) this.#said.clear()
    const trace = this.#trace(document)
    const said = this.#said.get(trace) ?? new Set()
    this.#said.set(trace, said.add(this.#trace(`${source} ${sourceRef}`)))
  }

  /** Its source admits it by now: what it said before is taken back. */
  takeBack(document: string, source: string, sourceRef: string): void {
    const trace = this.#trace(document)
    const said = this.#said.get(trace)
    if (!said?.delete(this.#trace(`${source} ${sourceRef}`))) return
    if (said.size === 0) this.#said.delete(trace)
  }

  has(document: string): boolean {
    return this.#said.size > 0 && this.#said.has(this.#trace(document))
  }

  #trace(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64')
  }
}

/** Null where a header does not say enough to know the same document by through another source. */
export function documentOf({ issuer, issuedOn, number, symbol }: Header): string | null {
  if (issuer === null || issuedOn === null || (number === null && symbol === null)) return null
  return sameDocumentKey(issuer, issuedOn, number ?? '', symbol ?? '')
}
