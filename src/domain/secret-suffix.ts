import { fold, isTooMuch } from './letters.ts'
import { unwrappedReadings } from './transfer-encoding.ts'

/**
 * A part of a symbol, or of a number, that abbreviates a degree of secrecy: `-M`, `/M`, `(M)`, `-TM`, `-TuM`. The
 * law knows none, offices write them (docs/law.md#what-the-law-does-not-say). M counts wherever it stands alone, and
 * so does TuM; TM, which units also use, only as the last letters of the symbol or before a slash (`05-TM/UBND`).
 */
export function secretSuffix(symbol: string, harmless: readonly string[]): boolean {
  if (isTooMuch(symbol)) return false
  const listed = new Set(harmless.map((suffix) => suffixPartsOf(suffix).at(-1)?.suffix))
  return [symbol, ...unwrappedReadings(symbol)].some((reading) =>
    suffixPartsOf(reading).some(
      ({ letters, suffix, isLast }) =>
        (alwaysSecret.test(letters) || (letters === 'tm' && isLast)) && !listed.has(suffix),
    ),
  )
}

const alwaysSecret =
  /^(?:m|mật|mat|t(?:u|y|uy)m|t(?:ối|uyệt|oi|uyet)m|t(?:ối|uyệt|oi|uyet)?m[ậa]t)$/

interface Part {
  readonly letters: string
  /** With the sign before it, `-m` or `(m`, as profiles list it. */
  readonly suffix: string
  /** The last letters of all, or before a slash. */
  readonly isLast: boolean
}

export function suffixPartsOf(symbol: string): Part[] {
  const compact = fold(symbol).text.replace(/(?<=[^\p{L}\p{N}])\s+/gu, '')
  // `T&M` is one abbreviation.
  const letters = /(?<!\p{L})\p{L}{1,2}&\p{L}{1,2}(?!\p{L})|\p{L}+/gu
  return [...compact.matchAll(letters)].map(({ 0: letters, index }) => {
    const [sign = ''] = /[^\p{L}\p{N}\s]$/u.exec(compact.slice(Math.max(0, index - 2), index)) ?? []
    const isLast = /^[^\p{L}]*(?:$|[/\\\u2044\u2215])/u.test(compact.slice(index + letters.length))
    return { letters, suffix: (/[\p{Pd}\u2212]/u.test(sign) ? '-' : sign) + letters, isLast }
  })
}
