import { fold, isTooMuch } from './letters.ts'
import { unwrappedReadings } from './transfer-encoding.ts'

/**
 * A part of a symbol, or of a number, that abbreviates a degree of secrecy: `-M`, `/M`, `(M)`, `-TM`, `-TuM`. The
 * law knows none, offices write them (docs/law.md#what-the-law-does-not-say). M counts wherever it stands alone, and
 * so does TuM; TM, which units also use, only as the last letters of the symbol or before a slash (`05-TM/UBND`).
 */
export function secretSuffix(symbol: string, harmless: readonly string[]): boolean {
  if (isTooMuch(symbol)) return false
  const listed = new Set(harmless.map((suffix) => partsOf(suffix).at(-1)?.suffix))
  return [symbol, ...unwrappedReadings(symbol)].some((reading) =>
    partsOf(reading).some(
      ({ letters, suffix, isLast }) =>
        (alwaysSecret.test(letters) || (letters === 'tm' && isLast)) && !listed.has(suffix),
    ),
  )
}

/**
 * The same in the name of a file that repeats its document's code, where `_` may stand for any sign: `780_UBND-M`,
 * `M_780`, `780(TM)`. In other names M is a size, a form or a metre.
 */
export function suffixInName(name: string, harmless: readonly string[]): boolean {
  if (isTooMuch(name)) return false
  // A name keeps brackets, and no other sign: `780_UBND-M` is of 780/UBND-M.
  const listed = new Set(
    harmless.map((suffix) =>
      partsOf(suffix)
        .at(-1)
        ?.suffix.replace(/^[^\p{L}(]/u, ''),
    ),
  )
  const names = [name, ...unwrappedReadings(name)]
  const stems = names.map((one) => one.replace(/(?:\.[A-Za-z0-9]{1,6}){1,2}$/, ''))
  return [...names, ...stems].some((one) => {
    const printed = fold(one).printed.trim()
    return namePatterns.some((pattern) =>
      [...printed.matchAll(pattern)].some(
        ([found, letters = '']) =>
          !listed.has((/^[([{]/.exec(found) ? '(' : '') + letters.toLowerCase()),
      ),
    )
  })
}

const alwaysSecret =
  /^(?:m|mật|mat|t(?:u|y|uy)m|t(?:ối|uyệt|oi|uyet)m|t(?:ối|uyệt|oi|uyet)?m[ậa]t)$/

/** What a code in the name of a file begins with. */
const organ = '(?:UBND|HĐND|HDND)'
const kind = '(?:CV|VB|QĐ|QD|KH|CT|TB|PA|BC)'
const upToCode = `(?<=(?:\\d|${organ}(?:[-_/ ]\\p{L}+){0,5})[^\\p{L}\\p{N}]{1,3}`

const namePatterns = [
  /[([{]\s*(t?u?y?m)\s*[)\]}]/gi,
  /[-_/(](M)\)?$/g,
  /^(M)(?=[-_])/g,
  /^\d+ ?(m)$/gi,
  /^(m)$/gi,
  /(?<!\p{L})(T[uy]M|TuyM)(?!\p{L})/gu,
  new RegExp(`(?<![\\p{L}\\p{N}])(M)(?![\\p{L}\\p{N}])${upToCode}M)`, 'gu'),
  new RegExp(`(?<!\\p{L})(TUM|TYM|TUYM)(?!\\p{L})${upToCode}\\p{L}{3,4})`, 'gu'),
  new RegExp(`${organ}(?:[-_/ ]\\p{L}+){0,5}[-_/](TM)$`, 'gu'),
  new RegExp(`\\d[-_/ ]?(T?M)[-_/ ]+(?:${organ}|${kind})(?!\\p{L})`, 'gu'),
  new RegExp(`^(M)\\d+[-_/ ]*${organ}`, 'gu'),
  new RegExp(`(?<!\\p{L})${kind}[-_/ ](M)[-_/ ]?\\d`, 'giu'),
]

interface Part {
  readonly letters: string
  /** With the sign before it, `-m` or `(m`, as profiles list it. */
  readonly suffix: string
  /** The last letters of all, or before a slash. */
  readonly isLast: boolean
}

function partsOf(symbol: string): Part[] {
  const compact = fold(symbol).text.replace(/(?<=[^\p{L}\p{N}])\s+/gu, '')
  // `T&M` is one abbreviation.
  const letters = /(?<!\p{L})\p{L}{1,2}&\p{L}{1,2}(?!\p{L})|\p{L}+/gu
  return [...compact.matchAll(letters)].map(({ 0: letters, index }) => {
    const [sign = ''] = /[^\p{L}\p{N}\s]$/u.exec(compact.slice(Math.max(0, index - 2), index)) ?? []
    const isLast = /^[^\p{L}]*(?:$|[/\\\u2044\u2215])/u.test(compact.slice(index + letters.length))
    return { letters, suffix: (/[\p{Pd}\u2212]/u.test(sign) ? '-' : sign) + letters, isLast }
  })
}
