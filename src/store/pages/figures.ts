import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import {
  cameTooLate,
  clockRuns,
  isCounted,
  isPast,
  isShown,
  isStagedFirst,
  once,
} from '../predicates.ts'
import { takenBefore } from '../taken.ts'
import { countWithoutText } from '../without-text.ts'

/** How the legal deadlines stand: what still runs, and what was decided in a span of days. */
export interface DeadlineFigures {
  readonly running: number
  /** Of these, within a day of its deadline. */
  readonly soon: number
  readonly overdue: number
  /** Released by their source when their legal time was over, and still to be classified. */
  readonly releasedLate: number
  readonly met: number
  readonly missed: number
  readonly withheld: number
  /** Documents whose legal time is over without their full text, classified or not; copies once. */
  readonly withoutText: number
}

export interface OldestWaiting {
  readonly id: string
  readonly code: string
  readonly seenAt: Date
  readonly classifyBy: Date
}

/** One hour, day or month of the chart. */
export interface Column {
  readonly begins: string
  readonly inTime: number
  readonly late: number
  readonly classified: number
}

export type ChartSpan = 'hour' | 'day' | 'month'

export interface GateDay {
  readonly day: LocalDate
  readonly seen: number
  readonly allowed: number
  readonly notEligible: number
}

export function figures(db: Knex) {
  return {
    async deadlines(since: Date, at: Date): Promise<DeadlineFigures> {
      const [open, judged, withheld, withoutText] = await Promise.all([
        db.raw(
          `select count(*) filter (where not ${isPast('directive')})::int as running,
             count(*) filter (where not ${isPast('directive')} and classify_by <= :at::timestamptz + interval '1 day')::int as soon,
             count(*) filter (where ${isPast('directive')} and not ${cameTooLate('directive')})::int as overdue,
             count(*) filter (where ${isPast('directive')} and ${cameTooLate('directive')})::int as "releasedLate"
           from sync.directive where ${once('directive', clockRuns)}`,
          { at },
        ),
        db.raw(
          `select count(*) filter (where coalesce(classified_at, refused_at) < classify_by)::int as met,
             count(*) filter (where coalesce(classified_at, refused_at, :at) >= classify_by and (recalled_at is null or classified_at is not null))::int as missed
           from sync.directive where ${once('directive', isCounted)} and classify_by > :since and classify_by <= :at`,
          { since, at },
        ),
        db.raw(`select count(*)::int as n from sync.directive where withheld_at is not null`),
        countWithoutText(db, at),
      ])
      return { ...open.rows[0], ...judged.rows[0], withheld: withheld.rows[0].n, withoutText }
    },

    /** Deadlines of what waits, nearest first: what the forecast is made of. */
    async waitingDeadlines(limit: number): Promise<Date[]> {
      const { rows } = await db.raw(
        `select classify_by as at from sync.directive where ${once('directive', clockRuns)} order by classify_by limit ?`,
        [limit],
      )
      return rows.map((row: { at: Date }) => row.at)
    },

    /** How many the Office classified on each of these days. */
    async classifiedByDay(since: Date, until: Date): Promise<ReadonlyMap<LocalDate, number>> {
      const { rows } = await db.raw(
        `select (classified_at at time zone 'Asia/Ho_Chi_Minh')::date as day, count(*)::int as n from sync.directive
         where ${once('directive', isClassified)} and classified_at >= :since and classified_at < :until group by 1`,
        { since, until },
      )
      return new Map(rows.map((row: { day: LocalDate; n: number }) => [row.day, row.n]))
    },

    async oldestWaiting(): Promise<OldestWaiting | null> {
      const { rows } = await db.raw(
        `select id, code, seen_at as "seenAt", classify_by as "classifyBy" from sync.directive where ${clockRuns('directive')} order by classify_by, id limit 1`,
      )
      return rows[0] ?? null
    },

    /** Age of what waits, in days since its issue: `[0, 1, 2, 3–4, 5–9, 10 and more]`. */
    async ages(at: Date): Promise<number[]> {
      const { rows } = await db.raw(
        `select width_bucket((:at::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date - issued_on, array[1, 2, 3, 5, 10]) as place, count(*)::int as n
         from sync.directive where ${once('directive', clockRuns)} group by 1`,
        { at },
      )
      const ages = [0, 0, 0, 0, 0, 0]
      for (const { place, n } of rows) ages[place] = n
      return ages
    },

    /** Staged in time, staged late, classified; from `since` on, by the wall clock of Vietnam. */
    async throughput(span: ChartSpan, since: Date, at: Date): Promise<Column[]> {
      const { rows } = await db.raw(
        `select to_char(c.begins, '${forms[span]}') as begins, s."inTime", s.late, k.classified
         from generate_series(date_trunc('${span}', :since::timestamptz at time zone 'Asia/Ho_Chi_Minh'),
           :at::timestamptz at time zone 'Asia/Ho_Chi_Minh', interval '1 ${span}') as c (begins)
         cross join lateral (select greatest(:since::timestamptz, c.begins at time zone 'Asia/Ho_Chi_Minh') as since,
           least(:at::timestamptz + interval '1 millisecond', (c.begins + interval '1 ${span}') at time zone 'Asia/Ho_Chi_Minh') as until) w
         cross join lateral (
           select count(*) filter (where staged_at < classify_by or before_go_live)::int as "inTime",
             count(*) filter (where staged_at >= classify_by and not before_go_live)::int as late
           from sync.directive d where ${isShown('d')} and ${isStagedFirst('d')} and staged_at >= w.since and staged_at < w.until) s
         cross join lateral (
           select count(*)::int as classified from sync.directive
           where ${once('directive', isClassified)} and classified_at >= w.since and classified_at < w.until) k
         order by c.begins`,
        { since, at },
      )
      return rows
    },

    /** What the sources showed and the gate said, day by day: the last whole reading of each day, all sources together. */
    async gateByDay(since: Date): Promise<GateDay[]> {
      const { rows } = await db.raw(
        `select day, sum(seen + t.taken)::int as seen, sum(allowed + t.taken)::int as allowed, sum(not_eligible)::int as "notEligible" from (
           select distinct on (source, (ended_at at time zone 'Asia/Ho_Chi_Minh')::date)
             source, (ended_at at time zone 'Asia/Ho_Chi_Minh')::date as day, seen, allowed, not_eligible, opened_at, window_from
           from sync.pass where kind = 'deep' and state in ('done', 'open') and ended_at >= :since
           order by source, (ended_at at time zone 'Asia/Ho_Chi_Minh')::date, ended_at desc
         ) last cross join lateral (select ${takenBefore('last')} as taken) t group by day order by day`,
        { since },
      )
      return rows
    },
  }
}

const isClassified = (d: string) => `${isShown(d)} and ${d}.classified_at is not null`

const forms: Readonly<Record<ChartSpan, string>> = {
  hour: 'YYYY-MM-DD HH24',
  day: 'YYYY-MM-DD',
  month: 'YYYY-MM',
}
