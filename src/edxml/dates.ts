import { isLocalDate, type LocalDate } from '#src/domain/local-date.ts'
import { dateIn } from '#src/domain/written-date.ts'

/**
 * The wire writes `yyyy/MM/dd` and `yyyy/MM/dd HH:mm:ss` in Vietnamese time without a zone. The official reader
 * makes year 15 of `10/03/2025` without an error (wire §3.7): here anything else is null.
 */
export function readDate(text: string): LocalDate | null {
  return dateIn(text, 'yyyy/MM/dd')
}

export function readTime(text: string): Date | null {
  const day = dateIn(text, 'yyyy/MM/dd HH:mm:ss')
  return day === null ? null : new Date(`${day}T${text.slice(11)}+07:00`)
}

export function writeDate(date: LocalDate): string {
  if (!isLocalDate(date)) throw new Error('A date of the message is not a calendar date.')
  return date.replaceAll('-', '/')
}

export function writeTime(instant: Date): string {
  const vietnam = new Date(instant.getTime() + 7 * 3_600_000).toISOString()
  return `${vietnam.slice(0, 10).replaceAll('-', '/')} ${vietnam.slice(11, 19)}`
}
