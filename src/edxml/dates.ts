import { isLocalDate, type LocalDate, localDateOf } from '#src/domain/local-date.ts'
import { dateIn } from '#src/domain/written-date.ts'

/**
 * The wire writes `yyyy/MM/dd` and `yyyy/MM/dd HH:mm:ss` in Vietnamese time without a zone; with dashes, without zeros or
 * with a time of day it can mean nothing else. The official reader makes year 15 of `10/03/2025` without an error
 * (wire §3.7): a day that comes first is null, as is anything else.
 */
export function readDate(text: string): LocalDate | null {
  const [, date, rest = ''] = yearFirst.exec(text) ?? []
  if (date === undefined) return null
  const day = dateIn(withZeros(date), 'localDate')
  if (day === null || rest === '') return day
  const at = readTime(text)
  return at && localDateOf(at)
}

export function readTime(text: string): Date | null {
  const [, date, rest] = yearFirst.exec(text) ?? []
  const [, time, zone = '+07:00'] = timeOfDay.exec(rest ?? '') ?? []
  if (date === undefined || time === undefined) return null
  const day = dateIn(withZeros(date), 'localDate')
  return day === null ? null : new Date(`${day}T${time}${zone}`)
}

const yearFirst = /^(\d{4}-\d{1,2}-\d{1,2}|\d{4}\/\d{1,2}\/\d{1,2})([T ].*)?$/
const timeOfDay =
  /^[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d{1,9})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/

function withZeros(date: string): string {
  return date
    .split(/[-/]/)
    .map((part) => part.padStart(2, '0'))
    .join('-')
}

export function writeDate(date: LocalDate): string {
  if (!isLocalDate(date)) throw new Error('A date of the message is not a calendar date.')
  return date.replaceAll('-', '/')
}

export function writeTime(instant: Date): string {
  const vietnam = new Date(instant.getTime() + 7 * 3_600_000).toISOString()
  return `${vietnam.slice(0, 10).replaceAll('-', '/')} ${vietnam.slice(11, 19)}`
}
