import type { Knex } from 'knex'
import { addDays, earliest, type LocalDate } from '#src/domain/local-date.ts'
import { listingHoldsDays, type Stretch } from '#src/domain/rotation.ts'
import { isShown, isWaiting } from './predicates.ts'

/** Up to which day everything that a source showed as eligible is in the store, and what stands in the way of more. */
export interface Completeness {
  /** The last day of issue up to which no document is missing; null: not even the first. */
  readonly completeTo: LocalDate | null
  /** The same of their files as well: none that may still come is waited for. */
  readonly filesCompleteTo: LocalDate | null
  /** Days that no reading has met to its end since they were over, or that were not listed again in time. */
  readonly gaps: readonly Stretch[]
  /** Admitted, and not staged yet. */
  readonly unsettled: number
}

/** The list of a reading was whole: what its source counts more are rows that its profile says are never shown. */
export const isWhole = (p: string, s: string) =>
  `coalesce(${p}.listed >= ${p}.counted - ${s}.total_counts_hidden, true)`

/** Of the days up to which a reading could meet all: today's go on. */
const metUntil = (p: string) => `least(${p}.window_until + 1, ${openedOn(p)})`
const openedOn = (p: string) => `(${p}.upper_bound at time zone 'Asia/Ho_Chi_Minh')::date`

/** A reading `p` met everything of its days, which were over; `r`: the resync that asked for it. */
const metAll = (p: string, s: string, r: string) =>
  `${p}.state = 'done' and ${p}.kind <> 'recheck' and ${r}.refs is null and ${isWhole(p, s)}`

/**
 * That a day was proven complete before another reading `p` began, under the profile that is in force: what was not there
 * then came later.
 */
export const wasComplete = (day: string, p: string, s: string) => `exists (
  select from sync.pass q left join sync.resync asked on asked.id = q.resync_id
  where q.source = ${p}.source and ${metAll('q', s, 'asked')} and q.ended_at <= ${p}.opened_at and q.ended_at >= ${s}.gate_since
    and q.window_from <= ${day} and ${metUntil('q')} > ${day})`

/**
 * The readings whose source counted more rows than it listed, and whose days no later reading has proven. Of those that
 * come again each minute and each day the latest says it; a window may reach into days that have not come yet.
 */
export const shortReadings = (where: string) => `
  select short.* from (
    select distinct on (p.source, p.kind, ${oneForEach}) p.*, s.total_counts_hidden as hidden,
      daterange(p.window_from, greatest(p.window_from, least(p.window_until, ${openedOn('p')} + 1)), '[]') as days
    from sync.pass p join sync.source s on s.name = p.source where p.state = 'done' and p.counted > p.listed and ${where}
    order by p.source, p.kind, ${oneForEach}, p.ended_at desc
  ) short where short.counted > short.listed + short.hidden and not short.days <@ coalesce((
    select range_agg(daterange(q.window_from, q.window_until, '[]')) from sync.pass q
    where q.source = short.source and q.state = 'done' and q.listed + short.hidden >= coalesce(q.counted, 0) and q.ended_at > short.ended_at
      and (q.kind <> 'head' or short.kind = 'head')), '{}')`

const oneForEach = `case when p.kind not in ('head', 'deep') then p.window_from end`

const shortDays = `select coalesce(range_agg(s.days), '{}') from (${shortReadings('p.source = :source')}) s`

interface Met {
  readonly met: string
  readonly except: string
}

/** Listed so lately that its turn to be listed again has not been missed. */
const proven: Met = {
  met: `${metAll('p', 's', 'r')} and ${openedOn('p')} between :today::date - ${listingHoldsDays} and :today::date + 1`,
  except: shortDays,
}
/** Reading again at once what falls short would show the same. */
const attended: Met = {
  met: `p.state in ('done', 'due', 'running') and p.kind <> 'recheck' and r.refs is null`,
  except: `select '{}'::datemultirange`,
}

export function completeness(db: Knex) {
  return {
    /** Of the days from `from` to the one before `today`. A reading counts for a day that was over when it began. */
    async of(source: string, from: LocalDate, today: LocalDate): Promise<Completeness> {
      const gaps = await unmet(source, from, today, proven)
      const { rows } = await db.raw(
        `select count(*)::int as n, min(coalesce(d.issued_on, (i.classify_by - interval '1 second')::date - 30))::text as staged,
           (select min(w.issued_on)::text from sync.directive w where w.source = :source and ${isShown('w')} and w.issued_on >= :from
              and exists (select from sync.directive_file f where f.directive_id = w.id and ${isWaiting('f')})) as files
         from sync.intake i left join sync.directive d on d.id = i.directive_id
         where i.source = :source and i.state = 'failed'`,
        { source, from },
      )
      const { n, staged, files } = rows[0]
      const before = (...missing: (LocalDate | null | undefined)[]) => {
        const first = missing.filter((day) => typeof day === 'string').reduce(earliest, today)
        return first <= from ? null : addDays(first, -1)
      }
      const gap = gaps[0]?.from
      return {
        ...{ completeTo: before(gap, staged), filesCompleteTo: before(gap, staged, files) },
        ...{ gaps, unsettled: n },
      }
    },

    /** Gaps that no reading is about to meet either, due or under way. */
    unattended: (source: string, from: LocalDate, today: LocalDate) =>
      unmet(source, from, today, attended),

    /**
     * For each of these stretches, the day on which all of it was last listed by one reading; null: never. One that such a
     * reading is about to list has the last day that there is.
     */
    async listedOn(source: string, stretches: readonly Stretch[]): Promise<(LocalDate | null)[]> {
      const { rows } = await db.raw(
        `select (select max(case when p.state = 'done' then ${openedOn('p')} else '9999-12-31'::date end)::text from sync.pass p left join sync.resync r on r.id = p.resync_id
           where p.source = :source and p.state in ('done', 'due', 'running') and p.kind in ('deep', 'backfill', 'resync', 'rolling') and r.refs is null
             and p.window_from <= s.from and p.window_until >= s.until) as day
         from unnest(:froms::date[], :untils::date[]) with ordinality as s ("from", "until", n) order by s.n`,
        {
          source,
          froms: stretches.map(({ from }) => from),
          untils: stretches.map(({ until }) => until),
        },
      )
      return rows.map(({ day }: { day: LocalDate | null }) => day)
    },
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
           select p.window_from, max(${metUntil('p')}) as met_until
           from sync.pass p join sync.source s on s.name = p.source left join sync.resync r on r.id = p.resync_id
           where p.source = :source and ${met}
           group by p.window_from
         ) met
       ) gaps order by 1`,
      { source, from, today },
    )
    return rows
  }
}
