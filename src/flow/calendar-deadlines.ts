import type { App } from '../app.ts'
import type { WorkingCalendar } from '../domain/calendar.ts'
import type { Recomputed } from '../store/deadlines.ts'
import type { Store } from '../store/store.ts'

const rowsAtOnce = 500

/**
 * Follows the list in force, and computes anew what still runs by another: what an import left when it was
 * interrupted, and what was being staged while the list changed.
 */
export async function keepDeadlines(app: App): Promise<void> {
  await followCalendar(app)
  if (!(await app.store.deadlines.areStale(app.calendar.version))) return
  const by = { actor: 'bridge', reason: null, at: app.clock.now() }
  const { open } = await recomputeDeadlines(app.store, app.calendar, by)
  app.log.deadlinesRecomputed({ count: open })
}

/** A reading begins with the list that is in force then. */
export async function followCalendar(app: Pick<App, 'calendar' | 'log'>): Promise<void> {
  if (await app.calendar.follow()) app.log.calendarReplaced({})
}

/** In batches, each of which stands by itself. Stops where yet another list came into force: that one's turn is next. */
export async function recomputeDeadlines(
  store: Pick<Store, 'deadlines'>,
  calendar: WorkingCalendar,
  by: { readonly actor: string; readonly reason: string | null; readonly at: Date },
  onBatch: (done: number) => void = () => {},
): Promise<Recomputed> {
  const all = { open: 0, moves: [] as Recomputed['moves'][number][], confirmed: 0 }
  for (;;) {
    const some = await store.deadlines.recompute(calendar, rowsAtOnce, by)
    if (!some || some.open === 0) return all
    all.open += some.open
    all.confirmed += some.confirmed
    all.moves.push(...some.moves)
    onBatch(all.open)
  }
}
