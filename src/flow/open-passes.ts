import { type App, sourceOf } from '../app.ts'
import { addDays, type LocalDate, localDateOf } from '../domain/local-date.ts'

const dayMs = 86_400_000
const backfillWindowDays = 7
/** A source whose clock runs ahead dates documents tomorrow; the window reaches that far. */
const skewDays = 1

/** Opens the readings a source needs now: its head, once a day a longer overlap, and its history once. */
export async function openPasses(app: App, name: string): Promise<void> {
  const { profile } = sourceOf(app, name)
  if (await app.store.sources.breakerIsOpen(name)) return
  const now = app.clock.now()
  const today = localDateOf(now)
  const state = await app.store.sources.state(name)

  const since = state.headCursor ? localDateOf(state.headCursor) : today
  await open('head', since, profile.poll.overlapDays)
  if (!state.headCursor) await openBackfill(app, name, profile.importFrom, today, now)
  if (!state.deepReadAt || now.getTime() - state.deepReadAt.getTime() >= dayMs)
    await open('deep', today, profile.poll.deepOverlapDays)

  async function open(kind: 'head' | 'deep', from: LocalDate, overlapDays: number): Promise<void> {
    const pass = await app.store.passes.open({
      source: name,
      kind,
      from: latest(addDays(from, -overlapDays), profile.importFrom),
      until: addDays(today, skewDays),
      upperBound: now,
      cursorBefore: state.headCursor,
    })
    if (pass) await app.later.ring('take-window', { pass, kind })
  }
}

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
