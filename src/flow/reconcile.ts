import { type App, sourceOf } from '../app.ts'
import { addDays, earliest, type LocalDate, localDateOf } from '../domain/local-date.ts'

const windowDays = 7
/** A source that lost months is not asked for all of them at once. */
const windowsAtOnce = 10

interface Stretch {
  readonly from: LocalDate
  readonly until: LocalDate
}

/**
 * RECONCILE: days that no reading met to its end, nor is about to, are read again, so that the day up to which a source
 * is complete moves on by itself. What every reading has met once and is older than the daily ones reach is not read
 * again: one source may go on calling ordinary what another made secret long ago, and only resyncs, which a person
 * asks for, may bring that back.
 */
export async function reconcile(app: App, name: string): Promise<void> {
  const { profile } = sourceOf(app, name)
  const now = app.clock.now()
  const state = await app.store.sources.askable(name, now)
  // Before its history was opened all of it would be one gap.
  if (!state?.headCursor) return
  const today = localDateOf(now)
  const gaps = await app.store.completeness.unattended(name, profile.importFrom, today)
  for (const window of weeksOf(gaps).slice(-windowsAtOnce)) {
    const pass = await app.store.passes.open({
      source: name,
      kind: 'resync',
      ...window,
      upperBound: now,
      cursorBefore: null,
    })
    if (pass) app.later.ring('take-window')
  }
}

function weeksOf(stretches: readonly Stretch[]): Stretch[] {
  return stretches.flatMap(({ from, until }) => {
    const weeks = []
    for (let day = from; day <= until; day = addDays(day, windowDays))
      weeks.push({ from: day, until: earliest(addDays(day, windowDays - 1), until) })
    return weeks
  })
}
