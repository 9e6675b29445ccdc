/** Which readings are opened when a clock was wrong, or one of them cannot be. */
import { expect, it } from 'vitest'
import { manualClock } from '#src/domain/clock.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'

const source = 'qlvb-tinh'
const dayMs = 86_400_000
const days = (n: number) => new Date(start.getTime() + n * dayMs)

async function read(importFrom = '2026-03-01') {
  const rows = [row(1)]
  const register = await openRegister(rows)
  const clock = manualClock(start)
  const profile = profileAt(register.address)
  const t = await testApp([{ ...profile, importFrom }], { clock })
  const { db } = t.app.store
  return {
    t,
    db,
    rows,
    clock,
    async due(): Promise<Record<string, { from: string; until: string }>> {
      const { rows: found } = await db.raw(
        `select kind, window_from as "from", window_until as until from sync.pass where state = 'due' and kind <> 'backfill'`,
      )
      return Object.fromEntries(
        found.map(({ kind, ...window }: { kind: string; from: string; until: string }) => [
          kind,
          window,
        ]),
      )
    },
    staged: async () => (await t.app.store.overview.totals()).staged,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

it.each([
  ['ten days ahead', days(10)],
  ['seven hours ahead', days(7 / 24)],
  ['thirty years ahead', days(30 * 365)],
])('reads on from now with a cursor that lies %s', async (_what, cursor) => {
  await using s = await read()
  await pullAll(s.t.app)
  await s.db.raw(`update sync.source set head_cursor = ?, deep_read_at = ?`, [cursor, cursor])
  s.rows.push(row(2))
  await pullAll(s.t.app)
  expect(await s.staged()).toBe(2)
  const { headCursor, deepReadAt } = await s.t.app.store.sources.state(source)
  expect([headCursor, deepReadAt]).toEqual([start, start])
})

it('reads on from now after its own clock was ahead', async () => {
  await using s = await read()
  s.clock.set(days(10))
  await pullAll(s.t.app)
  s.clock.set(start)
  await openPasses(s.t.app, source)
  expect(await s.due()).toMatchObject({
    head: { from: '2026-03-01', until: '2026-03-05' },
    deep: { until: '2026-03-05' },
  })
})

it('keeps a cursor that lies behind', async () => {
  await using s = await read('2026-01-01')
  await pullAll(s.t.app)
  await s.db.raw(`update sync.source set head_cursor = ?`, [days(-20)])
  await openPasses(s.t.app, source)
  expect((await s.due()).head!.from < '2026-02-13').toBe(true)
})

it.each(['head', 'deep', 'recheck'])('opens the others when %s cannot be opened', async (kind) => {
  await using s = await read()
  await pullAll(s.t.app)
  await s.db.raw(`update sync.directive set checked_at = ?, seen_at = ?`, [days(-3), days(-3)])
  await s.db.raw(`update sync.source set deep_read_at = ?`, [days(-2)])
  await s.db.raw(`alter table sync.pass add constraint broken check (kind <> '${kind}') not valid`)
  await expect(openPasses(s.t.app, source)).rejects.toThrow('broken')
  const others = ['head', 'deep', 'recheck'].filter((one) => one !== kind)
  expect(Object.keys(await s.due()).sort()).toEqual(others.sort())
})

it('opens nothing before the day from which documents are imported', async () => {
  await using s = await read('2026-06-01')
  await openPasses(s.t.app, source)
  expect(await s.due()).toEqual({})
})
