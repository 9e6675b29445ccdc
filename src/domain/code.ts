import { addDays, type LocalDate } from './local-date.ts'
import { markInText } from './mark.ts'

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
 * `780/UBND-NNMT` -> `780`, `UBND-NNMT`; `23/2016/QĐ-UBND` -> `23`, `2016/QĐ-UBND`. Words before the number
 * (`TB số 193/TB-VP`) are left out, slashes and widths are made one. What has no number is all symbol.
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

/**
 * One directive may come through two sources: issuer, year, number and symbol name it (NĐ 30/2020 Đ15.1). A
 * source may give the whole code as its symbol, or `23/2016` as its number.
 */
export function sameDocumentKey(
  issuer: string,
  issuedOn: LocalDate,
  number: string,
  symbol: string,
): string {
  const parts = partsOf(number, symbol)
  return [normaliseIssuer(issuer), issuedOn.slice(0, 4), parts.number, parts.symbol].join('|')
}

function partsOf(number: string, symbol: string): { number: string; symbol: string } {
  const parts = splitCode(number.trim() === '' ? symbol : `${number}/${symbol}`)
  return { number: normaliseNumber(parts.number), symbol: normaliseSymbol(parts.symbol) }
}

/** What is printed of a document, as far as it tells one row of a source from what the row was before. */
export interface Printed {
  readonly number: string | null
  readonly symbol: string | null
  readonly issuedOn: LocalDate | null
  readonly subject: string | null
}

/**
 * Whether what now comes under a reference is plainly what came under it before: of the same number, day and subject.
 * An id may be given to another document, and what is left out tells nothing. The symbol may have got a suffix, and the
 * subject a mark.
 */
export function isPlainlySame(before: Printed, now: Printed): boolean {
  const [one, other] = [before, now].map(({ number, symbol, issuedOn, subject }) => ({
    number: partsOf(number ?? '', symbol ?? '').number,
    day: issuedOn ?? '',
    subject: (subject ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim(),
  }))
  const { number, day, subject } = one!
  if (number === '' || day === '' || subject === '') return false
  if (number !== other!.number || day !== other!.day) return false
  return subject === other!.subject || hasGotMark(subject, other!.subject)
}

/** A source without a field of secrecy marks the subject: then the mark is all that was added to it. */
function hasGotMark(before: string, now: string): boolean {
  if (now.startsWith(before)) return markInText(now.slice(before.length)) === 'sure'
  return now.endsWith(before) && markInText(now.slice(0, -before.length)) === 'sure'
}

/**
 * What names a document where it matters that no other is meant: secret documents are numbered apart (NĐ 30/2020
 * Đ15.2), so that within a year two of one issuer may bear one code, and their dates tell them apart.
 */
export interface NamedDocument {
  readonly key: string
  readonly issuedOn: LocalDate
}

/** The dates that another source may give the same document: one that keeps instants may be a day off. */
export function sameDates(issuedOn: LocalDate): LocalDate[] {
  return [-1, 0, 1].map((days) => addDays(issuedOn, days))
}

const slash = /[\\\u2044\u2215\u2571\u29F8\uFF0F]/g
const numberThenSymbol = /^(?:[^\d/]*[\s:.])?(\d+[a-z]?)[\s.\p{Pd}\u2212]*\/\s*(.*)$/isu

/** A type (NĐ 30/2020 PL III) printed without its dash, before the organs whose directives these are. */
const typeWithoutDash =
  /(^|\/)(NQ|QĐ|CT|QC|QYĐ|TC|TB|HD|CTR|KH|PA|ĐA|DA|BC|BB|TTR|HĐ|CĐ)(?=(?:UBND|HĐND|TTG)(?:-|$))/

/** Small numbers get a leading zero in print. */
function normaliseNumber(number: string): string {
  return number
    .normalize('NFKC')
    .trim()
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

/**
 * `UBND`, `Ủy ban nhân dân` and `Uỷ ban nhân dân` are one. Tone marks move to the end of their word, because
 * both `Hòa` and `Hoà` are written; they are not dropped, because Tân Lập is not Tấn Lập.
 */
function normaliseIssuer(issuer: string): string {
  return issuer
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\u00F0\u0256]/g, '\u0111')
    .replace(/[\s.,\p{Pd}|]+/gu, ' ')
    .trim()
    .replace(/(?:ủy|uỷ) ban nhân dân/g, 'ubnd')
    .replace(/hội đồng nhân dân/g, 'hđnd')
    .normalize('NFD')
    .replace(/\S+/g, (word) => word.replace(toneMarks, '') + (word.match(toneMarks) ?? []).join(''))
}

const toneMarks = /[\u0300\u0301\u0303\u0309\u0323]/g
