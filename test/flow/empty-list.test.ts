/** An empty list is no proof that there are no documents where documents are known. */
import { afterEach, expect, it } from 'vitest'
import { conditionsOf } from '#src/alerts/conditions.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { quiet } from '#test/alerts/receivers.ts'
import { type OddList, row } from '#test/connectors/paged-register.ts'
import { dueNow, type FarSide, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'

const open: FarSide[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function running(...days: string[]): Promise<FarSide> {
  const rows = days.map((day, at) => row(at + 1, { publish_date: `${day}T00:00:00+07:00` }))
  const f = await farSide(rows, {
    profile: {
      can: { recheck: 'none', reconcile: 'listing' },
      retries: { times: 2, firstPauseMs: 1, maxPauseMs: 5 },
    },
  })
  open.push(f)
  await poll(f)
  expect(await f.app.store.withholding.shownCount(f.profile.name)).toBe(days.length)
  return f
}

async function poll({ app }: FarSide): Promise<void> {
  await app.store.db.raw(`update sync.source set open_until = null`)
  await pullAll(app)
}

async function head(f: FarSide) {
  const { pull } = await import('#test/support/claims.ts')
  const today = localDateOf(f.app.clock.now())
  const pass = await f.app.store.passes.open({
    ...{ source: f.profile.name, kind: 'head', from: addDays(today, -3), until: addDays(today, 1) },
    ...{ upperBound: f.app.clock.now(), cursorBefore: f.app.clock.now() },
  })
  return pull(f.app, pass!)
}

const waiting = async ({ app }: FarSide) =>
  (await app.store.attention.list({ at: app.clock.now() })).map((one) => `${one.kind} ${one.cause}`)
const nothing: OddList = () => ({ data: [], pagination: { total: 0 } })

it('is the failure of its source, shown and alerted as any other, and moves no cursor', async () => {
  const f = await running('2026-03-02', '2026-03-03')
  const { app, register, profile } = f
  const before = await app.store.sources.state(profile.name)
  register.state.list = nothing
  expect(await head(f)).toBe('failed')
  expect(await waiting(f)).toEqual(['sourceFailing listEmpty'])
  for (let n = 0; n < 3; n++) {
    await dueNow(f.app)
    await poll(f)
  }
  const alerts = (await conditionsOf(app, quiet, app.clock.now())).map(({ kind }) => kind)
  expect(alerts).toContain('breakerOpen')
  expect(await app.store.sources.state(profile.name)).toMatchObject({
    headCursor: before.headCursor,
    lastFailure: 'listEmpty',
  })
  expect(await app.store.withholding.shownCount(profile.name)).toBe(2)
  expect(await app.store.fuses.open()).toEqual([])

  register.state.list = null
  f.rows.push(row(3, { publish_date: '2026-03-04T00:00:00+07:00' }))
  await dueNow(f.app)
  await poll(f)
  expect(await waiting(f)).toEqual([])
  expect(await app.store.withholding.shownCount(profile.name)).toBe(3)
})

it('is believed of a few days whose documents are really gone, while others are listed', async () => {
  const f = await running('2026-02-10', '2026-03-02', '2026-03-03')
  f.rows.splice(1)
  expect(await head(f)).toBe('done')
  expect(await waiting(f)).toEqual([])
})

it('is believed of old days that the source has archived, while it lists recent ones', async () => {
  const f = await running('2026-01-05', '2026-03-02')
  f.rows.splice(0, 1)
  const { pull } = await import('#test/support/claims.ts')
  const pass = await f.app.store.passes.open({
    ...{ source: f.profile.name, kind: 'resync', from: '2026-01-04', until: '2026-01-10' },
    ...{ upperBound: f.app.clock.now(), cursorBefore: null },
  })
  expect(await pull(f.app, pass!)).toBe('done')
})

it('is not believed where the same days are listed as soon as more are asked for', async () => {
  const f = await running('2026-02-10', '2026-03-02')
  f.register.state.list = (rows, { from, page }) => ({
    data: from > '2026-02-20' || page > 1 ? [] : rows,
    pagination: { total: from > '2026-02-20' ? 0 : rows.length },
  })
  expect(await head(f)).toBe('failed')
  expect(await waiting(f)).toEqual(['sourceFailing listEmpty'])
})

it('is not believed where another document of those days is listed then', async () => {
  const f = await running('2026-02-10', '2026-03-02')
  f.rows[1] = row(9, { publish_date: '2026-03-03T00:00:00+07:00' })
  f.register.state.list = (rows, { from, page }) => ({
    data: from > '2026-02-20' || page > 1 ? [] : rows,
    pagination: { total: from > '2026-02-20' ? 0 : rows.length },
  })
  expect(await head(f)).toBe('failed')
})

it('is no failure where nothing is known of the days, as on a holiday', async () => {
  const f = await running('2026-02-10')
  expect(await head(f)).toBe('done')
  expect(await waiting(f)).toEqual([])
})

it('is a failure also of a source that knows no pages, and of one that counts nothing', async () => {
  const f = await running('2026-03-02')
  f.register.state.list = () => ({ data: [], pagination: { total: '0' } })
  expect(await head(f)).toBe('failed')
  expect(await waiting(f)).toEqual(['sourceFailing listEmpty'])
})

it('keeps what is not asked from a resync while the other source lists nothing of what is known', async () => {
  const f = await running('2026-03-02')
  f.register.state.list = nothing
  const { planResync } = await import('#src/flow/planning.ts')
  const scope = { source: f.profile.name, from: '2026-03-01', until: '2026-03-04' }
  await expect(planResync(f.app, { ...scope, refs: null, thorough: false })).rejects.toMatchObject({
    word: 'listEmpty',
  })
})
