/** A source that turns bad a little at a time is stopped as one that does so at once. */
import { expect, it } from 'vitest'
import { manualClock } from '#src/domain/clock.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { purgeSecrets } from '#src/flow/purge.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { duePasses, pull, runResyncs } from '#test/support/claims.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }

async function staged(rows: Row[]) {
  const register = await openRegister(rows)
  const clock = manualClock(start)
  const t = await testApp([profileAt(register.address, { name: 'a' })], { clock })
  const { app } = t
  await pullAll(app)
  return {
    app,
    clock,
    async count(where = 'true'): Promise<number> {
      const { rows: found } = await app.store.db.raw(
        `select count(*) as n from sync.directive where ${where}`,
      )
      return found[0].n
    },
    /** Asks again for these alone, as is done a few a minute all day. */
    async askAgain(refs: readonly number[]): Promise<void> {
      const { db } = app.store
      await db.raw(`update sync.directive set checked_at = ?`, [clock.now()])
      await db.raw(
        `update sync.directive set checked_at = '2000-01-01' where source_ref = any (?)`,
        [refs.map(String)],
      )
      await openPasses(app, 'a')
      for (const { id, kind } of await duePasses(app.store, 100))
        if (kind === 'recheck') await pull(app, id)
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => row(n + 1))

it('withholds all that is called secret, and purges no more than a few of it unasked', async () => {
  const rows: Row[] = numbered(24)
  await using s = await staged(rows)
  for (let n = 0; n < 24; n++) rows[n] = row(n + 1, secret)
  for (let n = 1; n <= 24; n += 4) {
    await s.askAgain([n, n + 1, n + 2, n + 3])
    await purgeSecrets(s.app)
  }
  expect(await s.count('withheld_at is null')).toBe(0)
  expect(await s.count()).toBe(20)
  const [fuse] = await s.app.store.fuses.open()
  expect(fuse).toMatchObject({ kind: 'purge', counted: 24, outOf: 24 })
  const { counted: seen } = fuse!
  const by = { answer: 'proceed', seen, actor: 'người trực', reason: 'đúng là mật' } as const
  await s.app.store.fuses.answer('a', 'purge', by, s.clock.now())
  await purgeSecrets(s.app)
  expect(await s.count()).toBe(0)
})

it('withholds no more than a few of what is gone unasked', async () => {
  const rows: Row[] = numbered(24)
  await using s = await staged(rows)
  rows.splice(0)
  for (let n = 1; n <= 24; n += 4) await s.askAgain([n, n + 1, n + 2, n + 3])
  expect(await s.count('withheld_at is null')).toBe(20)
  expect(await s.app.store.fuses.open()).toHaveLength(1)
})

it('withholds no more than a few over all weeks of a resync', async () => {
  const days = ['2026-02-17', '2026-02-24', '2026-03-03']
  const rows = days.flatMap((day, week) =>
    Array.from({ length: 5 }, (_, n) =>
      row(week * 5 + n + 1, { publish_date: `${day}T00:00:00+07:00` }),
    ),
  )
  await using s = await staged(rows)
  expect(await s.count()).toBe(15)
  // It still lists another, or its emptiness would not be believed.
  rows.splice(0, rows.length, row(99, { publish_date: '2026-02-10T00:00:00+07:00' }))
  const scope = {
    source: 'a',
    from: '2026-02-16',
    until: '2026-03-08',
    refs: null,
    thorough: false,
  }
  await s.app.store.resyncs.request(scope, { actor: 'x', reason: null }, s.clock.now())
  for (let turn = 0; turn < 4; turn++) {
    await runResyncs(s.app)
    for (const { id, kind } of await duePasses(s.app.store, 100))
      if (kind === 'resync') await pull(s.app, id)
  }
  expect(await s.count('withheld_at is null')).toBe(10)
  expect(await s.app.store.fuses.open()).toHaveLength(1)
})

it('purges of one source while it asks about another', async () => {
  const [a, b] = [await openRegister(numbered(60)), await openRegister([row(101)])]
  const clock = manualClock(start)
  const profiles = [
    profileAt(a.address, { name: 'a', poll: { ...profileAt(a.address).poll, pageSize: 50 } }),
    profileAt(b.address, { name: 'b' }),
  ]
  await using t = await testApp(profiles, { clock })
  const { store } = t.app
  await pullAll(t.app)
  const { rows } = await store.db.raw(`select id from sync.directive order by source`)
  for (const { id } of rows) await store.withholding.withhold(id, 'secret', clock.now())
  await purgeSecrets(t.app)
  const left = await store.db.raw(
    `select source, count(*)::int as n from sync.directive group by 1`,
  )
  expect(left.rows).toEqual([{ source: 'a', n: 60 }])
  await a.close()
  await b.close()
}, 60_000)
