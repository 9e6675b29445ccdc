import { describe, expect, it } from 'vitest'
import { dateIn, type ReadForm, type WrittenForm, writeDate } from '#src/domain/written-date.ts'

describe('a date as a far system writes it', () => {
  const table: [unknown, ReadForm, string | null][] = [
    ['2026-03-02T00:00:00+07:00', 'isoInstant', '2026-03-02'],
    ['2026-03-02T00:00:00+0700', 'isoInstant', '2026-03-02'],
    ['2026-03-02T00:00:00+07', 'isoInstant', '2026-03-02'],
    ['2026-03-02 00:00:00+07:00', 'isoInstant', '2026-03-02'],
    ['2026-03-02 17:00:00 Z', 'isoInstant', '2026-03-03'],
    ['2026-03-01T23:30-0530', 'isoInstant', '2026-03-02'],
    ['2026-03-02T17:00:00Z', 'isoInstant', '2026-03-03'],
    ['2026-03-02T16:59:59.999Z', 'isoInstant', '2026-03-02'],
    ['2026-03-02T16:59:59.9999999Z', 'isoInstant', '2026-03-02'],
    ['2026-03-02T00:00:00', 'isoInstant', null],
    ['2026-03-02T00:00:00+7', 'isoInstant', null],
    ['2026-03-02T00:00:00+24:00', 'isoInstant', null],
    ['2026-02-30T00:00:00+07:00', 'isoInstant', null],
    ['2026-03-02T24:00:00Z', 'isoInstant', null],
    ['2026-03-02', 'isoInstant', null],
    ['2026-11-27T00:00:00', 'localDateTime', '2026-11-27'],
    ['2026-11-27T23:59:59.9999999', 'localDateTime', '2026-11-27'],
    ['2026-11-27 08:15', 'localDateTime', '2026-11-27'],
    ['2026-11-27T00:00:00Z', 'localDateTime', null],
    ['2026-11-31T00:00:00', 'localDateTime', null],
    ['2026-03-02', 'localDate', '2026-03-02'],
    ['2026-02-29', 'localDate', null],
    ['2026-3-2', 'localDate', null],
    ['0000-03-02', 'localDate', null],
    ['04/09/2025', 'dd/MM/yyyy', '2025-09-04'],
    ['31/04/2025', 'dd/MM/yyyy', null],
    ['2025/09/04', 'dd/MM/yyyy', null],
    ['', 'dd/MM/yyyy', null],
    ['04/09/2025 23:59:59', 'dd/MM/yyyy HH:mm:ss', '2025-09-04'],
    ['04/09/2025', 'dd/MM/yyyy HH:mm:ss', null],
    ['2025/09/04', 'yyyy/MM/dd', '2025-09-04'],
    ['2025/09/04 07:00:00', 'yyyy/MM/dd HH:mm:ss', '2025-09-04'],
    ['2025/09/04 24:00:00', 'yyyy/MM/dd HH:mm:ss', null],
    [1_764_262_800, 'epochSeconds', '2025-11-28'],
    ['1764262799', 'epochSeconds', '2025-11-27'],
    [1_764_262_800_000, 'epochMilliseconds', '2025-11-28'],
    [1_764_262_800_000, 'epochSeconds', null],
    [1_764_262_800.5, 'epochSeconds', null],
    [Number.MAX_SAFE_INTEGER, 'epochMilliseconds', null],
    [null, 'epochSeconds', null],
    [true, 'epochMilliseconds', null],
    ['/Date(1764262800000)/', '/Date(…)/', '2025-11-28'],
    ['/Date(1764262799999+0700)/', '/Date(…)/', '2025-11-27'],
    ['/Date(-62135596800000)/', '/Date(…)/', '0001-01-01'],
    ['Date(1764262800000)', '/Date(…)/', null],
  ]
  it.each(table)('%s as %s is %s', (written, form, expected) => {
    expect(dateIn(written, form)).toBe(expected)
  })
})

describe('a day that is asked for', () => {
  const table: [WrittenForm, string, string][] = [
    ['iso', '2026-03-02', '2026-03-02'],
    ['isoInstant', '2026-03-01T17:00:00Z', '2026-03-02T16:59:59Z'],
    ['localDateTime', '2026-03-02T00:00:00', '2026-03-02T23:59:59'],
    ['dd/MM/yyyy', '02/03/2026', '02/03/2026'],
    ['dd/MM/yyyy HH:mm:ss', '02/03/2026 00:00:00', '02/03/2026 23:59:59'],
    ['yyyy/MM/dd', '2026/03/02', '2026/03/02'],
    ['yyyy/MM/dd HH:mm:ss', '2026/03/02 00:00:00', '2026/03/02 23:59:59'],
    ['epochSeconds', '1772384400', '1772470799'],
    ['epochMilliseconds', '1772384400000', '1772470799000'],
  ]
  it.each(table)('is written %s from %s to %s', (form, from, until) => {
    expect(writeDate('2026-03-02', form)).toBe(from)
    expect(writeDate('2026-03-02', form, 'last')).toBe(until)
  })
})
