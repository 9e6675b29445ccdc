import { describe, expect, it } from 'vitest'
import { addDays } from '#src/domain/local-date.ts'
import { isDueAgain, listingHoldsDays, stretchesOf } from '#src/domain/rotation.ts'

describe('older days in stretches', () => {
  it.each([
    ['2026-01-01', '2026-01-01', 0],
    ['2026-01-01', '2026-01-07', 0],
    ['2026-01-01', '2026-01-08', 1],
    ['2026-01-01', '2026-01-20', 2],
    ['2026-06-01', '2026-01-01', 0],
  ])('from %s, over before %s, are %i whole weeks', (first, before, n) => {
    expect(stretchesOf(first, before, 7)).toHaveLength(n)
  })
})

it('each has one turn in 28 days, and none goes without a listing for longer than it holds', () => {
  for (let n = 0; n < 60; n++) {
    let listed = '2026-01-01'
    const turns: string[] = []
    for (let day = 1; day <= 200; day++) {
      const today = addDays('2026-01-01', day)
      if (isDueAgain(n, listed, today)) {
        listed = today
        turns.push(today)
      }
      expect(addDays(listed, listingHoldsDays) > today).toBe(true)
    }
    expect(turns.length).toBeGreaterThanOrEqual(7)
    expect(turns.length).toBeLessThanOrEqual(8)
  }
})

it('they are spread evenly over the days', () => {
  const due = (today: string) =>
    Array.from({ length: 280 }, (_, n) => n).filter((n) => isDueAgain(n, addDays(today, -1), today))
  for (let day = 0; day < 28; day++) expect(due(addDays('2026-05-01', day))).toHaveLength(10)
})

it('what was never listed is due, and a turn that was missed is made up once', () => {
  expect(isDueAgain(3, null, '2026-01-01')).toBe(true)
  const days = Array.from({ length: 28 }, (_, day) => addDays('2026-03-01', day))
  for (const today of days) {
    expect(isDueAgain(5, addDays(today, -40), today)).toBe(true)
    expect(isDueAgain(5, today, today)).toBe(false)
  }
})
