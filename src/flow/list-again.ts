import type { Failure } from '#connectors/connector.ts'
import { type App, sourceOf } from '../app.ts'
import { addDays, localDateOf } from '../domain/local-date.ts'
import { isDueAgain, stretchesOf } from '../domain/rotation.ts'
import type { Reading } from './reading.ts'

/** As the history was read. */
const weekDays = 7
/** Of a source that counts, whose count comes first. */
const monthDays = 28
/** A source that was away for long is not asked for all of its history at once. */
const windowsAtOnce = 10

/**
 * LIST AGAIN: what is older than the daily reading reaches is listed once a month, some of it each day. Only a day that is
 * listed again can be called complete: a document may be released late, or made secret late (docs/decisions/0030).
 */
export async function listAgain(app: App, name: string): Promise<void> {
  const { profile, connector } = sourceOf(app, name)
  // Of a queue only what was not taken yet is listed, whatever its day.
  if (connector.can.acknowledges) return
  const state = await app.store.sources.askable(name, app.clock.now())
  if (!state?.headCursor) return
  const now = app.clock.now()
  const today = localDateOf(now)
  const days = connector.can.reconcile === 'count' ? monthDays : weekDays
  const daily = addDays(today, -profile.poll.deepOverlapDays)
  const stretches = stretchesOf(profile.importFrom, daily, days)
  const listed = await app.store.completeness.listedOn(name, stretches)
  const due = stretches
    .map((stretch, n) => ({ ...stretch, n, listedOn: listed[n] ?? null }))
    .filter(({ n, listedOn }) => isDueAgain(n, listedOn, today))
    .toSorted((a, b) => ((a.listedOn ?? '') < (b.listedOn ?? '') ? -1 : 1))
  for (const { from, until } of due.slice(0, windowsAtOnce)) {
    const opened = { source: name, kind: 'rolling' as const, from, until }
    const pass = await app.store.passes.open({ ...opened, upperBound: now, cursorBefore: null })
    if (pass) app.later.ring('take-window')
  }
}

/**
 * A source that counts is asked for its count first: where that is what its whole list came to, the days are not listed.
 * Null: they are to be listed.
 */
export async function countFirst(
  app: App,
  { pass, source, tally }: Reading,
): Promise<Failure | 'asBefore' | null> {
  const { connector } = source
  if (pass.kind !== 'rolling' || connector.can.reconcile !== 'count') return null
  const before = await app.store.passes.countedBefore(pass)
  if (before === null) return null
  const answer = await connector.list({ from: pass.from, until: pass.until }, null)
  if (!answer.ok) return answer.failure
  if (answer.value.total !== before) return null
  tally.extent = { counted: before, listed: before }
  return 'asBefore'
}
