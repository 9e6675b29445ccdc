import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { despiteRaces } from './schema-lock.ts'
import { migrateSeals } from './sealing.ts'
import { together } from './together.ts'

/**
 * One key per directive, in a database of its own that the store's backups leave out: destroying the key
 * is what makes a purged file unreadable in every copy (docs/decisions/0009).
 */
export async function migrateKeys(db: Knex): Promise<void> {
  await despiteRaces(async () => {
    await db.raw(
      `create table if not exists directive_key (directive_id uuid primary key, key bytea not null check (length(key) = 32), made_at timestamptz not null default now());
       create table if not exists store_life (only_row boolean primary key default true check (only_row), generation bigint not null);
       create table if not exists destroyed_key (directive_id uuid primary key)`,
    )
    await migrateSeals(db)
  })
}

export function keys(db: Knex) {
  return {
    /** Of a directive that is about to be staged; nothing else makes a key. */
    make: together(async (directiveIds: readonly string[]): Promise<Buffer[]> => {
      const made = directiveIds.map(() => randomBytes(32))
      await db
        .raw(
          `insert into directive_key (directive_id, key) select * from unnest(:directiveIds::uuid[], :made::bytea[])`,
          { directiveIds: [...directiveIds], made },
        )
        .options({ name: 'make_keys' })
      return made
    }),

    /** No directive was staged under it: nothing was encrypted with it. */
    async drop(directiveId: string): Promise<void> {
      await db.raw(`delete from directive_key where directive_id = ?`, [directiveId])
    },

    /** What was encrypted under it can be read nowhere any more, not in any backup of the files either. */
    async destroy(directiveIds: readonly string[]): Promise<void> {
      await db.raw(
        `with gone as (insert into destroyed_key select unnest(:ids::uuid[]) on conflict do nothing)
         delete from directive_key where directive_id = any (:ids)`,
        { ids: [...directiveIds] },
      )
    },

    /** What was purged: random ids, by which a store that lost the purge knows its rows. */
    async destroyed(): Promise<string[]> {
      const { rows } = await db.raw(`select directive_id as id from destroyed_key`)
      return rows.map(({ id }: { id: string }) => id)
    },

    async all(): Promise<string[]> {
      const { rows } = await db.raw(`select directive_id as id from directive_key`)
      return rows.map(({ id }: { id: string }) => id)
    },

    async of(directiveId: string): Promise<Buffer | null> {
      const { rows } = await db.raw(`select key from directive_key where directive_id = ?`, [
        directiveId,
      ])
      return rows[0]?.key ?? null
    },
  }
}
