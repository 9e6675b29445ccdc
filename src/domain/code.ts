/**
 * Số/ký hiệu. Print varies (`02/CĐ - UBND`, `12/CĐ.UBND`, `1478⁄CĐ-TTg`, `1961/QĐUBND`): it is kept as
 * printed, and compared in this form. Capitals throughout, because `QyĐ` and `QYĐ` are both printed; CTr
 * (chương trình) stays apart from CT (chỉ thị) by its R, QyĐ from QĐ by its Y.
 */
export function normaliseCode(code: string): string {
  const { number, symbol } = splitCode(code)
  return number === ''
    ? normaliseSymbol(symbol)
    : `${normaliseNumber(number)}/${normaliseSymbol(symbol)}`
}

/**
 * `780/UBND-NNMT` -> `780`, `UBND-NNMT`; `23/2016/QĐ-UBND` -> `23`, `2016/QĐ-UBND`; `1021-UBND-KT` -> `1021`, `UBND-KT`.
 * Words before the number (`TB số 193/TB-VP`) are left out, slashes and widths are made one. What has no number is all
 * symbol. The one reader of codes: every source is read by it.
 */
export function splitCode(code: string): { number: string; symbol: string } {
  const printed = code
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(slash, '/')
    .replace(/^[\s/.\p{Pd}\u2212]+/u, '')
    .trim()
  const [, number = '', symbol = printed] = numberThenSymbol.exec(printed) ?? []
  return { number, symbol }
}

/** Of number and symbol as a source gives them, which may give both in either. */
export function partsOf(number: string, symbol: string): { number: string; symbol: string } {
  const parts = splitCode(number.trim() === '' ? symbol : `${number}/${symbol}`)
  return { number: normaliseNumber(parts.number), symbol: normaliseSymbol(parts.symbol) }
}

const slash = /[\\\u2044\u2215\u2571\u29F8\uFF0F]/g
/** `7816a` and `05 bis` were put in between two numbers; `1.234` has its thousands apart. A dash stands for the slash before a letter only. */
const numberThenSymbol =
  /^(?:[^\d/]*[\s:.])?((?:\d{1,3}(?:\.\d{3})+|\d+)(?:\p{L}|\s?(?:bis|ter|quater))?)(?:[\s.\p{Pd}\u2212]*\/\s*|(?=[\s.]*[\p{Pd}\u2212])[\s.\p{Pd}\u2212]+(?=\p{L}))(.*)$/isu

/** A type (NĐ 30/2020 PL III) printed without its dash, before the organs whose directives these are. */
const typeWithoutDash =
  /(^|\/)(NQ|QĐ|CT|QC|QYĐ|TC|TB|HD|CTR|KH|PA|ĐA|DA|BC|BB|TTR|HĐ|CĐ)(?=(?:UBND|HĐND|TTG)(?:-|$))/

/** Small numbers get a leading zero in print. */
function normaliseNumber(number: string): string {
  return number
    .normalize('NFKC')
    .replace(/\s|(?<=\d)\.(?=\d{3})/gu, '')
    .replace(/^0+(?=\d)/, '')
    .toUpperCase()
}

/** The stroked D has three look-alikes: Vietnamese U+0110, Icelandic U+00D0, African U+0189. */
function normaliseSymbol(symbol: string): string {
  return symbol
    .normalize('NFKC')
    .replace(/\p{Cf}|\s/gu, '')
    .normalize('NFC')
    .toUpperCase()
    .replace(/[\u00D0\u0189]/g, '\u0110')
    .replace(slash, '/')
    .replace(/[\p{Pd}\u2212.]+/gu, '-')
    .split('/')
    .map((part) => part.replace(/^-|-$/g, ''))
    .filter((part) => part !== '')
    .join('/')
    .replace(typeWithoutDash, '$1$2-')
}
