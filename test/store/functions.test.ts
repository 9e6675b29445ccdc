/** The functions of a store come from the files of src/store/sql, and from nowhere else. */
import type { Knex } from 'knex'
import { expect, it } from 'vitest'
import { migrate, openDatabase } from '#src/store/database.ts'
import { digestOf, edition, functionText } from '#src/store/sql/functions.ts'
import { testDatabase } from '#test/support/database.ts'

async function migrated() {
  const database = await testDatabase()
  const db = openDatabase({ url: database.url })
  await migrate(db)
  return {
    db,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await db.destroy()
      await database[Symbol.asyncDispose]()
    },
  }
}

it('has the digest of its files beside the number of its edition', () => {
  // A file was changed: raise the number in src/store/sql/functions.ts, and put this digest beside it.
  expect(edition.digest).toBe(digestOf(functionText()))
})

it('makes every function of the store out of a file', async () => {
  await using m = await migrated()
  await m.db.raw(`delete from sync.function_edition`)
  const before = await changedBy(m.db)
  await migrate(m.db)
  const after = await changedBy(m.db)
  const leftOver = [...after.keys()].filter((name) => after.get(name) === before.get(name))
  expect(after.size).toBeGreaterThan(40)
  expect(leftOver).toEqual([])
})

it('changes nothing by applying the files again', async () => {
  await using m = await migrated()
  const once = await described(m.db)
  await m.db.raw(`delete from sync.function_edition`)
  await migrate(m.db)
  expect(await described(m.db)).toEqual(once)
})

it('applies nothing where its own edition is there already', async () => {
  await using m = await migrated()
  const before = await changedBy(m.db)
  expect(await migrate(m.db)).toEqual([])
  expect(await changedBy(m.db)).toEqual(before)
})

it.each([
  { stored: 'older', number: edition.number - 1, digest: 'another', takes: true },
  {
    stored: 'of the same number and other files',
    number: edition.number,
    digest: 'x',
    takes: true,
  },
  { stored: 'newer', number: edition.number + 1, digest: 'another', takes: false },
  { stored: 'much newer with the same files', number: 9000, digest: edition.digest, takes: false },
])('meets functions that are $stored', async ({ number, digest, takes }) => {
  await using m = await migrated()
  await m.db.raw(
    `create or replace function sync.acknowledge(intake uuid, at timestamptz) returns void language sql as 'select'`,
  )
  await m.db.raw(`update sync.function_edition set edition = ?, digest = ?`, [number, digest])
  await migrate(m.db)
  const { rows } = await m.db.raw(
    `select prosrc <> 'select' as taken, e.edition from pg_proc, sync.function_edition e where oid = 'sync.acknowledge'::regproc`,
  )
  expect(rows).toEqual([{ taken: takes, edition: takes ? edition.number : number }])
})

it('leaves the functions whole where a file cannot be applied', async () => {
  await using m = await migrated()
  const once = await described(m.db)
  await m.db.raw(`delete from sync.function_edition`)
  // A return type cannot be replaced, so that the set fails in its middle.
  await m.db.raw(`drop function sync.check_dates(jsonb)`)
  await m.db.raw(
    `create function sync.check_dates(content jsonb) returns int language sql as 'select 1'`,
  )
  await expect(migrate(m.db)).rejects.toThrow('return type')
  expect((await m.db.raw(`select * from sync.function_edition`)).rows).toEqual([])
  await m.db.raw(`drop function sync.check_dates(jsonb)`)
  await migrate(m.db)
  expect(await described(m.db)).toEqual(once)
})

it('lets the service call the functions, and not say which edition they are of', async () => {
  await using m = await migrated()
  const { rows } = await m.db.raw(
    `select p.oid::regprocedure::text as name from pg_proc p where p.pronamespace in ('sync'::regnamespace, 'tracking'::regnamespace)
       and (not has_function_privilege('chidao_service', p.oid, 'execute') or has_function_privilege('pg_monitor', p.oid, 'execute'))`,
  )
  expect(rows).toEqual([])
  const service = openDatabase({ url: m.url, role: 'chidao_service' })
  const writing = service.raw(`update sync.function_edition set edition = 0`)
  await expect(writing).rejects.toMatchObject({ code: '42501' })
  await service.destroy()
})

/** The transaction that last made each function. */
async function changedBy(db: Knex): Promise<Map<string, string>> {
  const { rows } = await db.raw(
    `select oid::regprocedure::text as name, xmin::text as by from pg_proc where pronamespace in ('sync'::regnamespace, 'tracking'::regnamespace)`,
  )
  return new Map(rows.map(({ name, by }: { name: string; by: string }) => [name, by]))
}

async function described(db: Knex): Promise<unknown[]> {
  const { rows } = await db.raw(
    `select pg_get_functiondef(p.oid) as definition, obj_description(p.oid, 'pg_proc') as comment, p.proacl::text as rights from pg_proc p
     where p.pronamespace in ('sync'::regnamespace, 'tracking'::regnamespace) order by p.oid::regprocedure::text`,
  )
  return rows
}
