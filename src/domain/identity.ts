/** Which document is which: within a source, across sources, and from one reading to the next (docs/decisions/0008). */
import { createHash } from 'node:crypto'
import { partsOf } from './code.ts'
import type { AnnouncedFile, Directive } from './directive.ts'
import type { Header } from './eligibility.ts'
import { addDays, type LocalDate } from './local-date.ts'
import { markInText } from './mark.ts'

/**
 * What names a document where it matters that no other is meant: secret documents are numbered apart (NĐ 30/2020
 * Đ15.2), so that within a year two of one issuer may bear one code, and their dates tell them apart.
 */
export interface NamedDocument {
  readonly key: string
  readonly issuedOn: LocalDate
}

/**
 * One directive may come through two sources: issuer, year, number and symbol name it (NĐ 30/2020 Đ15.1). A
 * source may give the whole code as its symbol, or `23/2016` as its number.
 */
export function namedBy({ issuer, issuedOn, ...printed }: Named): NamedDocument {
  const { number, symbol } = partsOf(printed.number, printed.symbol)
  const key = [normaliseIssuer(issuer), issuedOn.slice(0, 4), number, symbol].join('|')
  return { key, issuedOn }
}

type Named = Pick<Directive, 'issuer' | 'issuedOn' | 'number' | 'symbol'>

/** Null where a header does not say enough to know the same document by through another source. */
export function documentOf({ issuer, issuedOn, number, symbol }: Header): NamedDocument | null {
  if (issuer === null || issuedOn === null || (number === null && symbol === null)) return null
  return namedBy({ issuer, issuedOn, number: number ?? '', symbol: symbol ?? '' })
}

/** The dates that another source may give the same document: one that keeps instants may be a day off. */
export function sameDates(issuedOn: LocalDate): LocalDate[] {
  return [-1, 0, 1].map((days) => addDays(issuedOn, days))
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

/** Of a header nothing but what tells which document it is of. */
export function printedOf({ number, symbol, issuedOn, subject }: Header): Printed {
  return { number, symbol, issuedOn, subject }
}

/** Equal content is a redelivery. Files count by what the source announces of them. */
export function contentDigest({ directive, files }: Content): string {
  const announced = files.map((file) => [file.sha256 ?? file.ref, file.name, file.size])
  return createHash('sha256')
    .update(JSON.stringify([directive, announced]))
    .digest('hex')
}

interface Content {
  readonly directive: Directive
  readonly files: readonly AnnouncedFile[]
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
