/** What is older than the daily reading reaches is listed again once a month, and only such days are called complete. */
import { afterEach, describe, expect, it } from 'vitest'
import { alertSettings, alertsSection } from '#config/alerts.ts'
import type { Profile } from '#connectors/index.ts'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { conditionsOf } from '#src/alerts/conditions.ts'
import { manualClock } from '#src/domain/clock.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { listAgain } from '#src/flow/list-again.ts'
import { decidingOf } from '#src/store/attention.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, testApp } from '#test/support/app.ts'
import { retryAll, settleAll } from '#test/support/claims.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

const dayMs = 86_400_000
const today = '2026-06-10'
const on = (day: string) => ({ publish_date: `${day}T00:00:00+07:00` })

async function running(rows: Row[], more: Partial<RestProfile> = {}, others: Profile[] = []) {
  const register = await openRegister(rows)
  const clock = manualClock(new Date(`${today}T02:00:00Z`))
  const profile: RestProfile = { ...profileAt(register.address), ...more }
  const t = await testApp([profile, ...others], { clock })
  const { app } = t
  const { name } = profile
  const s = {
    ...{ app, rows, register, clock, name, profile },
    /** So many days go by, with a poll and a turn of older days on each. */
    async days(n: number) {
      for (let day = 0; day < n; day++) {
        clock.set(new Date(clock.now().getTime() + dayMs))
        await app.store.db.raw(`update sync.source set open_until = null`)
        await app.store.db.raw(
          `update sync.pass set due_at = clock_timestamp() where state = 'due'`,
        )
        await pullAll(app)
        await listAgain(app, name)
        await pullAll(app)
      }
    },
    today: () => localDateOf(clock.now()),
    completeness: () =>
      app.store.completeness.of(name, profile.importFrom, localDateOf(clock.now())),
    async late() {
      const { rows: found } = await app.store.db.raw(
        `select code, late from sync.directive where late is not null order by code`,
      )
      return found.map(({ code, late }: { code: string; late: string }) => `${code} ${late}`)
    },
    counts: () => app.store.attention.counts({ at: clock.now() }),
    alerts: async () => {
      const settings = alertSettings(alertsSection.parse({}), () => null, [], 60_000)
      const told = await conditionsOf(app, settings, clock.now())
      return told.map(({ kind }) => kind)
    },
    lists: () => register.state.asked.filter(({ url }) => url.includes('van-ban-di?')),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
  open.push(s)
  await pullAll(app)
  return s
}

describe('what was released late', () => {
  const days: [string, string][] = [
    ['101 days back', addDays(today, -101)],
    ['on the first day that is imported', '2026-01-01'],
    ['just behind the daily reading', addDays(today, -46)],
    ['on a day of its own in a week that had others', addDays(today, -80)],
  ]
  it.each(days)('is read within a month, %s', async (_what, day) => {
    const s = await running([row(1, on(addDays(today, -83)))])
    expect((await s.completeness()).completeTo).toBe(addDays(today, -1))
    s.rows.push(row(2, on(day)))
    await s.days(29)
    expect(await s.late()).toEqual(['782/UBND-NNMT released'])
    expect((await s.completeness()).completeTo).toBe(addDays(s.today(), -1))
  })

  it('is a class of its own, decides no exit code, and is told once', async () => {
    const s = await running([row(1, on('2026-06-09'))], { liveFrom: '2026-01-01' })
    await s.app.store.db.raw(`update sync.directive set classified_at = now()`)
    s.rows.push(row(2, on('2026-03-01')))
    await s.days(29)
    const counts = await s.counts()
    expect([counts.releasedLate, counts.overdue, decidingOf(counts)]).toEqual([1, 0, 0])
    expect(await s.alerts()).toContain('releasedLate')
    expect(await s.alerts()).not.toContain('deadlinePassed')
    const figures = await s.app.store.pages.figures.deadlines(new Date(0), s.clock.now())
    expect(figures).toMatchObject({ overdue: 0, releasedLate: 1 })
    await s.app.store.db.raw(`update sync.directive set classified_at = now()`)
    expect((await s.counts()).releasedLate).toBe(0)
  })

  it('is so by a reading that a person asked for, and by the daily one', async () => {
    const s = await running([row(1)])
    s.rows.push(row(2, on(addDays(today, -100))), row(3, on(addDays(today, -20))))
    await s.days(1)
    expect(await s.late()).toEqual(['783/UBND-NNMT released'])
    const scope = { source: s.name, from: '2026-01-01', until: today, refs: null, thorough: false }
    await s.app.store.resyncs.request(scope, { actor: 'a', reason: 'b' }, s.clock.now())
    for (let n = 0; n < 20; n++) {
      await s.app.store.resyncs.advance(s.clock.now())
      await pullAll(s.app)
    }
    expect(await s.late()).toEqual(['782/UBND-NNMT released', '783/UBND-NNMT released'])
  })

  it('stays so when its staging failed at first', async () => {
    const s = await running([row(1)])
    s.rows.push(row(2, on('2026-02-01')))
    await s.app.store.db.raw(
      `alter table sync.directive_revision add constraint none check (revision > 1) not valid`,
    )
    await s.days(29)
    expect((await s.counts()).stagingFailed).toBe(1)
    await s.app.store.db.raw(`alter table sync.directive_revision drop constraint none`)
    await retryAll(s.app.store)
    await settleAll(s.app)
    expect(await s.late()).toEqual(['782/UBND-NNMT released'])
  })

  it('is nothing of what comes in its turn', async () => {
    const s = await running([row(1)])
    s.rows.push(row(2, on(today)), row(3, on(addDays(today, -2))))
    await s.days(2)
    expect((await s.app.store.overview.totals()).staged).toBe(3)
    expect(await s.late()).toEqual([])
  })
})

describe('what was found late', () => {
  it('is told against us: an earlier reading of its days was not whole', async () => {
    const s = await running([row(1, on('2026-02-02'))])
    await s.app.store.db.raw(
      `update sync.pass set counted = listed + 1 where window_from <= '2026-02-02' and window_until >= '2026-02-02'`,
    )
    s.rows.push(row(2, on('2026-02-02')))
    await s.days(29)
    expect(await s.late()).toEqual(['782/UBND-NNMT found'])
    expect((await s.counts()).foundLate).toBe(1)
    expect(decidingOf(await s.counts())).toBeGreaterThan(0)
    expect(await s.alerts()).toContain('foundLate')
    await s.days(8)
    expect((await s.counts()).foundLate).toBe(0)
  })

  it('is so where the profile admits only since then what was listed before', async () => {
    const s = await running([row(1)])
    await s.app.store.db.raw(`update sync.source set gate_since = ?`, [
      new Date(s.clock.now().getTime() + 1000),
    ])
    s.rows.push(row(2, on('2026-02-02')))
    await s.days(29)
    expect(await s.late()).toEqual(['782/UBND-NNMT found'])
  })
})

describe('an older day that is listed again', () => {
  it('brings a new version, and withholds at once what is secret by now', async () => {
    const s = await running([
      row(1, on('2026-02-02')),
      row(2, on('2026-02-03')),
      row(3, on('2026-02-04')),
    ])
    s.rows[0] = row(1, { ...on('2026-02-02'), abstract: 'Về việc khác' })
    s.rows[1] = row(2, { ...on('2026-02-03'), secret_id: 2, secret_name: 'Mật' })
    await s.days(29)
    const { rows } = await s.app.store.db.raw(
      `select number, revision, withheld_because as because from sync.directive order by number`,
    )
    expect(rows).toEqual([
      { number: '781', revision: 2, because: null },
      { number: '782', revision: 1, because: 'secret' },
      { number: '783', revision: 1, because: null },
    ])
  })

  it('leaves what is not listed any more as it is', async () => {
    const s = await running([row(1, on('2026-02-02')), row(2, on('2026-02-03'))])
    // What is still open is asked for one by one; of this only the lists tell.
    await s.app.store.db.raw(`update sync.directive set classified_at = now()`)
    s.rows.shift()
    await s.days(29)
    expect(await s.app.store.withholding.shownCount(s.name)).toBe(2)
  })

  it('is one of an even share each day, each once in a month', async () => {
    const s = await running([])
    await s.days(28)
    const { rows } = await s.app.store.db.raw(
      `select upper_bound::date as day, count(*)::int as n from sync.pass where kind = 'rolling' and state = 'done' group by 1`,
    )
    expect(Math.max(...rows.map(({ n }: { n: number }) => n))).toBeLessThanOrEqual(2)
    const { rows: windows } = await s.app.store.db.raw(
      `select window_from, count(*)::int as n from sync.pass where kind = 'rolling' group by 1`,
    )
    expect(windows.length).toBeGreaterThanOrEqual(16)
    expect(windows.every(({ n }: { n: number }) => n === 1)).toBe(true)
  })

  it('waits until the other sources were asked', async () => {
    const other = await openRegister([])
    open.push({ [Symbol.asyncDispose]: other.close })
    const s = await running([], {}, [{ ...profileAt(other.address), name: 'nguon-khac' }])
    other.state.fault = 'unavailable'
    s.rows.push(row(2, on('2026-02-02')))
    await s.days(36)
    expect(await s.app.store.withholding.shownCount(s.name)).toBe(0)
    const { rows } = await s.app.store.db.raw(
      `select distinct failure from sync.pass where source = ? and kind = 'rolling' and state = 'failed'`,
      [s.name],
    )
    expect(rows).toEqual([{ failure: 'waitsForOther' }])
    expect((await s.completeness()).completeTo).toBeNull()
  })

  it('is not listed of a queue, whose days say nothing', async () => {
    const s = await running([])
    const source = s.app.sources.get(s.name)!
    Object.assign(source.connector.can, { acknowledges: true })
    await s.days(3)
    const { rows } = await s.app.store.db.raw(`select from sync.pass where kind = 'rolling'`)
    expect(rows).toEqual([])
  })
})

describe('of a source that counts', () => {
  const can = { recheck: 'byRef', reconcile: 'count' } as const
  it('the count of a month comes first, and days are listed only where it differs', async () => {
    const s = await running([row(1, on('2026-02-02')), row(2, on('2026-03-10'))], { can })
    await s.days(28)
    const asked = (since: string) =>
      s.lists().filter(({ url }) => url.includes(`from_date=${since}`))
    expect(asked('2026-01-29').length).toBeGreaterThan(0)
    s.register.state.asked.length = 0
    s.rows.push(row(3, on('2026-03-11')))
    await s.days(28)
    // Of each month that is as it was, one page.
    expect(asked('2026-01-29')).toHaveLength(1)
    expect(asked('2026-02-26').length).toBeGreaterThan(1)
    expect(await s.late()).toEqual(['783/UBND-NNMT released'])
    expect((await s.completeness()).completeTo).toBe(addDays(s.today(), -1))
  })

  it('a count that was never what the list came to proves nothing: it is listed', async () => {
    const s = await running([row(1, on('2026-02-02'))], { can })
    s.register.state.list = (rows, { page, size }) => ({
      data: rows.slice((page - 1) * size, page * size),
      pagination: { total: rows.length + 1 },
    })
    await s.days(28)
    s.rows.push(row(2, on('2026-02-03')))
    await s.days(28)
    expect(await s.late()).toHaveLength(1)
  })
})

describe('complete to', () => {
  it('says nothing of days that were not listed again in time', async () => {
    const s = await running([row(1)])
    const before = async () => (await s.completeness()).completeTo
    s.clock.set(new Date(s.clock.now().getTime() + 30 * dayMs))
    await pullAll(s.app)
    expect(await before()).toBe(addDays(s.today(), -1))
    s.clock.set(new Date(s.clock.now().getTime() + 6 * dayMs))
    await pullAll(s.app)
    // The history was listed 36 days ago, and nobody has listed it since.
    expect(await before()).toBeNull()
    for (let turn = 0; turn < 3; turn++) {
      await listAgain(s.app, s.name)
      await pullAll(s.app)
    }
    expect(await before()).toBe(addDays(s.today(), -1))
  })

  it('believes no reading of a clock that was ahead', async () => {
    const s = await running([row(1)])
    await s.app.store.db.raw(`update sync.pass set upper_bound = upper_bound + interval '400 days'`)
    expect((await s.completeness()).completeTo).toBeNull()
  })

  it('tells documents and their files apart', async () => {
    const s = await running([row(1, on('2026-05-01'))])
    s.register.state.file = (response) => response.writeHead(503).end()
    s.rows.push(row(2, on(today)), row(3, on(addDays(today, 1))))
    await s.days(3)
    const { completeTo, filesCompleteTo } = await s.completeness()
    expect([completeTo, filesCompleteTo]).toEqual([addDays(s.today(), -1), addDays(today, -1)])
    s.register.state.file = null
    await retryAll(s.app.store)
    await settleAll(s.app)
    const after = await s.completeness()
    expect(after.filesCompleteTo).toBe(after.completeTo)
  })
})
