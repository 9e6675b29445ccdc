import type { UnmappedCode } from '../domain/eligibility.ts'
import type { PassTotals } from '../store/passes.ts'

/** What a reading has seen so far: totals and nothing else (design §2, promise 2). */
export class Tally {
  readonly #totals = { seen: 0, allowed: 0, notEligible: 0, undecided: 0, unchanged: 0 }
  readonly #unmapped = new Map<string, number>()
  undecidedBecause: string | null = null

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
