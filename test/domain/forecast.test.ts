import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isWorkingDay, readCalendar } from '#src/domain/calendar.ts'
import { forecast, paceSince } from '#src/domain/forecast.ts'
import { addDays, type LocalDate, startOfDay } from '#src/domain/local-date.ts'
import { shippedList } from '#test/support/working-days.ts'

const calendar = readCalendar(JSON.parse(readFileSync(shippedList, 'utf8')))
/** A Monday without a day off near it, before the Office opens. */
const today = '2026-07-20'
const morning = at(today, '07:00')
const noon = at(today, '12:00')
const evening = at(today, '17:00')

function at(day: LocalDate, time: string): Date {
  return new Date(`${day}T${time}:00+07:00`)
}

/** The midnight with which a legal deadline ends. */
function endOf(day: LocalDate): Date {
  return startOfDay(addDays(day, 1))
}

function dueOn(day: LocalDate, howMany: number): Date[] {
  return Array<Date>(howMany).fill(endOf(day))
}

/** As many on each of the last ten working days. */
function each(perDay: number, before: LocalDate = today): Map<LocalDate, number> {
  const days = new Map<LocalDate, number>()
  for (let back = 1; days.size < 10; back++) {
    const day = addDays(before, -back)
    if (isWorkingDay(calendar, day)) days.set(day, perDay)
  }
  return days
}

describe('which deadlines the present backlog will miss', () => {
  it('none, where the Office keeps pace', () => {
    expect(forecast(dueOn(today, 4), each(4), calendar, morning)).toEqual({
      perWorkingDay: 4,
      willMiss: 0,
      first: null,
    })
  })

  it('what is over the pace of a day, when it is due that day', () => {
    expect(forecast(dueOn(today, 7), each(4), calendar, morning)).toEqual({
      perWorkingDay: 4,
      willMiss: 3,
      first: endOf(today),
    })
  })

  it('by the mean of ten working days, also where most of them had nothing', () => {
    const uneven = new Map([
      ['2026-07-06', 15],
      ['2026-07-17', 5],
    ])
    expect(forecast(dueOn(today, 3), uneven, calendar, morning)).toMatchObject({
      perWorkingDay: 2,
      willMiss: 1,
    })
  })

  it('not by what was classified today, at weekends or longer ago', () => {
    const elsewhere = new Map([
      [today, 50],
      ['2026-07-18', 50],
      ['2026-07-03', 50],
    ])
    expect(forecast(dueOn(today, 3), elsewhere, calendar, morning).perWorkingDay).toBeNull()
    expect(paceSince(calendar, morning)).toEqual(startOfDay('2026-07-06'))
  })

  it('says nothing where nothing was classified: no pace, no forecast', () => {
    expect(forecast(dueOn(today, 3), new Map(), calendar, morning)).toEqual({
      perWorkingDay: null,
      willMiss: 0,
      first: null,
    })
  })

  it.each([
    ['as it opens', morning, 0],
    ['at noon, with half of the day left', noon, 2],
    ['as it closes', evening, 4],
  ] as const)('counts of today what is left of it: %s', (_when, now, willMiss) => {
    expect(forecast(dueOn(today, 4), each(4), calendar, now).willMiss).toBe(willMiss)
  })

  it('what is late already waits first, and is not counted as what will be', () => {
    const waiting = [...dueOn('2026-07-17', 3), ...dueOn(today, 2)]
    expect(forecast(waiting, each(4), calendar, morning)).toEqual({
      perWorkingDay: 4,
      willMiss: 1,
      first: endOf(today),
    })
  })

  it('a deadline that ends this moment is late, and no longer forecast', () => {
    const now = endOf(today)
    expect(forecast(dueOn(today, 9), each(4), calendar, now).willMiss).toBe(0)
  })

  it('works through the days in turn: a burst is carried into the days after', () => {
    const tuesday = addDays(today, 1)
    const wednesday = addDays(today, 2)
    const waiting = [...dueOn(today, 4), ...dueOn(tuesday, 6), ...dueOn(wednesday, 2)]
    expect(forecast(waiting, each(4), calendar, morning)).toEqual({
      perWorkingDay: 4,
      willMiss: 2,
      first: endOf(tuesday),
    })
  })

  it('gives no time on weekends and public holidays, and counts a Saturday worked in lieu', () => {
    const friday = '2026-08-28'
    const classified = each(4, friday)
    expect([...classified.keys()]).toContain('2026-08-22')
    const missed = ['2026-08-28', '2026-08-30', '2026-09-02', '2026-09-03'].map(
      (day) => forecast(dueOn(day, 100), classified, calendar, at(friday, '07:00')).willMiss,
    )
    expect(missed).toEqual([96, 96, 96, 92])
  })
})
