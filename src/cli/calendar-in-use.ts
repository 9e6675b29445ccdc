import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '#config/config.ts'
import { readCalendar, type WorkingCalendar } from '../domain/calendar.ts'
import type { KeptCalendar } from '../store/calendars.ts'
import { dataDirectory, openTrackingStore, readCalendarFile } from '../wiring.ts'

export interface CalendarInUse {
  readonly calendar: WorkingCalendar
  readonly content: unknown
  /** How the store came by it; null where there is no store yet and the file decides. */
  readonly kept: KeptCalendar | null
}

/** The list that holds for the service: the store's, or the configured file where no service has run yet. */
export async function calendarInUse(config: Config): Promise<CalendarInUse> {
  const kept = await keptInStore(config)
  if (kept) return { calendar: readCalendar(kept.content), content: kept.content, kept }
  return { ...readCalendarFile(config.calendarFile), kept: null }
}

async function keptInStore(config: Config): Promise<KeptCalendar | null> {
  // A command that only computes makes no database.
  if (!config.databaseUrl && !existsSync(join(dataDirectory(config), 'postgres'))) return null
  await using opened = await openTrackingStore(config, 'guest')
  return await opened.store.calendars.inForce()
}
