import { describe, expect, it } from 'vitest'
import {
  compare,
  type Held,
  type Known,
  type Registered,
  whyAbsent,
} from '#src/domain/reconciling.ts'

let line = 1
function registered(code: string, issuedOn: string, typeName: string | null = null): Registered {
  return { line: line++, code, codeNormalised: code, issuedOn, typeName }
}
function held(codeNormalised: string, issuedOn: string, document = codeNormalised): Held {
  return { document, codeNormalised, issuedOn }
}
const absentOf = (rows: readonly Registered[], store: readonly Held[]) =>
  compare(rows, store).absent.map(({ code, issuedOn }) => `${code} ${issuedOn}`)

describe('a register against the store', () => {
  it('misses the one of two of one number and year that is not there', () => {
    const rows = [registered('1/QĐ', '2025-03-01'), registered('1/QĐ', '2025-08-01')]
    expect(absentOf(rows, [held('1/QĐ', '2025-03-01')])).toEqual(['1/QĐ 2025-08-01'])
    expect(absentOf(rows, [held('1/QĐ', '2025-08-02')])).toEqual(['1/QĐ 2025-03-01'])
  })

  it('lets copies answer once', () => {
    const rows = [registered('2/QĐ', '2026-03-01'), registered('2/QĐ', '2026-06-01')]
    const copies = [held('2/QĐ', '2026-03-01', 'a'), held('2/QĐ', '2026-03-02', 'a')]
    expect(compare(rows, copies)).toMatchObject({ present: 1, datedOtherwise: [] })
    expect(absentOf(rows, copies)).toEqual(['2/QĐ 2026-06-01'])
  })

  it('takes the very day before the day beside it', () => {
    const rows = [registered('3/QĐ', '2026-03-02'), registered('3/QĐ', '2026-03-01')]
    const store = [held('3/QĐ', '2026-03-01', 'a'), held('3/QĐ', '2026-03-02', 'b')]
    expect(compare(rows, store)).toMatchObject({ present: 2, absent: [], datedOtherwise: [] })
  })

  it('is a day off at the turn of the year, and no more', () => {
    const rows = [registered('4/QĐ', '2026-01-01')]
    expect(absentOf(rows, [held('4/QĐ', '2025-12-31')])).toEqual([])
    expect(absentOf(rows, [held('4/QĐ', '2025-12-30')])).toEqual(['4/QĐ 2026-01-01'])
  })

  it('counts a row that says the same again, and lets it hide nothing', () => {
    const row = registered('5/QĐ', '2026-01-05')
    expect(compare([row, { ...row, line: 99 }], [])).toMatchObject({ repeated: 1, present: 0 })
  })
})

describe('why one is absent', () => {
  const known: Known = {
    importFrom: '2026-01-01',
    isInScope: (type) => type === 'Công văn',
    today: '2026-06-01',
    gaps: [{ from: '2026-02-01', until: '2026-02-03' }],
    readings: [
      { from: '2026-03-01', until: '2026-03-31', notEligible: 0, undecided: 0 },
      { from: '2026-03-01', until: '2026-04-30', notEligible: 3, undecided: 0 },
      { from: '2026-05-01', until: '2026-05-07', notEligible: 0, undecided: 1 },
    ],
    waitingUntil: ['2026-04-30'],
    listTellsAll: true,
  }

  it.each([
    ['2025-12-31', null, 'beforeImport'],
    ['2026-03-05', 'Giấy mời', 'typeOutOfScope'],
    ['2026-02-02', 'Công văn', 'notReadYet'],
    ['2026-06-01', null, 'notReadYet'],
    ['2026-04-28', null, 'mayWait'],
    ['2026-05-02', null, 'mayBeUndecided'],
    ['2026-03-05', null, 'neverListed'],
    ['2026-03-05', 'Công văn', 'neverListed'],
    // Waits are of the month before their deadline.
    ['2026-03-29', null, 'neverListed'],
    ['2026-05-20', null, 'notListedOrNotShown'],
  ])('%s %s: %s', (issuedOn, typeName, why) => {
    expect(whyAbsent(registered('1/QĐ', issuedOn, typeName), known)).toBe(why)
  })

  it('does not say that it was never listed where something may be kept back', () => {
    const row = registered('1/QĐ', '2026-03-05')
    expect(whyAbsent(row, { ...known, listTellsAll: false })).toBe('notListedOrNotShown')
    const [refusing] = known.readings.slice(1)
    expect(whyAbsent(row, { ...known, readings: [refusing!] })).toBe('notListedOrNotShown')
  })
})
