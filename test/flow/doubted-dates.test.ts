/** A day of issue that cannot be believed is shown, and a person decides; until then the strictest clock runs. */
import { afterEach, expect, it } from 'vitest'
import { conditionsOf } from '#src/alerts/conditions.ts'
import type { ManualClock } from '#src/domain/clock.ts'
import { quiet } from '#test/alerts/receivers.ts'
import { type Row, row } from '#test/connectors/paged-register.ts'
import { dueNow, type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'
import { admitWaiting } from '#test/support/writings.ts'

const open: FarSide[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

/** Lists whatever it has, as a source does that lists by the day of entry. It is 4 March 2026. */
async function running(...rows: Row[]): Promise<FarSide> {
  const f = await farSide(rows)
  open.push(f)
  f.register.state.list = (_, { page }) => ({
    data: page === 1 ? f.rows : [],
    pagination: { total: f.rows.length },
  })
  await poll(f)
  return f
}

async function poll(f: FarSide): Promise<void> {
  const clock = f.app.clock as ManualClock
  clock.set(new Date(clock.now().getTime() + 60_000))
  await dueNow(f.app)
  await pullAll(f.app)
}

const dated = (day: string, more: Record<string, unknown> = {}) =>
  row(1, { publish_date: `${day}T09:00:00+07:00`, ...more })

async function stored({ app }: FarSide) {
  const { rows } = await app.store.db.raw(
    `select id, issued_on as day, deadline_date as deadline, before_go_live as "beforeGoLive" from sync.directive`,
  )
  return rows[0]
}
const doubts = async ({ app }: FarSide) =>
  (await app.store.attention.list({ at: app.clock.now(), kinds: ['doubtedDate'] })).map(
    ({ cause, detail }) => ({ cause, ...detail }),
  )
const alerts = async ({ app }: FarSide) =>
  (await conditionsOf(app, quiet, app.clock.now())).map(({ kind }) => kind)
const events = async ({ app }: FarSide, id: string) =>
  (
    await app.store.db.raw(
      `select event, actor from sync.history where directive_id = ? order by at`,
      [id],
    )
  ).rows.map(({ event, actor }: { event: string; actor: string }) => `${event} ${actor}`)

it.each([
  ['of the Buddhist year', '2569-03-03', 'issuedAhead'],
  ['with two digits exchanged', '2062-03-03', 'issuedAhead'],
  ['with day and month exchanged', '2026-12-03', 'issuedAhead'],
  ['of the last year there is', '9999-12-31', 'issuedAhead'],
  ['of the beginning of a clock', '1970-01-01', 'issuedLongBefore'],
  ['with a digit lost', '0206-03-03', 'issuedLongBefore'],
  ['of the year 1', '0001-03-03', 'issuedLongBefore'],
])('stages a new directive %s with the clock of the day it was seen', async (_, day, cause) => {
  const f = await running(dated(day))
  const { id, ...directive } = await stored(f)
  expect(directive).toEqual({ day, deadline: '2026-03-04', beforeGoLive: false })
  const waiting = [{ cause, issuedOn: day, deadlineDate: '2026-03-04', otherDeadline: null }]
  expect(await doubts(f)).toEqual(waiting)
  expect(await alerts(f)).toContain('doubtedDate')
  await poll(f)
  f.rows[0] = dated(day, { signer: 'Người khác' })
  await poll(f)
  expect(await doubts(f)).toEqual(waiting)
  expect(await stored(f)).toMatchObject(directive)

  f.rows[0] = dated('2026-03-03')
  await poll(f)
  expect(await stored(f)).toEqual({
    ...{ id, day: '2026-03-03', deadline: '2026-03-05', beforeGoLive: false },
  })
  expect(await doubts(f)).toEqual([])
  expect(f.t.logged.filter((line) => /ourMistake/.test(line))).toEqual([])
})

it.each([
  ['2062-03-03', 'issuedAhead', null],
  ['2569-03-03', 'issuedAhead', null],
  ['0206-03-03', 'issuedLongBefore', null],
  ['1970-01-01', 'issuedLongBefore', null],
])('lets the running deadline go on when its day becomes %s', async (day, cause, other) => {
  const f = await running(dated('2026-03-03'))
  f.rows[0] = dated(day)
  await poll(f)
  expect(await stored(f)).toMatchObject({ day, deadline: '2026-03-05', beforeGoLive: false })
  expect(await doubts(f)).toEqual([
    { cause, issuedOn: day, deadlineDate: '2026-03-05', otherDeadline: other },
  ])
})

it.each([
  ['back', '2026-03-03', '2026-01-12', '2026-01-14', '2026-03-05'],
  ['on', '2026-01-12', '2026-03-03', '2026-01-14', '2026-03-05'],
  ['back, before it went live', '2026-03-03', '2026-01-05', '2026-01-07', '2026-03-05'],
])(
  'runs the earlier of two deadlines when it would move far %s',
  async (_, first, then, runs, other) => {
    const f = await running(dated(first))
    const { beforeGoLive } = await stored(f)
    f.rows[0] = dated(then)
    await poll(f)
    // What was issued before it went live has no deadline that could move.
    if (beforeGoLive) return expect(await doubts(f)).toEqual([])
    expect(await stored(f)).toMatchObject({ day: then, deadline: runs, beforeGoLive: false })
    expect(await doubts(f)).toEqual([
      { cause: 'deadlineMoves', issuedOn: then, deadlineDate: runs, otherDeadline: other },
    ])
    // And back again.
    f.rows[0] = dated(first)
    await poll(f)
    expect(await doubts(f)).toEqual([])
    expect(await stored(f)).toMatchObject({ day: first, deadline: other })
  },
)

it.each(['accepted', 'kept'] as const)('asks once, whatever a person %s', async (as) => {
  const f = await running(dated('2026-03-03'))
  const { store, calendar, clock } = f.app
  f.rows[0] = dated('2026-12-03')
  await poll(f)
  const { id } = await stored(f)
  const by = { actor: 'trực ban', reason: 'đã xem bản giấy' }
  expect(await store.doubtedClocks.settle(id, as, calendar, by, clock.now())).toBe(true)
  expect(await store.doubtedClocks.settle(id, as, calendar, by, clock.now())).toBe(false)
  const deadline = as === 'accepted' ? '2026-12-07' : '2026-03-05'
  expect(await stored(f)).toMatchObject({ deadline })
  f.rows[0] = dated('2026-12-03', { signer: 'Người khác' })
  await poll(f)
  expect(await stored(f)).toMatchObject({ day: '2026-12-03', deadline })
  expect(await doubts(f)).toEqual([])
  expect(await events(f, id)).toContain(
    `${as === 'accepted' ? 'dateAccepted' : 'clockKept'} trực ban`,
  )
  // Another day is another question.
  f.rows[0] = dated('2569-03-03')
  await poll(f)
  expect(await doubts(f)).toMatchObject([{ cause: 'issuedAhead', deadlineDate: deadline }])
})

it('stages no more of them than a person can decide about', async () => {
  const day = (n: number) => row(n, { publish_date: '1970-01-01T09:00:00+07:00' })
  const f = await running(...Array.from({ length: 60 }, (_, n) => day(n + 1)))
  await poll(f)
  const shown = (await doubts(f)).length
  expect(shown).toBeGreaterThanOrEqual(20)
  expect(shown).toBeLessThan(40)
  const { rows } = await f.app.store.db.raw(
    `select undecided from sync.pass where kind = 'head' and ended_at is not null order by ended_at desc limit 1`,
  )
  expect(rows).toEqual([{ undecided: 60 - shown }])
  const undecided = await f.app.store.attention.list({
    at: f.app.clock.now(),
    kinds: ['undecided'],
  })
  expect(undecided.map(({ cause }) => cause)).toEqual(['datesDoubted'])
  f.register.state.asked.length = 0
  await poll(f)
  expect(f.register.state.asked.filter(({ url }) => /van-ban-di\/\d+$/.test(url))).toEqual([])
})

it('keeps the clock through another list of days off, and through "at once"', async () => {
  const f = await running(dated('2569-03-03'))
  const { store, calendar } = f.app
  await store.db.raw(
    `insert into sync.calendar (version, content, loaded_at) values ('khac', '{}', now())`,
  )
  await store.db.raw(`update sync.directive set calendar_version = 'khac'`)
  await store.db.raw(`update sync.calendar set place = default where version = ?`, [
    calendar.version,
  ])
  const by = { actor: 'bridge', reason: null, at: f.app.clock.now() }
  expect(await store.deadlines.recompute(calendar, 10, by)).toMatchObject({ open: 1 })
  expect(await stored(f)).toMatchObject({ deadline: '2026-03-04' })
  const { id } = await stored(f)
  await store.db.raw(`select tracking.act_at_once(?, 'chuyên viên')`, [id])
  await admitWaiting(store)
  expect(await stored(f)).toMatchObject({ deadline: '2026-03-04' })
})
