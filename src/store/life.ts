import type { Knex } from 'knex'
import { remember } from './history.ts'

/** What a process remembers of its store and of the keys, beyond its own life where it has a place for it. */
export interface Seen {
  readonly storeId: string
  /** How often the store was told apart from what it was before: it only ever grows, unless commits were lost. */
  readonly generation: number
  readonly keysGeneration: number
}

export interface Memory {
  load(): Seen | null
  keep(seen: Seen): void
}

export const ownMemory = (): Memory => {
  let known: Seen | null = null
  return {
    load: () => known,
    keep(seen) {
      known = seen
    },
  }
}

/** A store that has lost commits. */
export interface WentBack {
  /** The generation that was known of it, by this process or by the keys. */
  readonly known: number
  /** The keys lost theirs as well, or nobody can tell: then a purged directive may be here with its key. */
  readonly keysToo: boolean
}

/**
 * The age of a store, which is counted up at every tick. The database of the keys and every process remember the last;
 * a store that shows less came out of a backup, or from a standby that lagged behind (docs/decisions/0024).
 */
export function life(db: Knex, keysDb: Knex, memory: Memory) {
  function note(seen: Seen): void {
    const before = memory.load()
    if (before?.storeId === seen.storeId && before.generation > seen.generation) return
    memory.keep(seen)
  }

  return {
    /** The store goes first: it may be ahead of the keys after a crash, never behind. */
    async raise(): Promise<void> {
      const { rows } = await db.raw(
        `update sync.life set generation = generation + 1 returning generation, store_id as "storeId"`,
      )
      const { generation, storeId } = rows[0]
      const { rows: keys } = await keysDb.raw(
        `insert into store_life (generation) values (:generation)
         on conflict (only_row) do update set generation = greatest(store_life.generation, excluded.generation) returning generation`,
        { generation },
      )
      note({ storeId, generation, keysGeneration: keys[0].generation })
    },

    /**
     * Null where the store has everything that was known of it. `isRestored`: whoever put back a backup says so, and the
     * keys may be as old.
     */
    async look(isRestored: boolean): Promise<WentBack | null> {
      // What is known first: what is raised meanwhile makes the store younger, and never older.
      const before = memory.load()
      const { rows: keys } = await keysDb.raw(`select generation from store_life`)
      const { rows } = await db.raw(`select generation, store_id as "storeId" from sync.life`)
      const keysGeneration: number = keys[0]?.generation ?? 0
      const { generation, storeId } = rows[0] as { generation: number; storeId: string }
      const seen = before?.storeId === storeId ? before : null
      const known = Math.max(seen?.generation ?? 0, keysGeneration)
      if (isRestored) return { known: Math.max(known, generation + 1), keysToo: true }
      if (generation < known)
        return { known, keysToo: seen === null || keysGeneration < seen.keysGeneration }
      note({ storeId, generation, keysGeneration })
      return null
    },

    /** What is sent under a store that has lost commits may have been sent before. 0: nothing is known of it yet. */
    known: (): number => memory.load()?.generation ?? 0,

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
  }
}
