/** The history as evidence: what the chain proves, and who cannot change it. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { serviceRole } from '#src/store/database.ts'
import { remember } from '#src/store/history.ts'
import type { Store } from '#src/store/store.ts'
import { assigned, now, type TestStore, testStore, withholdRef } from '#test/support/store.ts'

async function write(store: Store, count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    await remember(store.db, { at: now, directiveId: null, actor: 'ai đó', event: `việc ${n}` })
}

async function sealed(count = 5): Promise<TestStore> {
  const t = await testStore()
  await write(t.store, count)
  await t.store.sealing.seal()
  return t
}

/** As a superuser who knows how to get around the triggers. */
async function tamper({ url }: TestStore, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`set session_replication_role = replica; ${sql}`)
  await client.end()
}

const nth = (n: number) => `(select history_id from sync.history_chain where seq = ${n})`

it('is intact after every ordinary life, and says what is not sealed yet', async () => {
  await using t = await testStore()
  await assigned(t.store)
  expect(await t.store.audits.verify()).toMatchObject({ findings: [], entries: 0 })
  const before = (await t.store.audits.verify()).unsealed
  expect(before).toBeGreaterThan(0)
  expect(await t.store.sealing.seal()).toBe(before)
  expect(await t.store.audits.verify()).toEqual({
    entries: before,
    purged: 0,
    unsealed: 0,
    findings: [],
    gaps: [],
    more: false,
  })
})

describe('a superuser', () => {
  it.each([
    [
      'alters a payload',
      `update sync.history set actor = 'người khác' where id = ${nth(2)}`,
      'payloadAltered',
      2,
    ],
    [
      'dates a payload back',
      `update sync.history set at = at - interval '1 day' where id = ${nth(2)}`,
      'payloadAltered',
      2,
    ],
    ['removes a payload', `delete from sync.history where id = ${nth(3)}`, 'payloadRemoved', 3],
    [
      'alters a link',
      `update sync.history_chain set digest = sha256('x') where seq = 2`,
      'chainAltered',
      2,
    ],
    ['removes a link', `delete from sync.history_chain where seq = 2`, 'chainGap', 3],
    ['cuts off the end', `delete from sync.history_chain where seq = 5`, 'chainCut', 5],
    [
      'makes two links change places',
      `update sync.history_chain set seq = 99 where seq = 2; update sync.history_chain set seq = 2 where seq = 3; update sync.history_chain set seq = 3 where seq = 99`,
      'chainAltered',
      2,
    ],
    [
      'inserts a payload behind the chain',
      `insert into sync.history (at, actor, event) values (now(), 'x', 'y')`,
      'payloadInserted',
      null,
    ],
    [
      'adds a link of his own',
      `insert into sync.history (id, at, actor, event) values ('6b1b1f0e-0000-4000-8000-000000000001', now(), 'x', 'y');
       insert into sync.history_chain select 6, '6b1b1f0e-0000-4000-8000-000000000001', sha256('x'), seal, sha256('y') from sync.history_chain where seq = 5`,
      'chainAltered',
      6,
    ],
  ])('is found out when he %s', async (_what, sql, tampering, seq) => {
    await using t = await sealed()
    await tamper(t, sql)
    const { findings } = await t.store.audits.verify()
    expect(findings).toContainEqual(expect.objectContaining({ tampering, seq }))
  })
})

it('knows a lawful purge from a removal', async () => {
  await using t = await testStore()
  const { directive } = await assigned(t.store)
  await t.store.sealing.seal()
  await withholdRef(t.store, 'nguon', 'a', now)
  const by = { actor: 'bridge', authority: 'Điều 6.4' }
  expect(await t.store.purging.purge(directive, by, now)).not.toBeNull()
  expect(await t.store.audits.verify()).toMatchObject({ findings: [] })
  await t.store.sealing.seal()
  const audit = await t.store.audits.verify()
  expect(audit).toMatchObject({ findings: [], unsealed: 0 })
  expect(audit.purged).toBeGreaterThan(0)
  const { rows } = await t.store.db.raw(`select from sync.history where directive_id = ?`, [
    directive,
  ])
  expect(rows).toEqual([])
})

it('misses nothing of several writers under several sealers', async () => {
  await using t = await testStore()
  const { store } = t
  const writers = Array.from({ length: 6 }, () => write(store, 40))
  const sealers = Array.from({ length: 3 }, async () => {
    for (let n = 0; n < 10; n++) await store.sealing.seal()
  })
  await Promise.all([...writers, ...sealers])
  await store.sealing.seal()
  expect(await store.audits.verify()).toMatchObject({ entries: 240, unsealed: 0, findings: [] })
})

it('seals what was committed late as well', async () => {
  await using t = await testStore()
  const { store } = t
  const late = await store.db.transaction()
  await remember(late, { at: now, directiveId: null, actor: 'chậm', event: 'muộn' })
  await write(store, 3)
  expect(await store.sealing.seal()).toBe(3)
  await late.commit()
  expect(await store.sealing.seal()).toBe(1)
  expect(await store.audits.verify()).toMatchObject({ entries: 4, findings: [] })
})

describe('the role of the service', () => {
  it.each([
    `update sync.history set actor = 'x'`,
    `delete from sync.history`,
    `truncate sync.history`,
    `update sync.history_chain set seal = 'x'`,
    `delete from sync.history_chain`,
    `truncate sync.history_chain`,
    `alter table sync.history disable trigger all`,
    `drop trigger history_append_only on sync.history`,
    `drop table sync.history_chain`,
    `set session_replication_role = replica`,
    `create or replace function sync.history_digest(h sync.history) returns bytea language sql as 'select null::bytea'`,
    `select set_config('chidao.purging', 'on', false); delete from sync.history`,
  ])('cannot: %s', async (sql) => {
    await using t = await sealed(1)
    await expect(asService(t, sql)).rejects.toMatchObject({ code: '42501' })
    expect(await t.store.audits.verify()).toMatchObject({ entries: 1, findings: [] })
  })

  it('can stage, classify, seal and purge', async () => {
    await using t = await testStore({ role: serviceRole })
    const { directive } = await assigned(t.store)
    await t.store.sealing.seal()
    await withholdRef(t.store, 'nguon', 'a', now)
    const by = { actor: 'bridge', authority: 'Điều 6.4' }
    expect(await t.store.purging.purge(directive, by, now)).not.toBeNull()
    await t.store.sealing.seal()
    expect(await t.store.audits.verify()).toMatchObject({ unsealed: 0, findings: [] })
    await expect(t.store.db.raw(`delete from sync.history`)).rejects.toMatchObject({
      code: '42501',
    })
  })

  it('can add to the history', async () => {
    await using t = await sealed(1)
    await asService(t, `insert into sync.history (at, actor, event) values (now(), 'x', 'y')`)
    await asService(t, `update sync.source set failures = 1; delete from sync.intake where false`)
    expect(await t.store.audits.verify()).toMatchObject({ unsealed: 1, findings: [] })
  })

  it('cannot be got around the owner either, but for the purge', async () => {
    await using t = await sealed(1)
    for (const sql of [`update sync.history set actor = 'x'`, `delete from sync.history_chain`])
      await expect(t.store.db.raw(sql)).rejects.toThrow(/append-only/)
  })
})

/** A login with the role of the service and nothing else. */
async function asService({ url }: TestStore, sql: string): Promise<void> {
  const login = `dich_vu_${randomUUID().replaceAll('-', '')}`
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  await owner.query(`create role ${login} login password 'x' in role chidao_service`)
  const service = new URL(url)
  service.username = login
  service.password = 'x'
  const client = new pg.Client({ connectionString: service.toString() })
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
    await owner.query(`drop role ${login}`)
    await owner.end()
  }
}
