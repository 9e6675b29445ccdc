import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWorkingDay, readCalendar } from '#src/domain/calendar.ts'
import { deadline, isMissed } from '#src/domain/deadline.ts'
import type { Urgency } from '#src/domain/directive.ts'
import { addDays, localDateOf, startOfDay } from '#src/domain/local-date.ts'

interface Case {
  readonly id: string
  readonly issuedAt: string
  readonly urgency: Urgency
  readonly deadlineDate: string
}

const cases: Case[] = readJson('../fixtures/deadline-cases.json')
const calendar = readCalendar(readJson('../../config/calendar/vietnam.json'))
const due = (issuedOn: string, urgency: Urgency) => deadline(issuedOn, urgency, calendar)

describe('the deadline of Điều 8', () => {
  it.each(cases)('$id: $urgency, issued $issuedAt, is due on $deadlineDate', (row) => {
    expect(due(localDateOf(new Date(row.issuedAt)), row.urgency).deadlineDate).toBe(
      row.deadlineDate,
    )
  })

  it('does not depend on the time zone of the process', () => {
    const answers = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'].map((TZ) =>
      deadlinesUnder(TZ),
    )
    for (const answer of answers) expect(answer).toEqual(cases.map((row) => row.deadlineDate))
  })

  it('is the issue date itself for flash, for an unreadable urgency and for what must be done at once', () => {
    for (const sunday of ['2024-03-10', '2026-02-17']) {
      expect(due(sunday, 'flash').deadlineDate).toBe(sunday)
      expect(due(sunday, 'unreadable').deadlineDate).toBe(sunday)
      expect(deadline(sunday, 'normal', calendar, { actAtOnce: true }).deadlineDate).toBe(sunday)
    }
  })

  it('is the same for normal, urgent and very urgent', () => {
    everyDay((day) => {
      expect(due(day, 'urgent')).toEqual(due(day, 'normal'))
      expect(due(day, 'veryUrgent')).toEqual(due(day, 'normal'))
    })
  })

  it('is a working day with exactly one other working day after the issue date and before it', () => {
    everyDay((day) => {
      const { deadlineDate } = due(day, 'normal')
      expect(isWorkingDay(calendar, deadlineDate)).toBe(true)
      expect(workingDaysBetween(day, deadlineDate)).toBe(2)
    })
  })

  it('never comes earlier for what was issued later', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(400), anyUrgency, (day, later, urgency) => {
        const first = due(day, urgency).deadlineDate
        expect(due(addDays(day, later), urgency).deadlineDate >= first).toBe(true)
      }),
    )
  })

  it('is never later for flash than for normal', () => {
    everyDay((day) =>
      expect(due(day, 'flash').deadlineDate < due(day, 'normal').deadlineDate).toBe(true),
    )
  })

  it('does not move with the time of day', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(86_399_999), anyUrgency, (day, ms, urgency) => {
        const issuedAt = new Date(startOfDay(day).getTime() + ms)
        expect(due(localDateOf(issuedAt), urgency)).toEqual(due(day, urgency))
      }),
    )
  })

  it('names the calendar it was computed with', () => {
    expect(due('2026-11-23', 'normal').calendarVersion).toBe(calendar.version)
  })

  it.each<[string, Urgency, boolean]>([
    ['2026-12-28', 'normal', true],
    ['2026-12-29', 'normal', true],
    ['2026-12-30', 'normal', false],
    ['2026-12-31', 'normal', false],
    ['2015-12-31', 'normal', true],
    ['2015-12-30', 'normal', false],
    ['2026-12-31', 'flash', true],
    ['2027-01-01', 'flash', false],
    ['2029-06-01', 'normal', false],
  ])('issued %s, %s, is confirmed: %s', (issuedOn, urgency, confirmed) => {
    expect(due(issuedOn, urgency).confirmed).toBe(confirmed)
  })
})

describe('a deadline is missed', () => {
  const { deadlineAt } = due('2024-03-04', 'normal')

  it('from 24:00 Vietnam time of its date on, and not a millisecond before', () => {
    expect(deadlineAt.toISOString()).toBe('2024-03-06T17:00:00.000Z')
    expect(isMissed(deadlineAt, new Date('2024-03-06T23:59:59.999+07:00'))).toBe(false)
    expect(isMissed(deadlineAt, new Date('2024-03-07T00:00:00.000+07:00'))).toBe(true)
  })

  it('never on its own date', () => {
    fc.assert(
      fc.property(anyDay, anyUrgency, fc.nat(86_399_999), (day, urgency, ms) => {
        const { deadlineDate, deadlineAt: end } = due(day, urgency)
        expect(isMissed(end, new Date(startOfDay(deadlineDate).getTime() + ms))).toBe(false)
      }),
    )
  })
})

const anyDay = fc.nat(6000).map((days) => addDays('2015-01-01', days))
const anyUrgency = fc.constantFrom<Urgency>('normal', 'urgent', 'veryUrgent', 'flash', 'unreadable')

/** Exhaustive where it is cheap: every day of the years with data, and some of those around them. */
function everyDay(claim: (day: string) => void): void {
  for (let day = '2015-06-01'; day < '2028-06-01'; day = addDays(day, 1)) claim(day)
}

function workingDaysBetween(issuedOn: string, deadlineDate: string): number {
  let count = 0
  for (let day = addDays(issuedOn, 1); day <= deadlineDate; day = addDays(day, 1))
    if (isWorkingDay(calendar, day)) count++
  return count
}

/** In a process of its own, because the zone of a running one cannot be relied on to change. */
function deadlinesUnder(TZ: string): string[] {
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).pathname)
  const script = `
    import { readFileSync } from 'node:fs'
    import { readCalendar } from ${at('../../src/domain/calendar.ts')}
    import { deadline } from ${at('../../src/domain/deadline.ts')}
    import { localDateOf } from ${at('../../src/domain/local-date.ts')}
    const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
    const calendar = readCalendar(read(${at('../../config/calendar/vietnam.json')}))
    const answers = read(${at('../fixtures/deadline-cases.json')}).map(({ issuedAt, urgency }) =>
      deadline(localDateOf(new Date(issuedAt)), urgency, calendar).deadlineDate)
    console.log(JSON.stringify({ offset: new Date(0).getTimezoneOffset(), answers }))`
  const { offset, answers } = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    }),
  )
  expect(offset === 0, 'the zone took effect').toBe(TZ === 'UTC')
  return answers
}

function readJson(path: string) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}
