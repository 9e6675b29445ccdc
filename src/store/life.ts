import type { Knex } from 'knex'

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
