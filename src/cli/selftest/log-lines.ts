/** How much a process writes, minute by minute: a fault that lasts must not fill the disk that also holds the files. */

const minuteMs = 60_000

/**
 * A line of trouble is written at once and its repetitions as one line a minute (src/log/folding.ts), so that a minute
 * has two lines of each at most. How many there may be is what the faults are found to have: Postgres, the keys, the
 * queue and both sources each fail in a few ways, in some ten kinds of work.
 */
export const mostTroublesAMinute = 60

export class LogLines {
  readonly #from = performance.now()
  #all = 0
  readonly #troubles: { readonly at: number; readonly event: string }[] = []

  read(line: string): void {
    this.#all += 1
    const { level, event } = parsed(line)
    if (level !== 'info') this.#troubles.push({ at: performance.now(), event })
  }

  /** Of all kinds. */
  perMinute(): number {
    return Math.round((this.#all * minuteMs) / Math.max(minuteMs, performance.now() - this.#from))
  }

  /** Of the minute that had most of them: how many lines of trouble, and of what. */
  worstMinute(): { readonly lines: number; readonly events: Readonly<Record<string, number>> } {
    let worst: readonly string[] = []
    let first = 0
    for (const [n, { at }] of this.#troubles.entries()) {
      while (this.#troubles[first]!.at <= at - minuteMs) first += 1
      if (n + 1 - first > worst.length)
        worst = this.#troubles.slice(first, n + 1).map(({ event }) => event)
    }
    const events: Record<string, number> = {}
    for (const event of worst) events[event] = (events[event] ?? 0) + 1
    return { lines: worst.length, events }
  }
}

/** What is no line of ours was written by a process that broke. */
function parsed(line: string): { level: string; event: string } {
  try {
    const { level, event } = JSON.parse(line) as { level?: unknown; event?: unknown }
    if (typeof level === 'string' && typeof event === 'string') return { level, event }
  } catch {}
  return { level: 'error', event: 'no event' }
}
