/** `src/store/schema.sql` says what a migrated store holds. `npm run schema` writes it anew. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { migrate, openDatabase } from '#src/store/database.ts'
import { root } from '#src/wiring.ts'
import { testDatabase } from '#test/support/database.ts'
import { schemaOf } from '#test/support/schema.ts'

it('holds what the migrations and the files of functions make', async () => {
  await using database = await testDatabase()
  const db = openDatabase({ url: database.url })
  await migrate(db)
  const schema = await schemaOf(db)
  await db.destroy()
  await expect(schema).toMatchFileSnapshot(join(root, 'src/store/schema.sql'))
})

it.each([
  `alter table sync.directive add column pinned boolean not null default false`,
  `alter table sync.directive alter column subject drop not null`,
  `alter table sync.outbox add check (attempts < 100)`,
  `create index directive_subject on sync.directive (subject)`,
  `drop trigger outbox_rings on sync.outbox`,
  `create view tracking.more as select id from sync.directive`,
  `create function sync.more(a int default 3) returns int language sql as 'select 1'`,
  `comment on table sync.outbox is 'otherwise'`,
])('tells the difference that is made by: %s', async (change) => {
  await using database = await testDatabase('tables')
  const db = openDatabase({ url: database.url })
  const before = await schemaOf(db)
  await db.raw(change)
  const after = await schemaOf(db)
  await db.destroy()
  expect(after).not.toBe(before)
})
