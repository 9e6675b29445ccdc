/** A source that says two things of one document is told of once, and makes nothing grow. */
import { afterEach, expect, it } from 'vitest'
import type { ManualClock } from '#src/domain/clock.ts'
import { profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { dueNow, type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'

const open: FarSide[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function running(rows: Row[]): Promise<FarSide> {
  const { poll: polling } = profileAt('http://register')
  const f = await farSide(rows, { profile: { poll: { ...polling, pageSize: 100 } } })
  open.push(f)
  return f
}

async function poll(f: FarSide, minutes = 1): Promise<void> {
  const clock = f.app.clock as ManualClock
  clock.set(new Date(clock.now().getTime() + minutes * 60_000))
  await dueNow(f.app)
  await pullAll(f.app)
}

/** Rows of the intake, and requests for a whole document, so far. */
async function grown({ app, register }: FarSide) {
  const { rows } = await app.store.db.raw(`select count(*)::int as n from sync.intake`)
  const details = register.state.asked.filter(({ url }) => /van-ban-di\/\d+$/.test(url)).length
  return { intake: rows[0].n as number, details }
}

const told = async ({ app }: FarSide) =>
  (await app.store.attention.list({ at: app.clock.now(), kinds: ['contradiction'] })).map(
    ({ cause, code }) => `${cause} ${code}`,
  )
const unbalanced = async ({ app }: FarSide) =>
  (await app.store.db.raw(`select from sync.pass where not balanced`)).rows.length

const version = (n: number) => row(1, { recipients: `Sở số ${n}` })
const several = (count: number) => Array.from({ length: count }, (_, n) => version(n))
/** As a join without an order gives them. */
const turned = (rows: readonly Row[], by: number) => [
  ...rows.slice(by % rows.length),
  ...rows.slice(0, by % rows.length),
]

it.each([
  ['one row for each receiver', several(2), 0],
  ['fifty rows', several(50), 0],
  ['two rows in any order', several(2), 1],
  ['seven rows in any order', several(7), 3],
])('lists %s of one document, pass after pass', async (_, rows, turn) => {
  const f = await running([...rows, row(2)])
  const { register } = f
  for (let pass = 0; pass < 2 * rows.length; pass++) {
    f.rows.splice(0, rows.length, ...turned(rows, pass * turn))
    await poll(f)
    if (pass === 1) expect(await told(f)).toEqual(['atOnce 781/UBND-NNMT'])
  }
  const before = await grown(f)
  expect(before.intake).toBeLessThanOrEqual(turn === 0 ? 2 : 1 + rows.length)
  register.state.asked.length = 0
  for (let pass = 0; pass < 12; pass++) {
    f.rows.splice(0, rows.length, ...turned(rows, pass * turn))
    await poll(f)
  }
  expect(await grown(f)).toEqual({ intake: before.intake, details: 0 })
  expect(await told(f)).toEqual(['atOnce 781/UBND-NNMT'])
  expect(await unbalanced(f)).toBe(0)
  expect(f.t.logged.filter((line) => /ourMistake/.test(line))).toEqual([])

  // Mended: the one row that is left is what the store has, and nobody is told any more.
  const mended = row(1, { recipients: 'Sở Tài chính' })
  f.rows.splice(0, rows.length, mended)
  await poll(f)
  await poll(f)
  expect(await told(f)).toEqual([])
  const { rows: stored } = await f.app.store.db.raw(
    `select receivers from sync.directive where source_ref = '1'`,
  )
  expect(stored).toEqual([{ receivers: ['Sở Tài chính'] }])
})

it.each([
  ['two', 2],
  ['three', 3],
  ['five', 5],
])('shows %s versions in turns', async (_, count) => {
  const f = await running([version(0)])
  for (let pass = 0; pass < 4 * count; pass++) {
    f.rows[0] = version(pass % count)
    await poll(f)
  }
  expect(await told(f)).toEqual(['inTurns 781/UBND-NNMT'])
  const before = await grown(f)
  expect(before.intake).toBeLessThanOrEqual(count + 2)
  // Two days of it.
  for (let pass = 0; pass < 48; pass++) {
    f.rows[0] = version(pass % count)
    await poll(f, 60)
  }
  const after = await grown(f)
  expect(after.intake).toBeLessThanOrEqual(before.intake + 2)
  expect(await told(f)).toEqual(['inTurns 781/UBND-NNMT'])
  expect(await unbalanced(f)).toBe(0)

  // It stays with one: after a day that one is read, and nobody is told any more.
  f.rows[0] = version(0)
  for (let pass = 0; pass < 14; pass++) await poll(f, 120)
  expect(await told(f)).toEqual([])
  const { rows } = await f.app.store.db.raw(`select receivers from sync.directive`)
  expect(rows).toEqual([{ receivers: ['Sở số 0'] }])
})

it('reads what was changed and changed back, and tells nobody', async () => {
  const f = await running([version(0)])
  for (const n of [0, 1, 0, 0, 2, 2]) {
    f.rows[0] = version(n)
    await poll(f)
    const { rows } = await f.app.store.db.raw(`select receivers from sync.directive`)
    expect(rows).toEqual([{ receivers: [`Sở số ${n}`] }])
  }
  expect(await told(f)).toEqual([])
})

it('withholds what one of its rows calls secret', async () => {
  const f = await running([version(0), row(1, { secret_id: 2, recipients: 'Sở số 1' })])
  await poll(f)
  await poll(f)
  expect((await f.app.store.db.raw(`select from tracking.directives`)).rows).toHaveLength(0)
  expect(await told(f)).toEqual([])
})
