/** The forms in which far systems write a date, read and written. The one reader of dates: every source is read by it. */
import { endOfDay, isLocalDate, type LocalDate, localDateOf, startOfDay } from './local-date.ts'

/** Forms that are read. Each is exact: a value in another form than the declared one is no date. */
export const readForms = [
  'isoInstant',
  'localDate',
  'localDateTime',
  'dd/MM/yyyy',
  'dd/MM/yyyy HH:mm:ss',
  'yyyy/MM/dd',
  'yyyy/MM/dd HH:mm:ss',
  'epochSeconds',
  'epochMilliseconds',
  '/Date(…)/',
] as const
export type ReadForm = (typeof readForms)[number]

/** Forms in which a day is asked for. With a time they are the first or the last second of the day in Vietnam. */
export const writtenForms = [
  'iso',
  'isoInstant',
  'localDateTime',
  'dd/MM/yyyy',
  'dd/MM/yyyy HH:mm:ss',
  'yyyy/MM/dd',
  'yyyy/MM/dd HH:mm:ss',
  'epochSeconds',
  'epochMilliseconds',
] as const
export type WrittenForm = (typeof writtenForms)[number]

/** Null for anything but an existing date in exactly this form. */
export function dateIn(value: unknown, form: ReadForm): LocalDate | null {
  if (form === 'epochSeconds' || form === 'epochMilliseconds')
    return dateOfEpoch(value, form === 'epochSeconds' ? 1000 : 1)
  if (typeof value !== 'string') return null
  switch (form) {
    case 'isoInstant':
      return dateOfInstant(value)
    case 'localDate':
      return existing(value)
    case 'localDateTime':
      return existing(localDateTime.exec(value)?.[1])
    case 'dd/MM/yyyy':
      return dayFirst(dayMonthYear.exec(value))
    case 'dd/MM/yyyy HH:mm:ss':
      return dayFirst(dayMonthYearTime.exec(value))
    case 'yyyy/MM/dd':
      return yearFirst(yearMonthDay.exec(value))
    case 'yyyy/MM/dd HH:mm:ss':
      return yearFirst(yearMonthDayTime.exec(value))
    case '/Date(…)/':
      // An offset behind the milliseconds says where they were counted, and moves nothing.
      return dateOfEpoch(/^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(value)?.[1], 1)
  }
}

export function writeDate(
  date: LocalDate,
  form: WrittenForm,
  second: 'first' | 'last' = 'first',
): string {
  const [year, month, day] = date.split('-')
  const time = second === 'first' ? '00:00:00' : '23:59:59'
  const instant = second === 'first' ? startOfDay(date) : new Date(endOfDay(date).getTime() - 1000)
  switch (form) {
    case 'iso':
      return date
    case 'isoInstant':
      return instant.toISOString().replace('.000Z', 'Z')
    case 'localDateTime':
      return `${date}T${time}`
    case 'dd/MM/yyyy':
      return `${day}/${month}/${year}`
    case 'dd/MM/yyyy HH:mm:ss':
      return `${day}/${month}/${year} ${time}`
    case 'yyyy/MM/dd':
      return `${year}/${month}/${day}`
    case 'yyyy/MM/dd HH:mm:ss':
      return `${year}/${month}/${day} ${time}`
    case 'epochSeconds':
      return String(instant.getTime() / 1000)
    case 'epochMilliseconds':
      return String(instant.getTime())
  }
}

const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?'
const wholeClock = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d'
const localDateTime = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})[T ]${clock}$`)
const instant = new RegExp(
  `^(\\d{4}-\\d{2}-\\d{2})[T ](${clock}) ?(?:Z|([+-])([01]\\d|2[0-3])(?::?([0-5]\\d))?)$`,
)
const dayMonthYear = /^(\d{2})\/(\d{2})\/(\d{4})$/
const dayMonthYearTime = new RegExp(`^(\\d{2})/(\\d{2})/(\\d{4}) ${wholeClock}$`)
const yearMonthDay = /^(\d{4})\/(\d{2})\/(\d{2})$/
const yearMonthDayTime = new RegExp(`^(\\d{4})/(\\d{2})/(\\d{2}) ${wholeClock}$`)

function dayFirst(found: RegExpExecArray | null): LocalDate | null {
  return found && existing(`${found[3]}-${found[2]}-${found[1]}`)
}

function yearFirst(found: RegExpExecArray | null): LocalDate | null {
  return found && existing(`${found[1]}-${found[2]}-${found[3]}`)
}

/** Without a zone an instant is no instant; 17:00Z is the next day in Vietnam. */
function dateOfInstant(value: string): LocalDate | null {
  const [, date = '', time, sign, hours = '0', minutes = '0'] = instant.exec(value) ?? []
  if (!isLocalDate(date)) return null
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  return dateAt(Date.parse(`${date}T${time}Z`) - offsetMinutes * 60_000)
}

function dateOfEpoch(value: unknown, unitMs: number): LocalDate | null {
  const count = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) ? dateAt(count * unitMs) : null
}

function dateAt(ms: number): LocalDate | null {
  return Math.abs(ms) < 8e15 ? existing(localDateOf(new Date(ms))) : null
}

function existing(date: string | undefined): LocalDate | null {
  return date !== undefined && isLocalDate(date) && !date.startsWith('0000') ? date : null
}
