import { describe, expect, it } from 'vitest'
import { type Before, type Coming, clockAfter, doubtOf } from '#src/domain/doubted-clock.ts'

describe('a day of issue', () => {
  const at = { today: '2026-11-28', importFrom: '2026-01-01' }
  it.each([
    ['today', '2026-11-28', null],
    ['three days ahead', '2026-12-01', null],
    ['four days ahead', '2026-12-02', 'issuedAhead'],
    ['of the Buddhist year', '2569-11-27', 'issuedAhead'],
    ['with two digits exchanged', '2062-11-27', 'issuedAhead'],
    ['with its day and month exchanged', '2026-12-11', 'issuedAhead'],
    ['of the last year there is', '9999-12-31', 'issuedAhead'],
    ['a little older than the import', '2025-12-31', null],
    ['a year older than the import', '2025-01-01', null],
    ['more than a year older', '2024-12-31', 'issuedLongBefore'],
    ['of the beginning of a clock', '1970-01-01', 'issuedLongBefore'],
    ['with a digit lost', '0206-11-27', 'issuedLongBefore'],
    ['of the year 1', '0001-01-01', 'issuedLongBefore'],
  ])('%s', (_, day, doubt) => {
    expect(doubtOf(day, at)).toBe(doubt)
  })
})

describe('the clock when a source changes what it says', () => {
  const before: Before = {
    ...{ issuedOn: '2026-11-27', sameDay: false, deadlineDate: '2026-12-01', runs: true },
    doubted: null,
  }
  const coming = (issuedOn: string, deadlineDate: string, more: Partial<Coming> = {}): Coming => ({
    ...{ issuedOn, deadlineDate, sameDay: false, doubt: null },
    ...more,
  })
  const kept = { from: '2026-11-27', sameDay: false }
  const open = {
    ...{ doubt: 'deadlineMoves' as const, issuedOn: '2026-07-11', settled: null, kept },
  } satisfies Before['doubted']

  it.each<[string, Partial<Before>, Coming, unknown]>([
    [
      'follows a correction of a day',
      {},
      coming('2026-11-26', '2026-11-30'),
      { runs: 'coming', doubted: null },
    ],
    [
      'goes on where the day cannot be believed',
      {},
      coming('2062-11-27', '2026-11-28', { doubt: 'issuedAhead' }),
      { runs: 'before', doubted: { doubt: 'issuedAhead', kept, otherDeadline: null } },
    ],
    [
      'is that of the day when it becomes flash as well',
      {},
      coming('2062-11-27', '2026-11-28', { doubt: 'issuedAhead', sameDay: true }),
      {
        runs: 'coming',
        doubted: {
          ...{ doubt: 'issuedAhead', otherDeadline: null },
          kept: { from: '2026-11-28', sameDay: true },
        },
      },
    ],
    [
      'is the earlier one when it would move back far',
      {},
      coming('2026-07-11', '2026-07-14'),
      { runs: 'coming', doubted: { doubt: 'deadlineMoves', kept, otherDeadline: '2026-12-01' } },
    ],
    [
      'is the earlier one when it would move on far',
      { issuedOn: '2026-07-11', deadlineDate: '2026-07-14' },
      coming('2026-11-27', '2026-12-01'),
      {
        runs: 'before',
        doubted: {
          ...{ doubt: 'deadlineMoves', otherDeadline: '2026-12-01' },
          kept: { from: '2026-07-11', sameDay: false },
        },
      },
    ],
    [
      'stays while the same day is stated',
      { issuedOn: '2026-07-11', deadlineDate: '2026-07-14', doubted: open },
      coming('2026-07-11', '2026-07-14'),
      { runs: 'before', doubted: 'asBefore' },
    ],
    [
      'is asked about no more when the day is taken back',
      { issuedOn: '2026-07-11', deadlineDate: '2026-07-14', doubted: open },
      coming('2026-11-27', '2026-12-01'),
      { runs: 'coming', doubted: null },
    ],
    [
      'stays as a person said',
      { issuedOn: '2026-07-11', doubted: { ...open, settled: 'kept' } },
      coming('2026-07-11', '2026-07-14'),
      { runs: 'before', doubted: 'asBefore' },
    ],
    [
      'is asked about again for another day',
      { issuedOn: '2026-07-11', doubted: { ...open, settled: 'kept' } },
      coming('2026-08-11', '2026-08-13'),
      { runs: 'coming', doubted: { doubt: 'deadlineMoves', kept, otherDeadline: '2026-12-01' } },
    ],
    [
      'moves at will where none runs',
      { runs: false },
      coming('2026-07-11', '2026-07-14'),
      { runs: 'coming', doubted: null },
    ],
  ])('%s', (_, had, now, after) => {
    expect(clockAfter({ ...before, ...had }, now)).toEqual(after)
  })
})
