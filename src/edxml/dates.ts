import { isLocalDate, type LocalDate } from '#src/domain/local-date.ts'

/**
 * The wire writes `yyyy/MM/dd` and `yyyy/MM/dd HH:mm:ss` in Vietnamese time without a zone. The official reader
 * makes year 15 of `10/03/2025` without an error (wire §3.7): here anything else is null.
 */
export function readDate(text: string): LocalDate | null {
  const [, year, month, day] = /^(\d{4})\/(\d{2})\/(\d{2})$/.exec(text) ?? []
  const date = `${year}-${month}-${day}`
  return isLocalDate(date) && Number(year) > 0 ? date : null
}

export function readTime(text: string): Date | null {
  const [, date = '', time = ''] = /^(\S{10}) (\d{2}:\d{2}:\d{2})$/.exec(text) ?? []
  const day = readDate(date)
  if (day === null || !/^([01]\d|2[0-3])(:[0-5]\d){2}$/.test(time)) return null
  return new Date(`${day}T${time}+07:00`)
}

export function writeDate(date: LocalDate): string {
  if (!isLocalDate(date)) throw new Error('A date of the message is not a calendar date.')
  return date.replaceAll('-', '/')
}

export function writeTime(instant: Date): string {
  const vietnam = new Date(instant.getTime() + 7 * 3_600_000).toISOString()
  return `${vietnam.slice(0, 10).replaceAll('-', '/')} ${vietnam.slice(11, 19)}`
}
