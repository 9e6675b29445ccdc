import type { Page } from '#connectors/connector.ts'
import type { PassExtent } from '../store/passes.ts'

/** One reading of a window: what it met, and what that says of the list. Knows identities and nothing else of a row. */
export class WindowReading {
  readonly #ids = new Set<string>()
  readonly #versions = new Set<string>()
  readonly #digests = new Set<string>()
  #unreadable = 0
  /** Rows that stood in this reading before, word for word. */
  #twice = 0
  #newPages = 0
  #repeatedPages = 0
  #counted: number | null = null
  /** How many rows its source counts and never lists. */
  readonly #hidden: number

  constructor(hidden: number) {
    this.#hidden = hidden
  }

  /** False where the page brings nothing new, whatever it says. */
  take({ items, total, digest }: Page): boolean {
    // Some count the rows of the page or of what is left; the largest is the one to reach.
    if (total !== null) this.#counted = Math.max(this.#counted ?? 0, total)
    const isNew = items.some((item) =>
      item.unreadable
        ? digest === null || !this.#digests.has(digest)
        : !this.#ids.has(item.ref.transportRef),
    )
    if (!isNew) {
      if (items.length > 0) this.#repeatedPages++
      return false
    }
    this.#newPages++
    if (digest !== null) this.#digests.add(digest)
    for (const item of items) {
      if (item.unreadable) {
        this.#unreadable++
        continue
      }
      const version = `${item.ref.transportRef} ${item.version}`
      if (this.#versions.has(version)) this.#twice++
      this.#versions.add(version)
      this.#ids.add(item.ref.transportRef)
    }
    return true
  }

  get listed(): number {
    return this.#ids.size + this.#unreadable
  }

  get extent(): PassExtent {
    return { counted: this.#counted, listed: this.listed }
  }

  get isShort(): boolean {
    return this.#counted !== null && this.listed + this.#hidden < this.#counted
  }

  get reachesCount(): boolean {
    return this.#counted !== null && !this.isShort
  }

  /** Nothing can have shifted within one answer. */
  get isOneCountedPage(): boolean {
    return this.#newPages <= 1 && this.#counted !== null
  }

  get repeatsPages(): boolean {
    return this.#repeatedPages > 0
  }

  /** So many that they explain why fewer came than are counted. */
  get repeatsRows(): boolean {
    const rows = this.#versions.size + this.#twice + this.#unreadable
    return this.#twice > 0 && rows >= (this.#counted ?? 0)
  }

  isWithin(later: WindowReading): boolean {
    return this.#ids.isSubsetOf(later.#ids)
  }

  isLike(later: WindowReading): boolean {
    return this.isWithin(later) && this.listed === later.listed && this.#counted === later.#counted
  }
}
