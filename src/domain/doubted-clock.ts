/** Days of issue that cannot be believed as they stand, and the clock that runs until a person has decided. */
import type { WorkingCalendar } from './calendar.ts'
import { type Deadline, deadline } from './deadline.ts'
import type { Urgency } from './directive.ts'
import { addDays, type LocalDate } from './local-date.ts'

/**
 * `issuedAhead`, `issuedLongBefore`: a year of another calendar, a day and a month exchanged, a clock at its beginning.
 * `deadlineMoves`: the day may be right and moves a running deadline by more than a correction would.
 */
export type Doubt = 'issuedAhead' | 'issuedLongBefore' | 'deadlineMoves'

const mostDaysAhead = 3
const mostDaysMoved = 30

/** Of the day alone. What is a little older than the import belongs to nobody's store, and is not doubted. */
export function doubtOf(
  issuedOn: LocalDate,
  { today, importFrom }: { today: LocalDate; importFrom: LocalDate },
): Doubt | null {
  if (issuedOn > addDays(today, mostDaysAhead)) return 'issuedAhead'
  const [year, monthAndDay] = [importFrom.slice(0, 4), importFrom.slice(4)]
  const yearBefore = `${String(Number(year) - 1).padStart(4, '0')}${monthAndDay}`
  return issuedOn < yearBefore ? 'issuedLongBefore' : null
}

/** What a legal clock counts from. */
export interface Basis {
  readonly from: LocalDate
  readonly sameDay: boolean
}

export function isSameDay(urgency: Urgency): boolean {
  return urgency === 'flash' || urgency === 'unreadable'
}

function deadlineFrom({ from, sameDay }: Basis, calendar: WorkingCalendar): Deadline {
  return deadline(from, 'normal', calendar, { actAtOnce: sameDay })
}

/** `kept`: what counts while the stated day is not believed. `settled`: what a person said of that day. */
export interface DoubtedClock {
  readonly doubt: Doubt
  readonly kept: Basis
  readonly settled: 'accepted' | 'kept' | null
}

/** Of a deadline that would move, the earlier one runs; a day that cannot be believed gives none. */
export function runningDeadline(
  stated: Basis,
  doubted: DoubtedClock | null,
  calendar: WorkingCalendar,
): Deadline {
  if (doubted === null || doubted.settled === 'accepted') return deadlineFrom(stated, calendar)
  const kept = deadlineFrom(doubted.kept, calendar)
  if (doubted.settled === 'kept' || doubted.doubt !== 'deadlineMoves') return kept
  const other = deadlineFrom(stated, calendar)
  return other.deadlineDate < kept.deadlineDate ? other : kept
}

/** A directive as the store has it when another content of it comes. */
export interface Before {
  readonly issuedOn: LocalDate
  readonly sameDay: boolean
  readonly deadlineDate: LocalDate
  /** The Office has still to classify it, and the deadline counts. */
  readonly runs: boolean
  readonly doubted: (DoubtedClock & { readonly issuedOn: LocalDate }) | null
}

/** The content that comes. Where its day is doubted its deadline is that of the day on which it was seen. */
export interface Coming {
  readonly issuedOn: LocalDate
  readonly sameDay: boolean
  readonly doubt: Doubt | null
  readonly deadlineDate: LocalDate
}

/** `doubted`: what is doubted from now on; `asBefore`: what was, and what was said of it, stays. */
export interface After {
  readonly runs: 'before' | 'coming'
  readonly doubted: NewDoubt | 'asBefore' | null
}

export interface NewDoubt {
  readonly doubt: Doubt
  readonly kept: Basis
  /** The deadline that does not run, where there is one. */
  readonly otherDeadline: LocalDate | null
}

/** Which clock runs when a source changes what it says. */
export function clockAfter(before: Before, coming: Coming): After {
  const { doubted } = before
  const isAsBefore = coming.sameDay === before.sameDay && doubted?.issuedOn === coming.issuedOn
  if (isAsBefore) return { runs: 'before', doubted: 'asBefore' }
  const kept =
    doubted && doubted.settled !== 'accepted'
      ? doubted.kept
      : { from: before.issuedOn, sameDay: before.sameDay }
  if (coming.doubt !== null) {
    const isSooner = coming.sameDay && !kept.sameDay && coming.deadlineDate < before.deadlineDate
    const { doubt } = coming
    if (!isSooner) return { runs: 'before', doubted: { doubt, kept, otherDeadline: null } }
    const atOnce = { from: coming.deadlineDate, sameDay: true }
    return { runs: 'coming', doubted: { doubt, kept: atOnce, otherDeadline: null } }
  }
  const isTakenBack =
    doubted !== null && kept.from === coming.issuedOn && kept.sameDay === coming.sameDay
  const moved = daysBetween(before.deadlineDate, coming.deadlineDate)
  if (isTakenBack || !before.runs || Math.abs(moved) <= mostDaysMoved)
    return { runs: 'coming', doubted: null }
  const otherDeadline = moved > 0 ? coming.deadlineDate : before.deadlineDate
  return {
    runs: moved > 0 ? 'before' : 'coming',
    doubted: { doubt: 'deadlineMoves', kept, otherDeadline },
  }
}

function daysBetween(one: LocalDate, other: LocalDate): number {
  return (Date.parse(`${other}T00:00:00Z`) - Date.parse(`${one}T00:00:00Z`)) / 86_400_000
}
