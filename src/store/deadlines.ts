import type { Knex } from 'knex'
import type { WorkingCalendar } from '#src/domain/calendar.ts'
import { type Deadline, isMissed } from '#src/domain/deadline.ts'
import type { Urgency } from '#src/domain/directive.ts'
import { type DoubtedClock, runningDeadline } from '#src/domain/doubted-clock.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { lockCalendar, versionInForce } from './calendars.ts'
import { doubtedOf, statedBy } from './doubted-clocks.ts'
import { remember } from './history.ts'
import { hasOpenDeadline, isOverdue, isPast } from './predicates.ts'

/** One deadline that another list of working days puts on another date. */
export interface Move {
  readonly id: string
  readonly source: string
  readonly code: string
  readonly issuedOn: LocalDate
  readonly old: LocalDate
  readonly new: LocalDate
  /** `was`: missed by both dates. `became`: only by the new one. `ended`: only by the old one. */
  readonly overdue: 'no' | 'became' | 'was' | 'ended'
}

export interface Recomputed {
  /** Open deadlines that had been computed with another list. */
  readonly open: number
  /** Those of them that are shown; what is withheld moves as well, and nothing is said of it. */
  readonly moves: readonly Move[]
  /** How many reach a year that had no published list before and has one now. */
  readonly confirmed: number
}

/** Legal deadlines that still run, and the list of working days each was computed with. */
export function deadlines(db: Knex) {
  return {
    /** Whether an open deadline was computed with another list than the one in force. */
    async areStale(version: string): Promise<boolean> {
      const { rows } = await db.raw(
        `select exists (select from sync.calendar c where c.version <> :version
           and exists (select from sync.directive d where d.calendar_version = c.version and ${hasOpenDeadline('d')})) as stale`,
        { version },
      )
      return rows[0].stale
    },

    /**
     * Computes some of them anew, in one transaction; `open: 0` when none is left. Null when the list is not, or no
     * longer, the one in force. What a crash leaves is found again by its version.
     */
    async recompute(
      calendar: WorkingCalendar,
      limit: number,
      { actor, reason, at }: { actor: string; reason: string | null; at: Date },
    ): Promise<Recomputed | null> {
      return db.transaction(async (tx) => {
        await lockCalendar(tx, 'toUse')
        if ((await versionInForce(tx)) !== calendar.version) return null
        const found = await tx.raw(
          `select d.id from sync.directive d where d.calendar_version <> :version and ${hasOpenDeadline('d')} order by d.id limit :limit`,
          { version: calendar.version, limit },
        )
        const ids = found.rows.map((row: { id: string }) => row.id)
        if (ids.length === 0) return { open: 0, moves: [], confirmed: 0 }
        // In the order of a staging: the intake before the directive.
        await tx.raw(
          `select from sync.intake where directive_id = any (:ids) and state = 'failed' order by id for update`,
          { ids },
        )
        const { rows } = await tx.raw(
          `${selectOpen} where d.id = any (:ids) and d.calendar_version <> :version and ${hasOpenDeadline('d')} order by d.id for update`,
          { ids, version: calendar.version },
        )
        const anew = rows.map((row: OpenRow) => computed(row, calendar))
        await write(tx, anew)
        const why = reason === null ? {} : { reason }
        for (const { row, to } of anew.filter(hasMoved))
          await remember(tx, {
            at,
            directiveId: row.id,
            actor,
            event: 'deadlineMoved',
            detail: {
              old: row.deadlineDate,
              new: to.deadlineDate,
              version: to.calendarVersion,
              oldVersion: row.calendarVersion,
              ...why,
            },
          })
        return told(anew, at)
      })
    },

    /**
     * Notes, once for each, that a deadline has passed without the Office having classified; a deadline that another
     * list of working days moved ahead again is forgotten. How many were noted.
     */
    async notePassed(at: Date, limit: number): Promise<number> {
      return db.transaction(async (tx) => {
        await tx.raw(
          `update sync.directive d set deadline_passed_at = null where d.deadline_passed_at is not null and not ${isPast('d')} and ${hasOpenDeadline('d')}`,
          { at },
        )
        const { rows } = await tx.raw(
          `update sync.directive set deadline_passed_at = :at where id in (
             select d.id from sync.directive d where ${isOverdue('d')} and d.deadline_passed_at is null
             order by d.classify_by, d.id limit :limit for update skip locked)
           returning id, deadline_date as "deadlineDate"`,
          { at, limit },
        )
        for (const { id, deadlineDate } of rows)
          await remember(tx, {
            at,
            directiveId: id,
            actor: 'bridge',
            event: 'deadlinePassed',
            detail: { deadline: deadlineDate },
          })
        return rows.length
      })
    },

    /** What another list would move, without a trace. */
    async wouldMove(calendar: WorkingCalendar, at: Date): Promise<Recomputed> {
      const { rows } = await db.raw(
        `${selectOpen} where d.calendar_version <> :version and ${hasOpenDeadline('d')}`,
        { version: calendar.version },
      )
      return told(
        rows.map((row: OpenRow) => computed(row, calendar)),
        at,
      )
    },
  }
}

interface OpenRow {
  readonly id: string
  readonly source: string
  readonly code: string
  readonly issuedOn: LocalDate
  readonly urgency: Urgency
  readonly actAtOnce: boolean
  readonly deadlineDate: LocalDate
  readonly classifyBy: Date
  readonly calendarVersion: string
  readonly confirmed: boolean
  readonly withheld: boolean
  readonly doubted: DoubtedClock | null
}

interface Anew {
  readonly row: OpenRow
  readonly to: Deadline
}

const selectOpen = `
select d.id, d.source, d.code, d.issued_on as "issuedOn", d.urgency, d.act_at_once as "actAtOnce", d.deadline_date as "deadlineDate",
  d.classify_by as "classifyBy", d.calendar_version as "calendarVersion", d.deadline_confirmed as confirmed, d.withheld_at is not null as withheld, ${doubtedOf('d')} as doubted
from sync.directive d`

function computed(row: OpenRow, calendar: WorkingCalendar): Anew {
  return { row, to: runningDeadline(statedBy(row), row.doubted, calendar) }
}

async function write(tx: Knex, anew: readonly Anew[]): Promise<void> {
  const rows = anew.map(({ row, to }) => ({
    id: row.id,
    on: to.deadlineDate,
    by: to.deadlineAt,
    version: to.calendarVersion,
    confirmed: to.confirmed,
  }))
  await tx.raw(
    `with anew as (select * from jsonb_to_recordset(:rows) as a (id uuid, "on" date, "by" timestamptz, version text, confirmed boolean)),
       waiting as (update sync.intake i set classify_by = a."by" from anew a where i.directive_id = a.id and i.state = 'failed')
     update sync.directive d set deadline_date = a."on", classify_by = a."by", calendar_version = a.version, deadline_confirmed = a.confirmed
     from anew a where d.id = a.id`,
    { rows: JSON.stringify(rows) },
  )
}

function told(anew: readonly Anew[], at: Date): Recomputed {
  const shown = anew.filter(({ row }) => !row.withheld)
  return {
    open: anew.length,
    moves: shown.filter(hasMoved).map(({ row, to }) => ({
      id: row.id,
      source: row.source,
      code: row.code,
      issuedOn: row.issuedOn,
      old: row.deadlineDate,
      new: to.deadlineDate,
      overdue: overdue(isMissed(row.classifyBy, at), isMissed(to.deadlineAt, at)),
    })),
    confirmed: shown.filter(({ row, to }) => to.confirmed && !row.confirmed).length,
  }
}

function hasMoved({ row, to }: Anew): boolean {
  return row.deadlineDate !== to.deadlineDate
}

function overdue(before: boolean, after: boolean): Move['overdue'] {
  if (before) return after ? 'was' : 'ended'
  return after ? 'became' : 'no'
}
