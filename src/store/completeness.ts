import type { Knex } from 'knex'
import { addDays, type LocalDate } from '#src/domain/local-date.ts'

/** Up to which day everything that a source showed as eligible is in the store, and what stands in the way of more. */
export interface Completeness {
  /** The last day of issue up to which nothing is missing; null: not even the first. */
  readonly completeTo: LocalDate | null
  /** Days that no reading has met to its end since they were over. */
  readonly gaps: readonly { readonly from: LocalDate; readonly until: LocalDate }[]
  /** Admitted, and not staged yet. */
  readonly unsettled: number
}

export function completeness(db: Knex) {
  return {
    /** Of the days from `from` to the one before `today`. A reading counts for a day that was over when it began. */
    async of(source: string, from: LocalDate, today: LocalDate): Promise<Completeness> {
      const gaps = await unmet(source, from, today, ['done'])
      const { rows: unsettled } = await db.raw(
        `select count(*) as n, min(coalesce(d.issued_on, (i.classify_by - interval '1 second')::date - 30))::text as earliest
         from sync.intake i left join sync.directive d on d.id = i.directive_id
         where i.source = :source and i.state in ('failed', 'pending')`,
        { source },
      )
      const { n, earliest } = unsettled[0]
      const missing = [gaps[0]?.from, earliest].filter((day) => typeof day === 'string').sort()[0]
      const last = missing === undefined ? addDays(today, -1) : addDays(missing, -1)
      return { completeTo: last < from ? null : last, gaps, unsettled: n }
    },

    /** Gaps that no reading is about to meet either, due or under way. */
    unattended: (source: string, from: LocalDate, today: LocalDate) =>
      unmet(source, from, today, ['done', 'due', 'running']),
  }

  async function unmet(
    source: string,
    from: LocalDate,
    today: LocalDate,
    states: readonly string[],
  ): Promise<Completeness['gaps']> {
    const { rows } = await db.raw(
      `select lower(gap)::text as from, (upper(gap) - 1)::text as until from (
         select unnest(datemultirange(daterange(:from::date, greatest(:from::date, :today::date)))
           - coalesce(range_agg(daterange(window_from, greatest(window_from, met_until))), '{}')) as gap
         from (
           select p.window_from, max(least(p.window_until + 1, (p.upper_bound at time zone 'Asia/Ho_Chi_Minh')::date)) as met_until
           from sync.pass p left join sync.resync r on r.id = p.resync_id
           where p.source = :source and p.state = any (:states) and p.kind <> 'recheck' and r.refs is null
           group by p.window_from
         ) met
       ) gaps order by 1`,
      { source, from, today, states: [...states] },
    )
    return rows
  }
}
