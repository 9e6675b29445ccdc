import { addDays, type LocalDate } from '../domain/local-date.ts'
import type { Scope } from '../store/resyncs.ts'

/** What to ask again, within what is imported at all; null when no day is left of the range. */
export function scopeOf(
  source: string,
  importFrom: LocalDate,
  asked: {
    readonly since?: LocalDate | undefined
    readonly until?: LocalDate | undefined
    readonly refs?: readonly string[] | null
    readonly thorough?: boolean
  },
  today: LocalDate,
): Scope | null {
  // A source whose clock runs ahead dates documents tomorrow.
  const until = asked.until ?? addDays(today, 1)
  const since = asked.since ?? importFrom
  const from = since < importFrom ? importFrom : since
  if (from > until) return null
  return { source, from, until, refs: asked.refs ?? null, thorough: asked.thorough === true }
}
