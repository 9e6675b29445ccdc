import type { LocalDate } from './local-date.ts'

/**
 * Số/ký hiệu. Print varies (`02/CĐ - UBND`, `12/CĐ.UBND`, `1478⁄CĐ-TTg`): it is kept as printed, and compared
 * in this form. Letter case is kept, because CTr (chương trình) is not CT (chỉ thị) and QyĐ not QĐ.
 */
export function normaliseCode(code: string): string {
  const { number, symbol } = splitCode(code)
  return number === ''
    ? normaliseSymbol(symbol)
    : `${normaliseNumber(number)}/${normaliseSymbol(symbol)}`
}

/** `780/UBND-NNMT` -> `780`, `UBND-NNMT`; `23/2016/QĐ-UBND` -> `23`, `2016/QĐ-UBND`. */
export function splitCode(code: string): { number: string; symbol: string } {
  const [, number = '', symbol = code] =
    /^\s*(\d+[a-zA-Z]?)\s*[/\u2044\u2215\uFF0F]\s*(.*)$/s.exec(code) ?? []
  return { number, symbol: symbol.trim() }
}

/** One directive may come through two sources: issuer, year, number and symbol name it (domain: NĐ 30 Đ15.1). */
export function sameDocumentKey(
  issuer: string,
  issuedOn: LocalDate,
  number: string,
  symbol: string,
): string {
  const who = issuer.normalize('NFC').replace(/\s+/g, ' ').trim().toLocaleLowerCase('vi')
  return [who, issuedOn.slice(0, 4), normaliseNumber(number), normaliseSymbol(symbol)].join('|')
}

/** Small numbers get a leading zero in print. */
function normaliseNumber(number: string): string {
  return number
    .trim()
    .replace(/^0+(?=\d)/, '')
    .toLowerCase()
}

function normaliseSymbol(symbol: string): string {
  return symbol
    .normalize('NFKC')
    .replace(/[\u00D0\u0189]/g, '\u0110')
    .replace(/[\u00F0\u0256]/g, '\u0111')
    .replace(/[\u2044\u2215]/g, '/')
    .replace(/[\u2010-\u2015\u2212.]/g, '-')
    .replace(/\s+/g, '')
    .replace(/-+/g, '-')
}
