import type { Knex } from 'knex'
import { isAheadOfItsReply } from './outbox.ts'
import { clockRuns, isCounted, isShown, isStagedFirst, isWaiting, once } from './predicates.ts'
import { countWithoutText } from './without-text.ts'

/** Rows that wait for one kind of work, and since when the oldest of them does. */
export interface Backlog {
  readonly work: 'reading' | 'intake' | 'file' | 'writing' | 'outbox'
  readonly rows: number
  readonly oldestWaitsS: number
}

/** How many margins are at most each bound, as a Prometheus histogram counts; the last is all of them. */
export interface Margins {
  readonly atMost: readonly number[]
  readonly sumS: number
}

/** What the store is measured by: totals and ages, never anything of a row. */
export function measurements(db: Knex) {
  return {
    /**
     * `at`: the service's own clock, in which intake, files and outbox are dated; readings and writings are dated by the
     * database's. A status that waits behind a reply waits for no work of its own.
     */
    async backlog(at: Date): Promise<Backlog[]> {
      const { rows } = await db.raw(
        `select 'reading' as work, count(*)::int as rows, extract(epoch from clock_timestamp() - min(due_at))::float8 as "oldestWaitsS"
           from sync.pass where state = 'running' or state = 'due' and due_at <= clock_timestamp()
         union all
         select 'intake', count(*)::int, extract(epoch from :at::timestamptz - min(seen_at))::float8
           from sync.intake where state = 'failed'
         union all
         select 'file', count(*)::int, extract(epoch from :at::timestamptz - min(a.at))::float8
           from sync.directive_file f join sync.directive d on d.id = f.directive_id
           join sync.directive_revision a on a.directive_id = f.directive_id and a.revision = f.revision where ${isWaiting('f')} and ${isShown('d')}
         union all
         select 'writing', count(*)::int, extract(epoch from clock_timestamp() - min(written_at))::float8 from sync.writing
         union all
         select 'outbox', count(*)::int, extract(epoch from :at::timestamptz - min(written_at))::float8
           from sync.outbox o where state in ('pending', 'sending', 'unconfirmed') and not ${isAheadOfItsReply('o')}`,
        { at },
      )
      return rows.map((row: Backlog) => ({
        ...row,
        oldestWaitsS: Math.max(0, row.oldestWaitsS ?? 0),
      }))
    },

    /** Every kind in every state it can be in, also where there is none. */
    async outbox(): Promise<{ kind: string; state: string; rows: number }[]> {
      const { rows } = await db.raw(
        `select kind, state, coalesce(o.rows, 0)::int as rows
         from unnest(array['acknowledge', 'status', 'reply']) kind
         cross join unnest(array['pending', 'sending', 'delivered', 'rejected', 'unconfirmed', 'settled']) state
         left join (select kind, state, count(*) as rows from sync.outbox group by kind, state) o using (kind, state) order by kind, state`,
      )
      return rows
    },

    /** Documents whose legal time is over without their full text. */
    withoutText: (at: Date): Promise<number> => countWithoutText(db, at),

    /** Time left to the legal deadline of what the Office has not classified yet; negative when it has passed. */
    openMargins(at: Date, boundsS: readonly number[]): Promise<Margins> {
      return margins(
        `select extract(epoch from classify_by - :at::timestamptz)::float8 as s from sync.directive
         where ${once('directive', clockRuns)}`,
        boundsS,
        { at },
      )
    },

    /** Time that was left to the legal deadline when a directive was staged. */
    stagingMargins(boundsS: readonly number[]): Promise<Margins> {
      return margins(
        `select extract(epoch from classify_by - staged_at)::float8 as s from sync.directive d
         where ${isCounted('d')} and ${isStagedFirst('d')}`,
        boundsS,
        {},
      )
    },
  }

  async function margins(
    margin: string,
    boundsS: readonly number[],
    values: Record<string, Date>,
  ): Promise<Margins> {
    const counts = boundsS.map((bound) => `count(*) filter (where s <= ${bound})`)
    const { rows } = await db.raw(
      `select array[${[...counts, 'count(*)'].join(', ')}]::int[] as "atMost", coalesce(sum(s), 0)::float8 as "sumS" from (${margin}) m`,
      values,
    )
    return rows[0]
  }
}
