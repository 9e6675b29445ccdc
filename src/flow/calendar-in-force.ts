import { readCalendar, type WorkingCalendar } from '../domain/calendar.ts'
import type { Store } from '../store/store.ts'

/**
 * The list of working days that holds for every process, as it was when this one last looked. Whoever computes a
 * deadline from it takes it as any other list: between two looks it never changes.
 */
export interface CalendarInForce extends WorkingCalendar {
  /** Looks whether another list has come; true when it has. */
  follow(): Promise<boolean>
}

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
