import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'

/**
 * One key per directive, in a database of its own that the store's backups leave out: destroying the key
 * is what makes a purged file unreadable in every copy (design §5).
 */
export async function migrateKeys(db: Knex): Promise<void> {
  await db.raw(
    `create table if not exists directive_key (directive_id uuid primary key, key bytea not null check (length(key) = 32), made_at timestamptz not null default now())`,
  )
}

export function keys(db: Knex) {
  return {
    /** The directive's key, made when it is first asked for. */
    async ensure(directiveId: string): Promise<Buffer> {
      await db.raw(
        `insert into directive_key (directive_id, key) values (:directiveId, :key) on conflict do nothing`,
        { directiveId, key: randomBytes(32) },
      )
      return (await this.of(directiveId))!
    },

    async of(directiveId: string): Promise<Buffer | null> {
      const { rows } = await db.raw(`select key from directive_key where directive_id = ?`, [
        directiveId,
      ])
      return rows[0]?.key ?? null
    },
  }
}
