import type { NamedDocument } from '../domain/code.ts'
import type { UnmappedCode } from '../domain/eligibility.ts'
import type { PassExtent, PassTotals } from '../store/passes.ts'

/** What a reading has seen so far: totals and nothing else (design §2, promise 2). */
export class Tally {
  readonly #totals = { seen: 0, allowed: 0, notEligible: 0, undecided: 0, unchanged: 0 }
  readonly #unmapped = new Map<string, number>()
  readonly #secrets = new Set<string>()
  readonly #new: string[] = []
  readonly #documents: NamedDocument[] = []
  readonly #doubtful = new Set<string>()
  readonly #listed = new Set<string>()
  /** Not the window was read, but single messages. */
  asksForSingleOnes = false
  requests = 0
  /** To at least one of them. */
  sourceAnswered = false
  /** Directives that the source wants back in this reading, and that are not recalled yet. */
  recalls = 0
  undecidedBecause: string | null = null
  /** Null where no window was listed to its end. */
  extent: PassExtent | null = null

  /** `unchanged`: the intake had it from an earlier reading. */
  allowed(unchanged = false): void {
    this.#totals.seen++
    this.#totals.allowed++
    if (unchanged) this.#totals.unchanged++
  }

  notEligible(unmapped: readonly UnmappedCode[] = []): void {
    this.#totals.seen++
    this.#totals.notEligible++
    for (const { field, code } of unmapped) {
      const key = `${field}\n${code}`
      this.#unmapped.set(key, (this.#unmapped.get(key) ?? 0) + 1)
    }
  }

  undecided(because: string): void {
    this.#totals.seen++
    this.#totals.undecided++
    this.undecidedBecause = because
  }

  /** References that said secret for certain, for as long as this reading lives. */
  secret(sourceRefs: readonly string[]): void {
    for (const sourceRef of sourceRefs) {
      if (!this.#secrets.has(sourceRef)) this.#new.push(sourceRef)
      this.#secrets.add(sourceRef)
    }
  }

  secrets(): string[] {
    return [...this.#secrets]
  }

  /** Those since it was asked last. */
  newSecrets(): string[] {
    return this.#new.splice(0)
  }

  /** Documents that said secret for certain, as other sources have them too. */
  secretDocument(document: NamedDocument): void {
    this.#documents.push(document)
  }

  newDocuments(): NamedDocument[] {
    return this.#documents.splice(0)
  }

  /** References that the gate did not admit this time, for as long as this reading lives. */
  doubt(sourceRefs: readonly string[]): void {
    for (const sourceRef of sourceRefs) this.#doubtful.add(sourceRef)
  }

  doubtful(): string[] {
    return [...this.#doubtful]
  }

  /** Whatever the source showed, by its reference, for as long as this reading lives. */
  listed(sourceRef: string | null): void {
    if (sourceRef !== null) this.#listed.add(sourceRef)
  }

  hasListed(sourceRef: string): boolean {
    return this.#listed.has(sourceRef)
  }

  /** Fewer were listed than are counted: what was not listed may be there all the same. */
  get isShort(): boolean {
    return this.extent !== null && this.extent.listed < (this.extent.counted ?? 0)
  }

  totals(): PassTotals {
    return { ...this.#totals }
  }

  unmapped(): { field: string; code: string; count: number }[] {
    return [...this.#unmapped].map(([key, count]) => {
      const [field, code] = key.split('\n') as [string, string]
      return { field, code, count }
    })
  }
}
