import { isWorkingDay, type WorkingCalendar } from './calendar.ts'
import { addDays, type LocalDate, localDateOf, startOfDay } from './local-date.ts'

export interface Forecast {
  /** Classified on a working day, by the mean of the last ones. Null: none was, so nothing can be said. */
  readonly perWorkingDay: number | null
  /** Of what waits and is not late yet, how many will be late at this pace. */
  readonly willMiss: number
  /** The first of those deadlines. */
  readonly first: Date | null
}

const paceDays = 10
/** The Office works from 7:00 to 17:00, with two hours of rest. */
const opensMs = 7 * 3_600_000
const closesMs = 17 * 3_600_000

/**
 * Which deadlines the present backlog will miss when the Office goes on as it did on its last ten working days and
 * always takes what is due first. What is late already is taken first as well: it waits, too.
 */
export function forecast(
  deadlines: readonly Date[],
  classified: ReadonlyMap<LocalDate, number>,
  calendar: WorkingCalendar,
  now: Date,
): Forecast {
  const pace = paceOf(classified, calendar, localDateOf(now))
  if (pace === null) return { perWorkingDay: null, willMiss: 0, first: null }
  let willMiss = 0
  let first: Date | null = null
  const workedUntil = capacities(calendar, now)
  for (const [n, deadline] of deadlines.entries()) {
    if (deadline <= now || n + 1 <= pace * workedUntil(deadline)) continue
    willMiss++
    first ??= deadline
  }
  return { perWorkingDay: pace, willMiss, first }
}

/** From the first day of the ten: today is not over. */
export function paceSince(calendar: WorkingCalendar, now: Date): Date {
  return startOfDay(workingDaysBefore(calendar, localDateOf(now)).at(-1)!)
}

function paceOf(
  classified: ReadonlyMap<LocalDate, number>,
  calendar: WorkingCalendar,
  today: LocalDate,
): number | null {
  const days = workingDaysBefore(calendar, today)
  const sum = days.reduce((total, day) => total + (classified.get(day) ?? 0), 0)
  return sum === 0 ? null : sum / days.length
}

function workingDaysBefore(calendar: WorkingCalendar, today: LocalDate): LocalDate[] {
  const days: LocalDate[] = []
  for (let day = addDays(today, -1); days.length < paceDays; day = addDays(day, -1))
    if (isWorkingDay(calendar, day)) days.push(day)
  return days
}

/** Working days from now to an instant, today by its share that is left. Asked for in rising order. */
function capacities(calendar: WorkingCalendar, now: Date): (until: Date) => number {
  const today = localDateOf(now)
  const passedMs = now.getTime() - startOfDay(today).getTime()
  const share = 1 - Math.min(1, Math.max(0, (passedMs - opensMs) / (closesMs - opensMs)))
  let days = isWorkingDay(calendar, today) ? share : 0
  let reached = today
  return (until) => {
    const last = localDateOf(new Date(until.getTime() - 1))
    while (reached < last) {
      reached = addDays(reached, 1)
      if (isWorkingDay(calendar, reached)) days++
    }
    return days
  }
}
