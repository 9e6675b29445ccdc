import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addWorkingDays, isConfirmed, isWorkingDay, readCalendar } from '#src/domain/calendar.ts'
import { addDays } from '#src/domain/local-date.ts'

const published: List = JSON.parse(
  readFileSync(new URL('../../config/calendar/vietnam.json', import.meta.url), 'utf8'),
)
const calendar = readCalendar(published)

describe('the published working days', () => {
  it('agree with the number of working days that each year states', () => {
    const years = Object.entries(published.years)
    expect(years).toHaveLength(12)
    for (const [year, { workingDays }] of years) expect(workingDaysIn(year)).toBe(workingDays)
  })

  it.each([
    ['2024-03-05', true, 'an ordinary Tuesday'],
    ['2024-03-09', false, 'an ordinary Saturday'],
    ['2018-12-31', false, 'a Monday given for a Saturday of the next year'],
    ['2019-01-05', true, 'that Saturday'],
    ['2024-05-04', true, 'a Saturday worked for 29 April'],
    ['2024-04-29', false, 'that 29 April'],
    ['2025-09-01', false, 'the second National Day'],
    ['2026-11-24', false, 'the day of culture, from 2026'],
    ['2025-11-24', true, 'the same day the year before'],
    ['2026-01-10', true, 'a Saturday worked for 2 January'],
    ['2026-08-22', true, 'a Saturday worked ahead of 31 August'],
  ])('%s is a working day: %s (%s)', (day, working) => {
    expect(isWorkingDay(calendar, day)).toBe(working)
  })

  it('are sure for 2016 to 2026, and for no year that is provisional, projected or unknown', () => {
    const sure = range(2014, 2031).filter((year) => isConfirmed(calendar, `${year}-06-01`))
    expect(sure).toEqual(range(2016, 2026))
  })

  it('are Monday to Friday, holidays or not, in a year without data', () => {
    for (const day of ['2028-01-03', '2028-05-02', '2015-09-02'])
      expect(isWorkingDay(calendar, day)).toBe(true)
    expect(isWorkingDay(calendar, '2028-01-01')).toBe(false)
  })

  it('are counted one after the other, the first day left out', () => {
    fc.assert(
      fc.property(anyDay(), fc.integer({ min: 1, max: 30 }), (day, count) => {
        const reached = addWorkingDays(calendar, day, count)
        expect(daysAfter(day, reached).filter((one) => isWorkingDay(calendar, one))).toHaveLength(
          count,
        )
        expect(isWorkingDay(calendar, reached)).toBe(true)
      }),
    )
  })
})

describe('the version of a calendar', () => {
  it('names form and date', () => {
    expect(calendar.version).toMatch(/^vn-gov-working-days\/1@2026-11-22\+[0-9a-f]{8}$/)
  })

  it('changes with every day, even when the date of the list was not touched', () => {
    const versions = [
      calendar.version,
      edited((list) => list.years['2026']!.off.pop()).version,
      edited((list) => list.years['2026']!.off.push({ date: '2026-12-28' })).version,
      edited((list) => list.years['2027']!.workedInLieu.push({ date: '2027-02-20' })).version,
      edited((list) => Object.assign(list.years['2027']!, { confidence: 'high' })).version,
    ]
    expect(new Set(versions).size).toBe(versions.length)
  })

  it('stays when only the words or the order changed', () => {
    const reworded = edited((list) => {
      list.years['2026']!.off.reverse()
      list.years['2026']!.confidenceNote = 'seen in print'
    })
    expect(reworded.version).toBe(calendar.version)
  })
})

describe('a list that cannot be right is refused, with the place', () => {
  it.each<[string, (list: List) => unknown, RegExp]>([
    ['another form', (list) => Object.assign(list, { schema: 'v2' }), /schema is not/],
    ['no years', (list) => Object.assign(list, { years: null }), /years is not an object/],
    [
      'no date of its own',
      (list) => Object.assign(list, { generated: 'today' }),
      /generated has "today"/,
    ],
    [
      'a year that is none',
      (list) => Object.assign(list.years, { next: {} }),
      /"next".*not a year/,
    ],
    [
      'a date that does not exist',
      push('off', { date: '2026-02-30' }),
      /2026\.off has "2026-02-30"/,
    ],
    ['a date of another year', push('off', { date: '2025-12-31' }), /2026\.off has 2025-12-31/],
    [
      'a wrong weekday',
      push('off', { date: '2026-12-28', weekday: 'Tue' }),
      /calls 2026-12-28 a Tue.*Mon/,
    ],
    ['a day listed twice', push('off', { date: '2026-01-01' }), /2026\.off has 2026-01-01 twice/],
    [
      'a worked day in the week',
      push('workedInLieu', { date: '2026-12-28' }),
      /2026-12-28.*not a Saturday/,
    ],
    [
      'a worked day listed as off',
      (list) => {
        push('off', { date: '2026-12-26' })(list)
        push('workedInLieu', { date: '2026-12-26' })(list)
      },
      /2026-12-26 is listed both/,
    ],
    [
      'half a swap',
      push('workedInLieu', { date: '2026-12-26', swappedWith: '2026-12-28' }),
      /in lieu of 2026-12-28/,
    ],
    [
      'days off that are no list',
      (list) => Object.assign(list.years['2026']!, { off: {} }),
      /2026\.off is not a list/,
    ],
    [
      'an unknown confidence',
      (list) => Object.assign(list.years['2026']!, { confidence: 'hihg' }),
      /2026 has no confidence/,
    ],
  ])('%s', (_what, edit, message) => {
    expect(() => edited(edit)).toThrow(message)
  })

  it.each([null, [], 'calendar', 7])('what is not a list at all: %j', (raw) => {
    expect(() => readCalendar(raw)).toThrow('the calendar is not an object')
  })
})

interface List {
  schema: string
  generated: string
  years: Record<string, Year>
}

interface Year {
  off: object[]
  workedInLieu: object[]
  confidence: string
  confidenceNote: string
  workingDays: number
}

function edited(edit: (list: List) => unknown) {
  const list = structuredClone(published)
  edit(list)
  return readCalendar(list)
}

function push(where: 'off' | 'workedInLieu', entry: object) {
  return (list: List) => list.years['2026']![where].push(entry)
}

function workingDaysIn(year: string): number {
  return daysAfter(`${Number(year) - 1}-12-31`, `${year}-12-31`).filter((day) =>
    isWorkingDay(calendar, day),
  ).length
}

function daysAfter(first: string, last: string): string[] {
  const days: string[] = []
  for (let day = addDays(first, 1); day <= last; day = addDays(day, 1)) days.push(day)
  return days
}

function anyDay() {
  return fc.integer({ min: 0, max: 6000 }).map((days) => addDays('2015-01-01', days))
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
