import type { Knex } from 'knex'
import type { WorkingCalendar } from '#src/domain/calendar.ts'
import type { Urgency } from '#src/domain/directive.ts'
import {
  type Doubt,
  type DoubtedClock,
  isSameDay,
  type NewDoubt,
  runningDeadline,
} from '#src/domain/doubted-clock.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { lockCalendar, versionInForce } from './calendars.ts'
import type { Acting } from './failures.ts'
import { remember } from './history.ts'
import { isShown, waitsForOffice } from './predicates.ts'

/** A directive with a day of issue that waits for a person. */
export interface OpenDoubt {
  readonly id: string
  readonly source: string
  readonly code: string
  readonly doubt: Doubt
  readonly issuedOn: LocalDate
  /** The one that runs. */
  readonly deadlineDate: LocalDate
  readonly otherDeadline: LocalDate | null
  readonly since: Date
}

/** As an existing directive is looked up: what is doubted of it, or was decided. */
export const doubtedOf = (d: string) =>
  `(select jsonb_build_object('doubt', c.doubt, 'issuedOn', c.issued_on, 'settled', c.settled,
     'kept', jsonb_build_object('from', c.kept_from, 'sameDay', c.kept_same_day)) from sync.doubted_clock c where c.directive_id = ${d}.id)`

export const isOpenDoubt = (c: string) => `${c}.settled is null`

export function doubtedClocks(db: Knex) {
  return {
    /** Nearest deadline first. */
    async open(limit: number): Promise<OpenDoubt[]> {
      const { rows } = await db.raw(
        `select d.id, d.source, d.code, c.doubt, c.issued_on as "issuedOn", d.deadline_date as "deadlineDate", c.other_deadline as "otherDeadline", c.since
         from sync.doubted_clock c join sync.directive d on d.id = c.directive_id
         where ${isOpenDoubt('c')} and ${isShown('d')} order by d.classify_by, d.id limit ?`,
        [limit],
      )
      return rows
    },

    /** Of a source, beside the one of this reference, which was asked for by its own before it was staged. */
    async openCount(source: string, sourceRef: string): Promise<number> {
      const { rows } = await db.raw(
        `select count(*)::int as n from sync.doubted_clock c join sync.directive d on d.id = c.directive_id
         where d.source = :source and ${isOpenDoubt('c')} and d.source_ref <> :sourceRef`,
        { source, sourceRef },
      )
      return rows[0].n
    },

    /**
     * A person says that the day is right, or that the clock that ran goes on. Another day that the source states later is
     * another question. False where nothing waits, or where the day is none that a deadline can be counted from.
     */
    async settle(
      id: string,
      as: 'accepted' | 'kept',
      calendar: WorkingCalendar,
      { actor, reason }: Acting,
      at: Date,
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        await lockCalendar(tx, 'toUse')
        const inForce = (await versionInForce(tx)) === calendar.version
        const { rows } = await tx.raw(
          `select d.issued_on as "issuedOn", d.urgency, d.act_at_once as "actAtOnce", d.deadline_date as old, ${waitsForOffice('d')} as waits,
             c.before_go_live as "beforeGoLive", ${doubtedOf('d')} as doubted
           from sync.directive d join sync.doubted_clock c on c.directive_id = d.id
           where d.id::text = :id and ${isOpenDoubt('c')} for update of d`,
          { id },
        )
        const row: Row | undefined = rows[0]
        const isCountable = row && (as === 'kept' || row.issuedOn < lastCountable)
        if (!row || !isCountable || !inForce) return false
        await tx.raw(
          `update sync.doubted_clock set settled = :as, settled_at = :at where directive_id = :id`,
          { id, as, at },
        )
        const to = runningDeadline(statedBy(row), { ...row.doubted, settled: as }, calendar)
        // What was classified keeps the deadline that it was judged by.
        if (row.waits)
          await tx.raw(
            `update sync.directive set deadline_date = :on, classify_by = :by, calendar_version = :version, deadline_confirmed = :confirmed,
               before_go_live = case when :accepted then :beforeGoLive else before_go_live end where id = :id`,
            {
              ...{ id, on: to.deadlineDate, by: to.deadlineAt, version: to.calendarVersion },
              ...{ confirmed: to.confirmed, beforeGoLive: row.beforeGoLive },
              accepted: as === 'accepted',
            },
          )
        const detail = { issuedOn: row.issuedOn, old: row.old, reason }
        await remember(tx, {
          ...{ at, directiveId: id, actor },
          event: as === 'accepted' ? 'dateAccepted' : 'clockKept',
          detail: { ...detail, new: row.waits ? to.deadlineDate : row.old },
        })
        return true
      })
    },
  }
}

interface Row {
  readonly issuedOn: LocalDate
  readonly urgency: Urgency
  readonly actAtOnce: boolean
  readonly old: LocalDate
  readonly waits: boolean
  readonly beforeGoLive: boolean
  readonly doubted: DoubtedClock
}

/** Days of issue beyond it leave the calendar of four digits while they are counted. */
const lastCountable = '9000-01-01'

export function statedBy(row: Pick<Row, 'issuedOn' | 'urgency' | 'actAtOnce'>) {
  return { from: row.issuedOn, sameDay: row.actAtOnce || isSameDay(row.urgency) }
}

/** Writes down what is doubted of a directive from now on; null: nothing any more. */
export async function writeDoubt(
  tx: Knex,
  id: string,
  doubted: (NewDoubt & { readonly issuedOn: LocalDate; readonly beforeGoLive: boolean }) | null,
  at: Date,
): Promise<void> {
  await tx.raw(`delete from sync.doubted_clock where directive_id = ?`, [id])
  if (doubted) await tx('sync.doubted_clock').insert(doubtRow(id, doubted, at))
}

export function doubtRow(
  directiveId: string,
  {
    doubt,
    kept,
    otherDeadline,
    issuedOn,
    beforeGoLive,
  }: NewDoubt & { readonly issuedOn: LocalDate; readonly beforeGoLive: boolean },
  at: Date,
) {
  return {
    ...{ directive_id: directiveId, doubt, issued_on: issuedOn, before_go_live: beforeGoLive },
    ...{ kept_from: kept.from, kept_same_day: kept.sameDay, other_deadline: otherDeadline },
    since: at,
  }
}
