/** A store whose functions were made by migrations, upgraded. */
import { expect, it } from 'vitest'
import { migrate, migrationStatus, openDatabase } from '#src/store/database.ts'
import { testDatabase } from '#test/support/database.ts'
import { schemaOf } from '#test/support/schema.ts'

async function before() {
  const database = await testDatabase()
  const db = openDatabase({ url: database.url })
  const { pending } = await migrationStatus(db)
  for (const name of pending.filter((one) => one < '0025')) await db.migrate.up({ name })
  return {
    db,
    async [Symbol.asyncDispose]() {
      await db.destroy()
      await database[Symbol.asyncDispose]()
    },
  }
}

it('comes to the same schema as a new store', async () => {
  await using old = await before()
  await using database = await testDatabase('tables')
  const made = openDatabase({ url: database.url })
  await migrate(old.db)
  const schemas = [await schemaOf(old.db), await schemaOf(made)]
  await made.destroy()
  expect(schemas[0]).toBe(schemas[1])
})

it('goes on telling a source that messages were taken, until its configuration is read', async () => {
  await using old = await before()
  const { db } = old
  await db.raw(
    `insert into sync.source (name, replies, gate_fingerprint) select name, 'none', 'f' from unnest(array['trục', 'chỉ đọc', 'mới']) name`,
  )
  await db.raw(
    `insert into sync.outbox (source, kind, state, written_at) values ('trục', 'acknowledge', 'delivered', now()), ('chỉ đọc', 'status', 'pending', now())`,
  )
  await migrate(db)
  const { rows } = await db.raw(`select name from sync.source where acknowledges`)
  expect(rows).toEqual([{ name: 'trục' }])
})
