import { expect, it } from 'vitest'
import { type OpenAlert, occasionOf } from '#src/domain/alert.ts'
import { readCalendar } from '#src/domain/calendar.ts'
import { officeHoursBetween } from '#src/domain/office-hours.ts'

const minuteMs = 60_000
const began = new Date('2026-03-04T02:00:00Z')
const patience = { repeatMs: 240 * minuteMs, quietMs: 5 * minuteMs }
const after = (minutes: number) => new Date(began.getTime() + minutes * minuteMs)

function known(lastAfter: number, count = 1): OpenAlert {
  return { lastAt: after(lastAfter), toldAt: began, toldCount: count }
}

it.each([
  ['nothing is so and nobody was told', null, null, 0, null],
  ['it begins', null, 1, 0, 'raised'],
  ['it lasts', known(1), 1, 1, null],
  ['it lasts long', known(239), 1, 240, 'again'],
  ['it grows within a quarter of an hour', known(14), 2, 14, null],
  ['it grows', known(15), 2, 15, 'worse'],
  ['it shrinks', known(15, 3), 2, 15, null],
  ['it is away for a moment', known(10), null, 14, null],
  ['it has gone', known(10), null, 15, 'recovered'],
] as const)('says what is to be said when %s', (_when, alert, count, minutes, occasion) => {
  const condition = count === null ? null : { figures: { count } }
  expect(occasionOf(alert, condition, after(minutes), patience)).toBe(occasion)
})

const calendar = readCalendar({
  schema: 'vn-gov-working-days/1',
  generated: '2026-01-01',
  years: {
    2026: {
      off: [{ date: '2026-04-30' }],
      workedInLieu: [{ date: '2026-05-09' }],
      confidence: 'high',
    },
  },
})

it.each([
  ['a whole day', '2026-03-04T00:00+07:00', '2026-03-05T00:00+07:00', 7.5],
  ['a morning', '2026-03-04T08:00+07:00', '2026-03-04T12:00+07:00', 3.5],
  ['lunch', '2026-03-04T11:30+07:00', '2026-03-04T13:30+07:00', 0],
  ['a weekend', '2026-03-06T17:00+07:00', '2026-03-09T07:30+07:00', 0],
  ['from Friday to Monday', '2026-03-06T16:00+07:00', '2026-03-09T08:30+07:00', 2],
  ['a day off', '2026-04-30T00:00+07:00', '2026-05-01T00:00+07:00', 0],
  ['a Saturday worked in lieu', '2026-05-09T00:00+07:00', '2026-05-10T00:00+07:00', 7.5],
  ['backwards', '2026-03-05T00:00+07:00', '2026-03-04T00:00+07:00', 0],
])('counts the hours in which offices are open: %s', (_what, from, until, hours) => {
  expect(officeHoursBetween(calendar, new Date(from), new Date(until))).toBe(hours)
})
