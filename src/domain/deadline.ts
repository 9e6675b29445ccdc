import { addWorkingDays, isConfirmed, type WorkingCalendar } from './calendar.ts'
import type { Urgency } from './directive.ts'
import { addDays, endOfDay, type LocalDate } from './local-date.ts'

export interface Deadline {
  readonly deadlineDate: LocalDate
  /** 24:00 Vietnam time of that date, exclusive. */
  readonly deadlineAt: Date
  readonly calendarVersion: string
  /** False when the count reached a year whose days off are not surely published. */
  readonly confirmed: boolean
}

const workingDaysAllowed = 2

/**
 * By when a directive must be classified (QĐ 23/2016 Đ8). Two working days, the issue day not counted (Bộ
 * luật Dân sự 2015 Đ147); hỏa tốc, an unreadable urgency and "thực hiện ngay" (`actAtOnce`) have the issue
 * date itself, working day or not.
 */
export function deadline(
  issuedOn: LocalDate,
  urgency: Urgency,
  calendar: WorkingCalendar,
  { actAtOnce = false }: { actAtOnce?: boolean } = {},
): Deadline {
  const sameDay = actAtOnce || urgency === 'flash' || urgency === 'unreadable'
  const deadlineDate = sameDay ? issuedOn : addWorkingDays(calendar, issuedOn, workingDaysAllowed)
  const firstLookedAt = sameDay ? issuedOn : addDays(issuedOn, 1)
  return {
    deadlineDate,
    deadlineAt: endOfDay(deadlineDate),
    calendarVersion: calendar.version,
    confirmed: isConfirmed(calendar, firstLookedAt) && isConfirmed(calendar, deadlineDate),
  }
}

/** A due date counts as in time: missed begins at 24:00. */
export function isMissed(deadlineAt: Date, at: Date): boolean {
  return at.getTime() >= deadlineAt.getTime()
}
