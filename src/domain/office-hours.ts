import { isWorkingDay, type WorkingCalendar } from './calendar.ts'
import { addDays, localDateOf, startOfDay } from './local-date.ts'

const hourMs = 3_600_000

/** 07:30 to 11:30 and 13:30 to 17:00, Vietnam time: when an office of the province issues directives. */
const officeHours = [
  { from: 7.5 * hourMs, until: 11.5 * hourMs },
  { from: 13.5 * hourMs, until: 17 * hourMs },
]

/** What ends the count: nobody waits a year to be told of a silence. */
const longestDays = 400

/** Hours between two instants in which offices were open, by the calendar of working days. */
export function officeHoursBetween(calendar: WorkingCalendar, from: Date, until: Date): number {
  let openMs = 0
  let day = localDateOf(from)
  const last = localDateOf(until)
  for (let counted = 0; day <= last && counted < longestDays; counted++) {
    if (isWorkingDay(calendar, day)) {
      const midnight = startOfDay(day).getTime()
      for (const open of officeHours) {
        const begin = Math.max(from.getTime(), midnight + open.from)
        const end = Math.min(until.getTime(), midnight + open.until)
        openMs += Math.max(0, end - begin)
      }
    }
    day = addDays(day, 1)
  }
  return openMs / hourMs
}
