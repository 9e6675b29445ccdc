import type { Knex } from 'knex'
import type { Quarter } from '#src/domain/quarter.ts'
import { isCounted, isShown, isStagedFirst, isStagedLate, once } from './predicates.ts'

/** Four cells and what stands beside them; total = done + notDone, each the sum of what is under it. */
export interface Cells {
  readonly total: number
  readonly done: number
  readonly doneInTime: number
  readonly doneLate: number
  readonly notDone: number
  readonly notDoneInTime: number
  readonly notDoneOverdue: number
  /** "Không thời hạn": never overdue. */
  readonly notDoneOpenEnded: number
}

export interface OverdueTask {
  readonly code: string
  readonly signer: string | null
  readonly task: string
  readonly unit: string
  readonly dueOn: string
  readonly daysOverdue: number
  /** What its unit said last; null: nothing. */
  readonly lastOutcome: string | null
  readonly explanation: string | null
}

export interface QuarterReport {
  /** Tasks by the lines of their lead units (Đ20.2, 22). */
  readonly tasks: Cells & {
    /** Of tasks whose directive was recalled in the period; in no cell. */
    readonly cancelled: number
    /** Done by its due date, told after it. */
    readonly toldLate: number
    /** Of those that have reached their due date. */
    readonly reached: number
    readonly reachedDone: number
  }
  readonly units: readonly (Cells & { readonly unit: string })[]
  readonly overdue: readonly OverdueTask[]
  /** How the regulation itself was kept (Đ24.1), of the directives issued in the period. */
  readonly directives: {
    readonly received: number
    readonly inTime: number
    readonly late: number
    readonly sameDayInTime: number
    readonly sameDayLate: number
    readonly openInTime: number
    readonly openOverdue: number
    readonly recalled: number
    readonly withTasks: number
    readonly stagedLate: number
    /** Its source released it late, or a reading met it later than one should have. */
    readonly releasedLate: number
    readonly foundLate: number
    /** The full text was not there when the legal time was over (Đ6.1, Đ8), whether it came later or not. */
    readonly withoutText: number
    readonly returns: number
  }
}

export function reports(db: Knex) {
  return {
    /**
     * As things stood at `asOf`, out of one snapshot. A line belongs to the period unless an earlier one has counted it
     * as done; what a unit tells after the end of the period is the next one's.
     */
    async quarter({ from, until }: Quarter, asOf: Date): Promise<QuarterReport> {
      return db.transaction(
        async (tx) => {
          const of = async (sql: string) => (await tx.raw(`${lines} ${sql}`, bound)).rows
          const bound = { from, until, asOf }
          const [tasks] = await of(`select ${cells}, ${beside} from line`)
          const units = await of(
            `select unit, ${cells} from line where not cancelled group by unit order by unit`,
          )
          const overdue = await of(selectOverdue)
          const { rows } = await tx.raw(selectDirectives, bound)
          return { tasks, units, overdue, directives: rows[0] }
        },
        { isolationLevel: 'repeatable read', readOnly: true },
      )
    },
  }
}

/** 24:00 of a day in Vietnam. */
const endOf = (day: string) => `((${day} + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')`
const dayOf = (instant: string) => `(${instant} at time zone 'Asia/Ho_Chi_Minh')::date`

const lines = `
with span as (
  select :from::date as from, least(:until::date, ${dayOf(':asOf::timestamptz')}) as until,
    ${endOf('(:from::date - 1)')} as begun, least(${endOf(':until::date')}, :asOf::timestamptz) as ended
), line as (
  select d.code, d.signer_name as signer, t.description as task, t.due_on, t.open_ended, n.name as unit, last.outcome, last.explanation, last.completed_on,
    last.written_at, span.until, coalesce(last.outcome = 'completed', false) as done,
    d.recalled_at is not null and d.recalled_at < span.ended and coalesce(last.outcome <> 'completed', true) as cancelled
  from span cross join tracking.directives d join sync.task t on t.directive_id = d.id join sync.assignment a on a.task_id = t.id and a.role = 'lead'
  left join lateral (select name from sync.unit_name where unit_id = a.unit_id order by valid_from desc limit 1) n on true
  left join lateral (select r.* from sync.reply r where r.assignment_id = a.id and r.written_at < span.ended order by r.written_at desc limit 1) last on true
  left join lateral (select r.outcome from sync.reply r where r.assignment_id = a.id and r.written_at < span.begun order by r.written_at desc limit 1) before on true
  where a.assigned_at < span.ended and before.outcome is distinct from 'completed' and (d.recalled_at is null or d.recalled_at >= span.begun)
)`

const inTime = `(open_ended or completed_on <= due_on)`
const count = (where: string, name: string) =>
  `count(*) filter (where not cancelled and ${where})::int as "${name}"`

/** A due date counts as in time, for what is done as for what is not. */
const cells = [
  count('true', 'total'),
  count('done', 'done'),
  count(`done and ${inTime}`, 'doneInTime'),
  count(`done and not ${inTime}`, 'doneLate'),
  count('not done', 'notDone'),
  count('not done and due_on >= until', 'notDoneInTime'),
  count('not done and due_on < until', 'notDoneOverdue'),
  count('not done and open_ended', 'notDoneOpenEnded'),
].join(', ')

const beside = [
  `count(*) filter (where cancelled)::int as cancelled`,
  count(`done and ${inTime} and ${dayOf('written_at')} > due_on`, 'toldLate'),
  count('due_on <= until', 'reached'),
  count('done and due_on <= until', 'reachedDone'),
].join(', ')

const selectOverdue = `
select code, signer, task, unit, due_on as "dueOn", until - due_on as "daysOverdue", outcome as "lastOutcome", nullif(explanation, '') as explanation
from line where not cancelled and not done and due_on < until order by unit, due_on, code, task`

/**
 * That the time of a `document` ran out without its full text. Asked of the texts that its copies had announced at that
 * instant, or announced first if they came later: none of them was stored before it. What was recalled or refused until
 * then needed none.
 */
const ranOutWithoutText = `classify_by <= ended and coalesce(least(recalled_at, refused_at) >= classify_by, true) and (
  select bool_and(coalesce(f.stored_at >= document.classify_by, true))
  from sync.directive c join sync.directive_file f on f.directive_id = c.id and f.is_full_text
  join sync.directive_revision a on a.directive_id = c.id and a.revision = f.revision
  left join sync.directive_revision s on s.directive_id = c.id and s.revision = f.superseded_by
  where coalesce(c.primary_id, c.id) = coalesce(document.primary_id, document.id) and ${isShown('c')}
    and (a.at < document.classify_by or f.revision = 1) and coalesce(s.at >= document.classify_by, true))`

/** Of the copies the one that was met late says how the `document` came. */
const cameLate = (how: string) =>
  `exists (select from sync.directive c where coalesce(c.primary_id, c.id) = coalesce(document.primary_id, document.id) and ${isShown('c')} and c.late = '${how}')`

/** Issued before its source went live, a document is not counted. */
const selectDirectives = `
with span as (
  select :from::date as from, least(:until::date, ${dayOf(':asOf::timestamptz')}) as until,
    ${endOf('(:from::date - 1)')} as begun, least(${endOf(':until::date')}, :asOf::timestamptz) as ended
), document as (
  select d.*, span.ended, d.deadline_date = d.issued_on as same_day,
    case when least(d.classified_at, d.refused_at) < span.ended then least(d.classified_at, d.refused_at) end as decided_at,
    coalesce(d.recalled_at < span.ended and least(d.classified_at, d.refused_at) is null, false) as withdrawn
  from span join sync.directive d on d.issued_on between span.from and span.until where ${once('d', isCounted)}
)
select count(*)::int as received,
  count(*) filter (where not same_day and decided_at < classify_by)::int as "inTime", count(*) filter (where not same_day and decided_at >= classify_by)::int as late,
  count(*) filter (where same_day and decided_at < classify_by)::int as "sameDayInTime", count(*) filter (where same_day and decided_at >= classify_by)::int as "sameDayLate",
  count(*) filter (where decided_at is null and not withdrawn and classify_by > ended)::int as "openInTime",
  count(*) filter (where decided_at is null and not withdrawn and classify_by <= ended)::int as "openOverdue",
  count(*) filter (where withdrawn)::int as recalled,
  count(*) filter (where decided_at is not null and exists (select from sync.task t join sync.directive c on c.id = t.directive_id
    where coalesce(c.primary_id, c.id) = coalesce(document.primary_id, document.id)))::int as "withTasks",
  count(*) filter (where exists (select from sync.directive s where coalesce(s.primary_id, s.id) = coalesce(document.primary_id, document.id)
    and ${isStagedLate('s')} and ${isStagedFirst('s')}))::int as "stagedLate",
  count(*) filter (where ${cameLate('released')})::int as "releasedLate", count(*) filter (where ${cameLate('found')})::int as "foundLate",
  count(*) filter (where ${ranOutWithoutText})::int as "withoutText",
  (select count(*)::int from tracking.replies r, span where r.outcome = 'returned' and r.written_at >= span.begun and r.written_at < span.ended) as returns
from document`
