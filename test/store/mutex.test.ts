import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockKeys } from '#src/store/copies.ts'
import { serviceRole } from '#src/store/database.ts'
import { admitted, now, runningPass, type TestStore, testStore } from '#test/support/store.ts'

let s: TestStore
const clients: pg.Client[] = []

beforeEach(async () => {
  s = await testStore({ role: serviceRole })
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end()
  await s[Symbol.asyncDispose]()
})

it('is left to the bridge: no function of the store takes a lock that anybody can', async () => {
  const { rows } = await s.store.db.raw(
    `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('sync', 'tracking') and p.prosrc ilike '%advisory%'`,
  )
  expect(rows).toEqual([])
})

describe('a login without any right', () => {
  it.each([
    `select from sync.mutex for update`,
    `begin; lock table sync.mutex in access share mode`,
    `select sync.lock_mutex('seal')`,
    `select sync.try_mutex('seal')`,
    `select sync.share_mutex('calendar')`,
  ])('may not: %s', async (statement) => {
    const stranger = await strangers()
    await expect(stranger.query(statement)).rejects.toMatchObject({ code: '42501' })
  })

  it.each([
    ['pg_advisory_lock(hashtext($1))', 'chidao seal'],
    ['pg_advisory_lock(hashtext($1))', 'chidao alerts'],
    ['pg_advisory_lock(hashtextextended($1, 2))', 'sync.calendar'],
    ['pg_advisory_lock(hashtextextended($1, 0))', 'nguon a'],
  ])('keeps nobody from work with %s of "%s"', async (lock, name) => {
    const stranger = await strangers()
    await stranger.query(`select ${lock}`, [name])
    const staging = await s.store.intake.stage(await runningPass(s.store), admitted('a'), now)
    expect(staging.outcome).toBe('staged')
    expect(await s.store.calendars.refusal('lich/2', { generated: '2026' })).toBeNull()
    expect(await s.store.alerts.keep([], now, { repeatMs: 1, quietMs: 1 }, [])).toEqual([])
    expect(await s.store.sealing.seal()).toBeGreaterThan(0)
  })
})

describe('who holds one', () => {
  it('keeps others waiting, and only for the same', async () => {
    const { db } = s.store
    await db.transaction(async (tx) => {
      await tx.raw(`select sync.lock_mutex('seal')`)
      const others = await db.raw(
        `select sync.try_mutex('seal') as seal, sync.try_mutex('alerts') as alerts`,
      )
      expect(others.rows).toEqual([{ seal: false, alerts: true }])
    })
    expect((await db.raw(`select sync.try_mutex('seal') as seal`)).rows).toEqual([{ seal: true }])
  })

  it('shares it with those who only use what it stands for', async () => {
    const { db } = s.store
    await db.transaction(async (tx) => {
      await tx.raw(`select sync.share_mutex('calendar')`)
      await db.raw(`select sync.share_mutex('calendar')`)
      expect((await db.raw(`select sync.try_mutex('calendar') as mine`)).rows[0].mine).toBe(false)
    })
  })

  it('has none that there is not', async () => {
    await expect(s.store.db.raw(`select sync.lock_mutex('sael')`)).rejects.toThrow(/no mutex sael/)
  })

  it('writes nothing of a document', async () => {
    const { db } = s.store
    const before = (await db.raw(`select count(*) as n from sync.mutex`)).rows
    await db.transaction((tx) => lockKeys(tx, ['ubnd tinh|2026|780|mat']))
    const { rows } = await db.raw(`select count(*) as n from sync.mutex`)
    expect(rows).toEqual(before)
    const named = await db.raw(
      `select count(*) as n from sync.mutex where name !~ '^(alerts|calendar|seal|units|(document|reference) [0-9]{1,4})$'`,
    )
    expect(named.rows).toEqual([{ n: 0 }])
  })
})

/** Whoever may connect, and nothing else. */
async function strangers(): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: s.url })
  await owner.connect()
  await owner.query(
    `do $$ begin create role chidao_stranger login password 'x'; exception when duplicate_object or unique_violation then null; end $$`,
  )
  await owner.end()
  const url = new URL(s.url)
  url.username = 'chidao_stranger'
  url.password = 'x'
  const client = new pg.Client({ connectionString: url.toString() })
  await client.connect()
  clients.push(client)
  return client
}
