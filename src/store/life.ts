import type { Knex } from 'knex'
import { remember } from './history.ts'

/**
 * Tells a store that came out of a backup: its generation is behind the one in the keys database, which the
 * backups leave out (docs/decisions/0009).
 */
export function life(db: Knex, keysDb: Knex) {
  return {
    /** After a purge, whenever history was sealed, and every hour. The store goes first: it may be ahead after a crash, never behind. */
    async raise(): Promise<void> {
      const { rows } = await db.raw(
        `update sync.life set generation = generation + 1 returning generation`,
      )
      await keysDb.raw(
        `insert into store_life (generation) values (:generation)
         on conflict (only_row) do update set generation = greatest(store_life.generation, excluded.generation)`,
        { generation: rows[0].generation },
      )
    },

    /** What tells this store from others. */
    async identity(): Promise<string> {
      const { rows } = await db.raw(`select store_id as id from sync.life`)
      return rows[0].id
    },

    /** A copy becomes a store of its own. */
    async adopt({ actor, reason }: { actor: string; reason: string }, at: Date) {
      return db.transaction(async (tx): Promise<{ before: string; after: string }> => {
        const { rows } = await tx.raw(
          `update sync.life l set store_id = gen_random_uuid() from (select store_id from sync.life for update) known
           returning known.store_id as before, l.store_id as after`,
        )
        const { before, after } = rows[0]
        const detail = { before, after, reason }
        await remember(tx, { at, directiveId: null, actor, event: 'storeAdopted', detail })
        return { before, after }
      })
    },

    async isRestored(): Promise<boolean> {
      const [store, keys] = await Promise.all([
        db.raw(`select generation from sync.life`),
        keysDb.raw(`select generation from store_life`),
      ])
      return keys.rows[0] !== undefined && store.rows[0].generation < keys.rows[0].generation
    },

    /** The restored store goes on from where the keys are. */
    async catchUp(): Promise<void> {
      const { rows } = await keysDb.raw(`select generation from store_life`)
      if (!rows[0]) return
      await db.raw(`update sync.life set generation = greatest(generation, ?)`, [
        rows[0].generation,
      ])
    },
  }
}
