import { type CalendarInForce, readCalendar, type WorkingCalendar } from '../domain/calendar.ts'
import type { Store } from '../store/store.ts'

/** Puts the list of the configuration in force, if the store has none as new. */
export async function openCalendar(
  store: Pick<Store, 'calendars'>,
  configured: { readonly calendar: WorkingCalendar; readonly content: unknown },
  at: Date,
): Promise<CalendarInForce> {
  await store.calendars.keep(configured.calendar.version, configured.content, at)
  let current = configured.calendar
  const inForce: CalendarInForce = {
    get version() {
      return current.version
    },
    get off() {
      return current.off
    },
    get workedInLieu() {
      return current.workedInLieu
    },
    get confirmedYears() {
      return current.confirmedYears
    },
    async follow() {
      const version = await store.calendars.versionInForce()
      if (version === current.version) return false
      const kept = await store.calendars.inForce()
      if (kept) current = readCalendar(kept.content)
      return true
    },
  }
  await inForce.follow()
  return inForce
}
