import type { Knex } from 'knex'

/** So long that it is no busy moment any more. */
const longestUnheardMs = 30_000

/** A queue lives when a ring of it was heard, whatever it answers (docs/decisions/0023). */
export function rings(db: Knex) {
  return {
    /** A service starts: where nothing runs that would have heard it, no ring is missed. */
    async expect(hasQueue: boolean): Promise<void> {
      await db.raw(
        `update sync.ring set unheard_since = null where unheard_since is not null and (not :hasQueue
           or not exists (select from sync.sweep where ended_at > clock_timestamp() - interval '1 minute'))`,
        { hasQueue },
      )
    },

    /** Before it is put there: the queue may refuse it. */
    async rung(): Promise<void> {
      await db.raw(
        `update sync.ring set unheard_since = clock_timestamp() where coalesce(unheard_since > clock_timestamp(), true)`,
      )
    },

    async heard(): Promise<void> {
      await db.raw(`update sync.ring set unheard_since = null where unheard_since is not null`)
    },

    /** For how long the queue has carried nothing; null while it does, and where there is none. */
    async silentMs(): Promise<number | null> {
      const { rows } = await db.raw(`select ${unheardMs} as "unheardMs"`)
      return silenceOf(rows[0].unheardMs)
    },
  }
}

/** A service that is stopped hears no ring. */
export const unheardMs = `(select extract(epoch from least(clock_timestamp(), s.ended_at) - r.unheard_since)::float8 * 1000
  from sync.ring r, sync.sweep s)`

export function silenceOf(unheard: number | null): number | null {
  return unheard !== null && unheard > longestUnheardMs ? unheard : null
}
