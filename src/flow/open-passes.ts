import { type App, sourceOf } from '../app.ts'
import { addDays, type LocalDate, localDateOf } from '../domain/local-date.ts'
import { eachAlone } from './each-alone.ts'

const dayMs = 86_400_000
const backfillWindowDays = 7
/** A source whose clock runs ahead dates documents tomorrow; the window reaches that far. */
const skewDays = 1

/**
 * Opens the readings a source needs now: its head, once a day a longer overlap, and its history once. Each stands alone:
 * one that cannot be opened keeps back no other.
 */
export async function openPasses(app: App, name: string): Promise<void> {
  const { profile, connector } = sourceOf(app, name)
  const now = app.clock.now()
  const state = await app.store.sources.askable(name, now)
  if (!state) return
  const { headCursor, deepReadAt } = state
  const today = localDateOf(now)
  // A clock that was ahead once may have left a cursor there.
  const since = headCursor && headCursor < now ? localDateOf(headCursor) : today
  await eachAlone([
    async () => {
      // Before the head: its cursor says that the history was opened.
      if (!headCursor) await openBackfill(app, name, profile.importFrom, today, now)
      await open('head', since, profile.poll.overlapDays)
    },
    async () => {
      const isRead = deepReadAt && deepReadAt <= now && now.getTime() - deepReadAt.getTime() < dayMs
      if (!isRead) await open('deep', await deepFrom(), profile.poll.deepOverlapDays)
    },
    async () => {
      if (connector.can.recheck !== 'byRef') return
      const due = await app.store.rechecks.due(name, now, 1)
      if (due.length > 0) await open('recheck', today, 0)
    },
  ])

  /** Where a source can only be asked by window, the daily reading reaches back to whatever is still open. */
  async function deepFrom(): Promise<LocalDate> {
    const earliest =
      connector.can.recheck === 'byWindow' ? await app.store.rechecks.earliestOpen(name) : null
    return earliest !== null && earliest < today ? earliest : today
  }

  async function open(
    kind: 'head' | 'deep' | 'recheck',
    from: LocalDate,
    overlapDays: number,
  ): Promise<void> {
    const window = {
      from: latest(addDays(from, -overlapDays), profile.importFrom),
      until: addDays(today, skewDays),
    }
    // Nothing of it is to be imported yet.
    if (window.from > window.until) return
    const pass = await app.store.passes.open({
      source: name,
      kind,
      ...window,
      upperBound: now,
      cursorBefore: headCursor,
    })
    if (pass) app.later.ring(readingOf[kind])
  }
}

const readingOf = { head: 'take-head', deep: 'take-window', recheck: 'take-recheck' } as const

/** The history from `importFrom` on, as windows of a week, newest first. Doing it again opens nothing. */
async function openBackfill(
  app: App,
  source: string,
  importFrom: LocalDate,
  today: LocalDate,
  now: Date,
): Promise<void> {
  for (let from = importFrom; from <= today; from = addDays(from, backfillWindowDays)) {
    const until = addDays(from, backfillWindowDays - 1)
    await app.store.passes.open({
      source,
      kind: 'backfill',
      from,
      until,
      upperBound: now,
      cursorBefore: null,
    })
  }
}

function latest(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b
}
