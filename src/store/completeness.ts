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

/**
 * The readings whose source counted more rows than it listed, and whose days no later reading has proven. Of those that
 * come again each minute and each day the latest says it; a window may reach into days that have not come yet.
 */
export const shortReadings = (where: string) => `
  select short.* from (
    select distinct on (p.source, p.kind, ${oneForEach}) p.*,
      daterange(p.window_from, greatest(p.window_from, least(p.window_until, (p.upper_bound at time zone 'Asia/Ho_Chi_Minh')::date + 1)), '[]') as days
    from sync.pass p where p.state = 'done' and p.counted > p.listed and ${where}
    order by p.source, p.kind, ${oneForEach}, p.ended_at desc
  ) short where not short.days <@ coalesce((
    select range_agg(daterange(q.window_from, q.window_until, '[]')) from sync.pass q
    where q.source = short.source and q.state = 'done' and q.listed >= coalesce(q.counted, 0) and q.ended_at > short.ended_at
      and (q.kind <> 'head' or short.kind = 'head')), '{}')`

const oneForEach = `case when p.kind not in ('head', 'deep') then p.window_from end`

const shortDays = `select coalesce(range_agg(s.days), '{}') from (${shortReadings('p.source = :source')}) s`

interface Met {
  readonly met: string
  readonly except: string
}

const proven: Met = {
  met: `p.state = 'done' and coalesce(p.listed >= p.counted, true)`,
  except: shortDays,
}
/** Reading again at once what falls short would show the same. */
const attended: Met = {
  met: `p.state in ('done', 'due', 'running')`,
  except: `select '{}'::datemultirange`,
}

export function completeness(db: Knex) {
  return {
    /** Of the days from `from` to the one before `today`. A reading counts for a day that was over when it began. */
    async of(source: string, from: LocalDate, today: LocalDate): Promise<Completeness> {
      const gaps = await unmet(source, from, today, proven)
      const { rows: unsettled } = await db.raw(
        `select count(*) as n, min(coalesce(d.issued_on, (i.classify_by - interval '1 second')::date - 30))::text as earliest
         from sync.intake i left join sync.directive d on d.id = i.directive_id
         where i.source = :source and i.state = 'failed'`,
        { source },
      )
      const { n, earliest } = unsettled[0]
      const missing = [gaps[0]?.from, earliest].filter((day) => typeof day === 'string').sort()[0]
      const last = missing === undefined ? addDays(today, -1) : addDays(missing, -1)
      return { completeTo: last < from ? null : last, gaps, unsettled: n }
    },

    /** Gaps that no reading is about to meet either, due or under way. */
    unattended: (source: string, from: LocalDate, today: LocalDate) =>
      unmet(source, from, today, attended),
  }

  async function unmet(
    source: string,
    from: LocalDate,
    today: LocalDate,
    { met, except }: Met,
  ): Promise<Completeness['gaps']> {
    const { rows } = await db.raw(
      `select lower(gap)::text as from, (upper(gap) - 1)::text as until from (
         select unnest(datemultirange(daterange(:from::date, greatest(:from::date, :today::date)))
           - (coalesce(range_agg(daterange(window_from, greatest(window_from, met_until))), '{}') - (${except}))) as gap
         from (
           select p.window_from, max(least(p.window_until + 1, (p.upper_bound at time zone 'Asia/Ho_Chi_Minh')::date)) as met_until
           from sync.pass p left join sync.resync r on r.id = p.resync_id
           where p.source = :source and ${met} and p.kind <> 'recheck' and r.refs is null
           group by p.window_from
         ) met
       ) gaps order by 1`,
      { source, from, today },
    )
    return rows
  }
}
