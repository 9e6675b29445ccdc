import { addDays, type LocalDate } from './local-date.ts'

/** What one quarterly report covers, both days included: from the day after the last report's last day. */
export interface Quarter {
  readonly name: string
  readonly from: LocalDate
  readonly until: LocalDate
}

/** Units report up to the 25th of the quarter's last month (QĐ 23/2016 Đ21.1); what comes after is the next report's. */
export const usualCutOff = 25

/** `2026-Q3` as 2026-06-26 to 2026-09-25; null where that is no quarter. */
export function quarterCalled(name: string, cutOff = usualCutOff): Quarter | null {
  const [, year = '', quarter = ''] = /^(\d{4})-Q([1-4])$/.exec(name) ?? []
  if (year === '') return null
  const lastDay = (y: number, q: number) =>
    `${y}-${String(q * 3).padStart(2, '0')}-${String(cutOff).padStart(2, '0')}`
  const [y, q] = [Number(year), Number(quarter)]
  const before = q === 1 ? lastDay(y - 1, 4) : lastDay(y, q - 1)
  return { name, from: addDays(before, 1), until: lastDay(y, q) }
}
