/** Numbers per issuer, series and year, restarting on 1 January (NĐ 30/2020 Đ15.1), and how they are printed. */
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Draw } from './draw.ts'
import type { Wording } from './kinds.ts'

export interface Printed {
  readonly number: number | string
  readonly notation: string
}

/** Give the documents in order of their issue dates. */
export function numbering(draw: Draw, perWorkingDay: number) {
  const last = new Map<string, number>()
  let opened: string | null = null
  return (wording: Wording, issuedOn: LocalDate, ownSeries: boolean): Printed => {
    const year = issuedOn.slice(0, 4)
    const series = [wording.issuer, wording.typeCode, wording.normative, ownSeries, year].join('|')
    opened ??= year
    const before = year === opened ? numbersBefore(issuedOn, wording, ownSeries, perWorkingDay) : 0
    const started = last.get(series) ?? before
    // A number squeezed in behind another, `781a`.
    const squeezedIn = last.has(series) && draw.chance(0.004)
    const number = squeezedIn ? started : started + 1
    last.set(series, number)
    const text = `${String(number).padStart(2, '0')}${squeezedIn ? 'a' : ''}`
    return {
      number: squeezedIn || draw.chance(0.03) ? text : number,
      notation: notationOf(text, wording, year, draw),
    }
  }
}

/** What a register that opens in the middle of the year would have given out already. */
function numbersBefore(
  date: LocalDate,
  { typeCode, normative }: Wording,
  ownSeries: boolean,
  perWorkingDay: number,
): number {
  const daysGone = (Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / 86_400_000
  const share = ownSeries || normative ? 0.02 : typeCode === 'CV' || typeCode === 'QD' ? 0.3 : 0.05
  return Math.floor(daysGone * 0.69 * perWorkingDay * share)
}

function notationOf(number: string, wording: Wording, year: string, draw: Draw): string {
  const symbol = wording.normative ? `${year}/${wording.symbol}` : wording.symbol
  const usual = `${number}/${symbol}`
  if (wording.normative || !draw.chance(0.05)) return usual
  // As seen in print (wire §11.4).
  return draw.pick([
    `${number}/${symbol.replace('-', ' - ')}`,
    `${number}/${symbol.replace('-', '.')}`,
    `${number}\u2044${symbol}`,
    `${number}/${symbol.replace('-', '')}`,
    wording.typeCode === 'QD' ? `${usual}-HC` : usual,
  ])
}
