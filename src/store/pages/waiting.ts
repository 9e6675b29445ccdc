import type { Knex } from 'knex'
import type { Urgency } from '#src/domain/directive.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { searchWords } from '#src/domain/search.ts'
import { cameTooLate, clockRuns, isCounted, isPast, once } from '../predicates.ts'
import { type Place, pageOf, readingFrom } from './place.ts'
import { asQuery } from './words.ts'

/** What the Office has not classified yet, as a list shows it. */
export interface WaitingRow {
  readonly id: string
  readonly source: string
  readonly code: string
  readonly subject: string
  readonly issuer: string
  readonly typeName: string
  readonly issuedOn: LocalDate
  readonly urgency: Urgency
  readonly deadlineDate: LocalDate
  readonly classifyBy: Date
  readonly confirmed: boolean
  /** No file is waited for. */
  readonly filesComplete: boolean
  /** The full text was announced and is not here, in none of its copies. */
  readonly withoutText: boolean
  readonly seenAt: Date
}

export interface WaitingFilter {
  readonly urgency: string | null
  readonly source: string | null
  readonly kind: string | null
  readonly issuer: string | null
  /** Past its deadline, within a day of it, or neither. */
  readonly pressing: 'overdue' | 'releasedLate' | 'soon' | 'later' | null
  /** One day of the calendar. */
  readonly day: LocalDate | null
}

export interface DayCount {
  readonly day: LocalDate
  readonly open: number
  readonly met: number
  readonly missed: number
}

export function waiting(db: Knex) {
  return {
    /** Nearest deadline first; what the page before ends with is where this one begins. */
    async list(filter: WaitingFilter, at: Date, place: Place, limit: number) {
      const { condition, values } = matching(filter, at)
      const { rows } = await db.raw(
        `select d.id, d.source, d.code, d.subject, d.issuer, d.type_name as "typeName", d.issued_on as "issuedOn", d.urgency,
           d.deadline_date as "deadlineDate", d.classify_by as "classifyBy", d.deadline_confirmed as confirmed,
           d.files_complete_at is not null as "filesComplete", sync.misses_full_text(d.id) as "withoutText", d.seen_at as "seenAt"
         from sync.directive d where ${condition}
         ${readingFrom(place, 'd.classify_by', 'd.id', 'timestamptz', 'up')} limit :limit`,
        { ...values, place: place.key, placeId: place.id, limit: limit + 1 },
      )
      return pageOf<WaitingRow>(rows, place, limit, (row) => row.classifyBy.toISOString())
    },

    async count(filter: WaitingFilter, at: Date): Promise<number> {
      const { condition, values } = matching(filter, at)
      const { rows } = await db.raw(
        `select count(*)::int as n from sync.directive d where ${condition}`,
        values,
      )
      return rows[0].n
    },

    /** What the filters can be set to: kinds and issuers of what waits. */
    async choices(): Promise<{ kinds: string[]; sources: string[] }> {
      const { rows } = await db.raw(
        `select array(select distinct d.type_name from sync.directive d where ${clockRuns('d')} order by 1 limit 60) as kinds,
           array(select name from sync.source order by name) as sources`,
      )
      return rows[0]
    },

    /** Each day of the month that something was or is due on. */
    async month(from: LocalDate, until: LocalDate, at: Date): Promise<DayCount[]> {
      const { rows } = await db.raw(
        `select ((d.classify_by - interval '1 second') at time zone 'Asia/Ho_Chi_Minh')::date as day,
           count(*) filter (where settled is null and d.recalled_at is null and not ${isPast('d')})::int as open,
           count(*) filter (where settled < d.classify_by)::int as met,
           count(*) filter (where settled >= d.classify_by or settled is null and d.recalled_at is null and ${isPast('d')})::int as missed
         from sync.directive d cross join lateral (select coalesce(d.classified_at, d.refused_at) as settled) s
         where ${once('d', isCounted)}
           and d.classify_by > :from::date::timestamp at time zone 'Asia/Ho_Chi_Minh'
           and d.classify_by <= (:until::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
         group by 1 order by 1`,
        { from, until, at },
      )
      return rows
    },
  }
}

function matching({ issuer, ...filter }: WaitingFilter, at: Date) {
  const words = searchWords(issuer ?? '')
  return {
    condition: `${once('d', ofSource)} and ${matches} ${words.length > 0 ? `and ${isIssuedBy}` : ''}`,
    values: { ...filter, at, issuer: asQuery(words) },
  }
}

/** Of the copies those that came through the source that is asked for, or any. */
const ofSource = (d: string) =>
  `${clockRuns(d)} and (:source::text is null or ${d}.source = :source)`

/** The words of each issuer are taken apart once, and not those of everything that it issued. */
const isIssuedBy = `d.issuer = any (array(
  select i.issuer from (select distinct d.issuer from sync.directive d where ${clockRuns('d')}) i
  where array_to_tsvector(string_to_array(sync.words_of(i.issuer), ' ')) @@ :issuer::text::tsquery))`

const matches = `(:urgency::text is null or d.urgency = :urgency)
  and (:kind::text is null or d.type_name = :kind)
  and (:pressing::text is null or case when ${isPast('d')} and ${cameTooLate('d')} then 'releasedLate' when ${isPast('d')} then 'overdue' when d.classify_by <= :at::timestamptz + interval '1 day' then 'soon' else 'later' end = :pressing)
  and (:day::date is null or d.deadline_date = :day::date)`
