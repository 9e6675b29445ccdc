import { addDays, isLocalDate, type LocalDate, weekdayOf } from './local-date.ts'

/**
 * The days off and the Saturdays worked in lieu that the Prime Minister publishes year by year. Data with a
 * version, never an algorithm: swaps have been announced as little as eight days ahead.
 */
export interface WorkingCalendar {
  /**
   * Kept with every deadline computed from it: form, date of the list, and a fingerprint of what decides. A day
   * put in by hand changes it, also when whoever did so forgot the date; a reworded reason does not.
   */
  readonly version: string
  readonly off: ReadonlySet<LocalDate>
  readonly workedInLieu: ReadonlySet<LocalDate>
  /** Years whose list is published and sure; a deadline that reaches any other year is flagged. */
  readonly confirmedYears: ReadonlySet<number>
}

const schema = 'vn-gov-working-days/1'
const confidences = ['high', 'medium', 'low']
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Takes the published list as parsed JSON; throws one sentence that says what is wrong and where. */
export function readCalendar(raw: unknown): WorkingCalendar {
  const list = record(raw, 'the calendar')
  if (list.schema !== schema)
    throw new Error(`its schema is not ${schema}. Use a list of that form.`)
  const generated = date(list.generated, 'generated')
  const off = new Set<LocalDate>()
  const workedInLieu = new Set<LocalDate>()
  const confirmedYears = new Set<number>()
  const years = new Set<string>()
  const swaps: [LocalDate, LocalDate][] = []
  for (const [year, value] of Object.entries(record(list.years, 'years'))) {
    if (!/^\d{4}$/.test(year))
      throw new Error(`years has "${year.slice(0, 20)}", which is not a year.`)
    const { off: daysOff, workedInLieu: daysWorked, confidence } = record(value, `year ${year}`)
    for (const entry of entries(daysOff, `${year}.off`))
      addOnce(off, dayOf(entry, year, `${year}.off`), `${year}.off`)
    for (const entry of entries(daysWorked, `${year}.workedInLieu`)) {
      const day = dayOf(entry, year, `${year}.workedInLieu`)
      if (!isWeekend(day))
        throw new Error(`${year}.workedInLieu has ${day}, which is not a Saturday or Sunday.`)
      addOnce(workedInLieu, day, `${year}.workedInLieu`)
      if (entry.swappedWith !== undefined)
        swaps.push([day, date(entry.swappedWith, `${year}.workedInLieu`)])
    }
    if (!confidences.includes(confidence as string))
      throw new Error(`year ${year} has no confidence. Write one of ${confidences.join(', ')}.`)
    if (confidence === 'high') confirmedYears.add(Number(year))
    years.add(year)
  }
  for (const day of workedInLieu)
    if (off.has(day)) throw new Error(`${day} is listed both as off and as worked.`)
  // Half a swap would give an office a day too many or too few.
  for (const [worked, free] of swaps)
    if (years.has(free.slice(0, 4)) && !off.has(free))
      throw new Error(`${worked} is worked in lieu of ${free}, which is not listed as off.`)
  const decides = [off, workedInLieu, confirmedYears].map((days) => [...days].sort().join())
  const version = `${schema}@${generated}+${fingerprint(decides.join('|'))}`
  return { version, off, workedInLieu, confirmedYears }
}

/** Monday to Friday and not published as off, or a weekend day published as worked. */
export function isWorkingDay(calendar: WorkingCalendar, day: LocalDate): boolean {
  return isWeekend(day) ? calendar.workedInLieu.has(day) : !calendar.off.has(day)
}

/** The `count`th working day after `day`, which is not counted itself. */
export function addWorkingDays(
  calendar: WorkingCalendar,
  day: LocalDate,
  count: number,
): LocalDate {
  let reached = day
  for (let counted = 0; counted < count; ) {
    reached = addDays(reached, 1)
    if (isWorkingDay(calendar, reached)) counted++
  }
  return reached
}

/** Without a sure list the day is judged by its weekday alone, and whoever asks must say so. */
export function isConfirmed(calendar: WorkingCalendar, day: LocalDate): boolean {
  return calendar.confirmedYears.has(Number(day.slice(0, 4)))
}

function isWeekend(day: LocalDate): boolean {
  const weekday = weekdayOf(day)
  return weekday === 0 || weekday === 6
}

function dayOf(entry: Record<string, unknown>, year: string, where: string): LocalDate {
  const day = date(entry.date, where)
  if (!day.startsWith(year)) throw new Error(`${where} has ${day}, which lies in another year.`)
  if (entry.weekday !== undefined && entry.weekday !== weekdays[weekdayOf(day)]) {
    throw new Error(
      `${where} calls ${day} a ${String(entry.weekday).slice(0, 10)}, but it is a ${weekdays[weekdayOf(day)]}.`,
    )
  }
  return day
}

function addOnce(days: Set<LocalDate>, day: LocalDate, where: string): void {
  if (days.has(day)) throw new Error(`${where} has ${day} twice.`)
  days.add(day)
}

function date(value: unknown, where: string): LocalDate {
  if (typeof value === 'string' && isLocalDate(value)) return value
  throw new Error(
    `${where} has ${JSON.stringify(value)?.slice(0, 40)}, which is not a date YYYY-MM-DD.`,
  )
}

function entries(value: unknown, where: string): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new Error(`${where} is not a list.`)
  return value.map((entry) => record(entry, where))
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new Error(`${where} is not an object.`)
}

/** FNV-1a. Tells two lists apart; nobody gains by forging one. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/**
 * The list of working days that holds for every process, as it was when this one last looked. Whoever computes a
 * deadline from it takes it as any other list: between two looks it never changes.
 */
export interface CalendarInForce extends WorkingCalendar {
  /** Looks whether another list has come; true when it has. */
  follow(): Promise<boolean>
}
