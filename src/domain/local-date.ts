/**
 * A calendar date in Asia/Ho_Chi_Minh, written `YYYY-MM-DD`. Never an instant: legal dates are printed
 * on paper. Vietnam has been at UTC+7 without daylight saving since 1975.
 */
export type LocalDate = string

const vietnamOffsetMs = 7 * 3_600_000
const dayMs = 86_400_000

/** The date that a wall calendar in Vietnam shows at this instant. */
export function localDateOf(instant: Date): LocalDate {
  return new Date(instant.getTime() + vietnamOffsetMs).toISOString().slice(0, 10)
}

/** 00:00 Vietnam time of the date, as an instant. */
export function startOfDay(date: LocalDate): Date {
  return new Date(Date.parse(`${date}T00:00:00Z`) - vietnamOffsetMs)
}

/** 24:00 Vietnam time of the date: compare with `<`, never with 23:59:59. */
export function endOfDay(date: LocalDate): Date {
  return startOfDay(addDays(date, 1))
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

export function daysBetween(from: LocalDate, until: LocalDate): number {
  return (Date.parse(`${until}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs
}

export function earliest(a: LocalDate, b: LocalDate): LocalDate {
  return a < b ? a : b
}

/** 0 is Sunday, 6 is Saturday. */
export function weekdayOf(date: LocalDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay()
}

/** True only for a date that exists: `2026-02-30` is refused, not read as 2 March, and there is no year 0. */
export function isLocalDate(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
