/** The day up to which a source is complete, and how it moves on by itself. */
import { describe, expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { manualClock } from '#src/domain/clock.ts'
import { reconcile } from '#src/flow/reconcile.ts'
import { sourceStates } from '#src/ops/pages/source-states.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, testApp } from '#test/support/app.ts'

const today = '2026-03-04'
const dayMs = 86_400_000

async function running(rows: Row[], can?: RestProfile['can']) {
  const register = await openRegister(rows)
  const clock = manualClock(new Date(`${today}T02:00:00Z`))
  const profile = { ...profileAt(register.address), importFrom: '2026-02-01', ...(can && { can }) }
  const t = await testApp([profile], { clock })
  const { app } = t
  return {
    app,
    rows,
    register,
    name: profile.name,
    async poll(days = 0) {
      clock.set(new Date(clock.now().getTime() + days * dayMs))
      await app.store.db.raw(`update sync.source set open_until = null`)
      await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await pullAll(app)
    },
    shown: () => app.store.withholding.shownCount(profile.name),
    provable: async () => (await sourceStates(app, clock.now()))[0]?.provable,
    completeTo: async () => {
      const day = new Date(clock.now().getTime() + 7 * 3_600_000).toISOString().slice(0, 10)
      return (await app.store.completeness.of(profile.name, profile.importFrom, day)).completeTo
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

it('is complete up to yesterday once everything was read', async () => {
  await using s = await running([row(1)])
  expect(await s.completeTo()).toBeNull()
  await s.poll()
  expect(await s.completeTo()).toBe('2026-03-03')
  // Today is over tomorrow, and then a reading must have met it.
  await s.poll(1)
  expect(await s.completeTo()).toBe('2026-03-04')
})

it('opens no second reading of a day that still waits for its first', async () => {
  await using s = await running([row(1)])
  await s.poll()
  const waiting = async () =>
    (await s.app.store.db.raw(`select count(*) as n from sync.pass where kind = 'resync'`)).rows[0]
      .n
  await s.app.store.db.raw(`delete from sync.pass where window_from < '2026-02-20'`)
  await reconcile(s.app, s.name)
  const first = await waiting()
  expect(Number(first)).toBeGreaterThan(0)
  for (let hour = 0; hour < 5; hour++) await reconcile(s.app, s.name)
  expect(await waiting()).toBe(first)
})

it('opens no reading of a source that is not asked at present', async () => {
  await using s = await running([row(1)])
  for (let n = 0; n < 4; n++) await s.app.store.sources.failed(s.name, 'timeout')
  await reconcile(s.app, s.name)
  const { rows } = await s.app.store.db.raw(`select id from sync.pass where kind = 'resync'`)
  expect(rows).toEqual([])
})

it('is complete after a week of silence as soon as the source answers again', async () => {
  await using s = await running([row(1)])
  await s.poll()
  s.register.state.fault = 'unavailable'
  await s.poll(7)
  expect(await s.completeTo()).toBe('2026-03-03')
  s.register.state.fault = null
  s.rows.push(row(2, { publish_date: '2026-03-08T00:00:00+07:00' }))
  await s.poll()
  expect(await s.completeTo()).toBe('2026-03-10')
  expect((await s.app.store.overview.totals()).staged).toBe(2)
})

it('reads again a window whose reading was lost', async () => {
  await using s = await running([row(1, { publish_date: '2026-02-05T00:00:00+07:00' })])
  await s.poll()
  await s.app.store.db.raw(
    `update sync.intake set pass_id = (select id from sync.pass where kind = 'head' limit 1)`,
  )
  await s.app.store.db.raw(
    `delete from sync.pass where state = 'done' and kind <> 'head' and daterange(window_from, window_until, '[]') @> '2026-02-10'::date`,
  )
  expect(await s.completeTo()).toBe('2026-02-07')
  s.rows.push(row(2, { publish_date: '2026-02-10T00:00:00+07:00' }))
  await reconcile(s.app, s.name)
  await s.poll()
  expect(await s.completeTo()).toBe('2026-03-03')
  expect((await s.app.store.overview.totals()).staged).toBe(2)
})

it('asks for nothing that the first reading of the history is about to read', async () => {
  await using s = await running([row(1)])
  const opened = async () => {
    const { rows } = await s.app.store.db.raw(`select kind from sync.pass where kind = 'resync'`)
    return rows.length
  }
  await reconcile(s.app, s.name)
  expect(await opened()).toBe(0)
  await s.poll()
  await s.app.store.db.raw(
    `update sync.pass set state = 'due', seen = null where kind = 'backfill'`,
  )
  await s.app.store.db.raw(`delete from sync.pass where kind in ('deep', 'head') and state = 'done'
    and not exists (select from sync.intake i where i.pass_id = pass.id)`)
  expect(await s.completeTo()).not.toBe('2026-03-03')
  await reconcile(s.app, s.name)
  expect(await opened()).toBe(0)
})

it('is not complete beyond what was admitted and is not staged', async () => {
  await using s = await running([row(1)])
  await s.poll()
  await s.app.store.db.raw(`update sync.intake set state = 'failed', settled_at = null`)
  expect(await s.completeTo()).toBe('2026-03-01')
})

describe('a source that can only be counted', () => {
  const can = { recheck: 'none', reconcile: 'count' } as const

  it('is complete once as many were met as it counts, and not while a row stands in the place of another', async () => {
    await using s = await running([row(1), row(2), row(2)], can)
    await s.poll()
    expect(await s.shown()).toBe(2)
    expect(await s.completeTo()).toBeNull()
    expect(await s.app.store.attention.list({ at: s.app.clock.now() })).toMatchObject([
      { kind: 'sourceFailing', cause: 'malformed' },
    ])
    s.rows[2] = row(3)
    await s.poll()
    expect(await s.shown()).toBe(3)
    expect(await s.completeTo()).toBe('2026-03-03')
    expect(await s.provable()).toBe(true)
  })

  it('has nothing taken for vanished that its list no longer has', async () => {
    await using s = await running([row(1), row(2), row(3)], can)
    await s.poll()
    s.rows.splice(1)
    await s.poll(1)
    expect(await s.shown()).toBe(3)
    expect(await s.completeTo()).toBe(today)
  })
})

describe('a source of which nothing can be proven', () => {
  const can = { recheck: 'none', reconcile: 'none' } as const

  it('has its gaps read again, nothing taken for vanished, and is never said to be complete', async () => {
    await using s = await running([row(1), row(2), row(2)], can)
    await s.poll()
    expect(await s.shown()).toBe(2)
    s.rows.splice(1)
    await s.poll(1)
    await s.app.store.db.raw(`delete from sync.pass where state = 'done' and kind <> 'head'
      and not exists (select from sync.intake i where i.pass_id = pass.id)`)
    s.rows.push(row(3, { publish_date: '2026-02-10T00:00:00+07:00' }))
    await reconcile(s.app, s.name)
    await s.poll()
    expect(await s.shown()).toBe(3)
    expect(await s.app.store.fuses.open()).toEqual([])
    expect(await s.provable()).toBe(false)
  })
})
