import type { Knex } from 'knex'
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Held, Known, LastReading } from '#src/domain/reconciling.ts'
import { completeness } from './completeness.ts'
import { isShown } from './predicates.ts'

export interface Span {
  readonly source: string
  readonly importFrom: LocalDate
  readonly from: LocalDate
  readonly until: LocalDate
  readonly today: LocalDate
}

/** What a register is held against. It is asked for by days alone: what a register says reaches no statement and no log. */
export function registered(db: Knex) {
  return {
    /** What is shown, through whichever source it came; of the others only what one of these issuers issued. */
    async held({ source, from, until }: Span, issuers: readonly string[]): Promise<Held[]> {
      const { rows } = await db.raw(
        `select coalesce(d.primary_id, d.id) as document, d.code_normalised as "codeNormalised", d.issued_on as "issuedOn"
         from sync.directive d where ${isShown('d')} and d.issued_on between :from::date and :until::date
           and (d.source = :source or lower(d.issuer) = any (:issuers))`,
        { source, from, until, issuers: issuers.map((one) => one.normalize('NFC').toLowerCase()) },
      )
      return rows
    },

    async known(span: Span): Promise<Omit<Known, 'isInScope'>> {
      const { source, importFrom, today } = span
      const { gaps } = await completeness(db).of(source, importFrom, today)
      const { rows: readings } = await db.raw(
        `select p.window_from as "from", p.window_until as "until", p.not_eligible as "notEligible", p.undecided
         from sync.pass p left join sync.resync r on r.id = p.resync_id
         where p.source = :source and p.state in ('done', 'open') and p.kind not in ('head', 'recheck') and r.refs is null
           and p.window_from <= :until::date and p.window_until >= :from::date
         order by p.ended_at desc`,
        { ...span },
      )
      const { rows: waiting } = await db.raw(
        `select distinct (i.classify_by at time zone 'Asia/Ho_Chi_Minh')::date::text as until
         from sync.intake i where i.source = :source and i.state in ('failed', 'deferred')`,
        { source },
      )
      const { rows: kept } = await db.raw(
        `select s.acknowledges
           or exists (select from sync.directive d where d.source = s.name and not (${isShown('d')}))
           or exists (select from sync.intake i where i.source = s.name and i.state in ('withheld', 'purged', 'discarded')) as some
         from sync.source s where s.name = :source`,
        { source },
      )
      return {
        ...{ importFrom, today, gaps },
        readings: readings as LastReading[],
        waitingUntil: waiting.map(({ until }: { until: LocalDate }) => until),
        listTellsAll: kept[0]?.some === false,
      }
    },
  }
}
