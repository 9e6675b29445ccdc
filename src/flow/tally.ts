import pLimit from 'p-limit'
import type { FormField, UnmappedCode } from '../domain/eligibility.ts'
import type { NamedDocument, Printed } from '../domain/identity.ts'
import type { Contradiction } from '../store/contradictions.ts'
import type { PassExtent, PassTotals } from '../store/passes.ts'
import type { Followed, Refusal } from './admission.ts'

/** The directives, by `sourceRef`, of which a message says so, and what it prints of what it says so of. */
export interface CalledSecret {
  readonly secret: readonly string[]
  readonly printed: Printed | null
}

/** What a reading has seen so far: totals and nothing else (docs/decisions/0003). */
export class Tally {
  readonly #totals = { seen: 0, allowed: 0, notEligible: 0, undecided: 0, unchanged: 0 }
  readonly #unmapped = new Map<string, number>()
  readonly #forms = new Map<FormField, number>()
  readonly #secrets: CalledSecret[] = []
  #withheld = 0
  readonly #documents: NamedDocument[] = []
  readonly #doubtful = new Set<string>()
  readonly #listed = new Set<string>()
  readonly #contradictions = new Map<string, Contradiction>()
  /** Not the window was read, but single messages. */
  asksForSingleOnes = false
  requests = 0
  /** To at least one of them. */
  sourceAnswered = false
  /** Directives that the source wants back in this reading, and that are not recalled yet. */
  recalls = 0
  readonly recallsInTurn = pLimit(1)
  undecidedBecause: string | null = null
  /** Null where no window was listed to its end. */
  extent: PassExtent | null = null

  /** `unchanged`: the intake had it from an earlier reading. */
  allowed(unchanged = false): void {
    this.#totals.seen++
    this.#totals.allowed++
    if (unchanged) this.#totals.unchanged++
  }

  notEligible(): void {
    this.#totals.seen++
    this.#totals.notEligible++
  }

  /** What became of one message. */
  became(followed: Followed): void {
    if (typeof followed === 'object') this.undecided(followed.word)
    else if (followed === 'fuse' || followed === 'askAgain') this.undecided(followed)
    else if (followed === 'refused' || followed === 'notEligible' || followed === 'unknown')
      this.notEligible()
    else this.allowed(followed === 'taken')
  }

  unmapped(codes: readonly UnmappedCode[]): void {
    for (const { field, code } of codes) {
      const key = `${field}\n${code}`
      this.#unmapped.set(key, (this.#unmapped.get(key) ?? 0) + 1)
    }
  }

  undecided(because: string): void {
    this.#totals.seen++
    this.#totals.undecided++
    this.undecidedBecause = because
  }

  /** Of what was refused, whom it concerns. */
  refused(refusal: Refusal): void {
    this.unmapped(refusal.unmapped)
    const { form } = refusal
    if (form) this.#forms.set(form, (this.#forms.get(form) ?? 0) + 1)
    this.secret(refusal)
    this.doubt(refusal.doubtful)
  }

  /** What said secret for certain, for as long as this reading lives. */
  secret(said: CalledSecret): void {
    if (said.secret.length > 0) this.#secrets.push({ secret: said.secret, printed: said.printed })
  }

  secrets(): readonly CalledSecret[] {
    return this.#secrets
  }

  /** Those since it was asked last. */
  newSecrets(): readonly CalledSecret[] {
    const since = this.#secrets.slice(this.#withheld)
    this.#withheld = this.#secrets.length
    return since
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

  /** What its source says two things of, by its reference, for as long as this reading lives. */
  contradicts(sourceRef: string | null, how: Contradiction): void {
    if (sourceRef !== null) this.#contradictions.set(sourceRef, how)
  }

  contradictions(): ReadonlyMap<string, Contradiction> {
    return this.#contradictions
  }

  /** Fewer were listed than are counted, beyond what is always hidden: what was not listed may be there all the same. */
  isShort(hidden: number): boolean {
    return this.extent !== null && this.extent.listed + hidden < (this.extent.counted ?? 0)
  }

  totals(): PassTotals {
    return { ...this.#totals }
  }

  /** How many were refused for one field of their form alone. */
  formCounts(): ReadonlyMap<FormField, number> {
    return this.#forms
  }

  unmappedCounts(): { field: string; code: string; count: number }[] {
    return [...this.#unmapped].map(([key, count]) => {
      const [field, code] = key.split('\n') as [string, string]
      return { field, code, count }
    })
  }
}
