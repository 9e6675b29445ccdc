import { type App, sourceOf } from '../app.ts'
import { addDays, earliest, localDateOf } from '../domain/local-date.ts'

const windowDays = 7
/** A source that lost months is not asked for all of them at once. */
const windowsAtOnce = 10

/**
 * RECONCILE: days that no reading met to its end, nor is about to, are read again, so that the day up to which a source
 * is complete moves on by itself.
 */
export async function reconcile(app: App, name: string): Promise<void> {
  const { profile } = sourceOf(app, name)
  const now = app.clock.now()
  if (await app.store.sources.breakerIsOpen(name)) return
  if ((await app.store.pauses.mayBeAsked([name], now)).length === 0) return
  // Its history is not opened yet, and all of it would be one gap.
  if (!(await app.store.sources.state(name)).headCursor) return
  const today = localDateOf(now)
  const gaps = await app.store.completeness.unattended(name, profile.importFrom, today)
  const windows = gaps.flatMap(({ from, until }) => {
    const weeks = []
    for (let day = from; day <= until; day = addDays(day, windowDays))
      weeks.push({ from: day, until: earliest(addDays(day, windowDays - 1), until) })
    return weeks
  })
  for (const window of windows.slice(-windowsAtOnce)) {
    const pass = await app.store.passes.open({
      source: name,
      kind: 'resync',
      ...window,
      upperBound: now,
      cursorBefore: null,
    })
    if (pass) await app.later.ring('take-window', { pass, kind: 'resync' })
  }
}
