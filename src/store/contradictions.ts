import type { Knex } from 'knex'

/** `atOnce`: two rows of one list. `inTurns`: versions that a source showed before, one reading after the other. */
export type How = 'atOnce' | 'inTurns'

export interface Contradiction {
  readonly how: How
  /** The row that was listed last, where they take turns. */
  readonly version: string
}

/** After so long without another one it is over, and what is listed then is read again. */
const lastingMs = 24 * 3_600_000
/** `at`: what the statement calls the instant that it is asked at. */
export const lasts = (c: string) =>
  `${c}.last_at > :at::timestamptz - interval '${lastingMs} milliseconds'`

export function contradictions(db: Knex) {
  return {
    /** What a reading met, by directive, and which of those that it listed it met no more. */
    async note(
      met: ReadonlyMap<string, Contradiction>,
      over: readonly string[],
      at: Date,
    ): Promise<void> {
      const rows = [...met].map(([id, one]) => ({ id, ...one }))
      await db.transaction(async (tx) => {
        await tx.raw(
          `delete from sync.contradiction c where c.directive_id = any (:over) and c.how = 'atOnce' or not ${lasts('c')}`,
          { over: [...over], at },
        )
        await tx.raw(
          `insert into sync.contradiction as c (directive_id, how, version, since, last_at)
           select m.id, m.how, m.version, :at, :at from jsonb_to_recordset(:rows) as m (id uuid, how text, version text)
           join sync.directive d on d.id = m.id order by m.id
           on conflict (directive_id) do update set how = excluded.how, version = excluded.version, times = least(2, c.times + 1), last_at = excluded.last_at
             where c.how <> excluded.how or c.version <> excluded.version or c.how = 'atOnce' and (c.times < 2 or c.last_at < excluded.last_at - interval '1 hour')`,
          { rows: JSON.stringify(rows), at },
        )
      })
    },

    /** Those of a source that last, by the reference of its directive. */
    async of(source: string, at: Date): Promise<Map<string, { id: string; how: How }>> {
      const { rows } = await db.raw(
        `select d.source_ref as ref, d.id, c.how from sync.contradiction c join sync.directive d on d.id = c.directive_id
         where d.source = :source and ${lasts('c')}`,
        { source, at },
      )
      return new Map(
        rows.map(({ ref, ...one }: { ref: string; id: string; how: How }) => [ref, one]),
      )
    },
  }
}
