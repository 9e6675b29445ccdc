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
 * Who gives out the numbers of some issuers (văn thư), from its first day to its last: the People's Committee, its
 * chairman and its Office share one, and the one of a merged province begins anew.
 */
export interface Registry {
  readonly name: string
  readonly issuers: readonly string[]
  readonly from: LocalDate
  readonly until?: LocalDate | undefined
}

/** An issuer that no registry names on that day is its own. */
export function registryOf(
  issuer: string,
  issuedOn: LocalDate,
  registries: readonly Registry[],
): string {
  const isOn = ({ from, until }: Registry) =>
    from <= issuedOn && (until === undefined || issuedOn <= until)
  const registry = registries.find(
    (one) => isOn(one) && one.issuers.some((name) => isSameIssuer(name, issuer)),
  )
  return registry?.name ?? issuer
}

/**
 * One directive may come through two sources: registry, year, number and symbol name it (NĐ 30/2020 Đ15.1). A
 * source may give the whole code as its symbol, or `23/2016` as its number.
 */
export function namedBy({ registry, issuedOn, ...printed }: Named): NamedDocument {
  const { number, symbol } = partsOf(printed.number, printed.symbol)
  const key = [registryInKey(registry), issuedOn.slice(0, 4), number, symbol].join('|')
  return { key, issuedOn }
}

type Named = Pick<Directive, 'issuedOn' | 'number' | 'symbol'> & { readonly registry: string }

/** Null where a header does not say enough to know the same document by through another source. */
export function documentOf(
  { issuer, issuedOn, number, symbol }: Header,
  registries: readonly Registry[],
): NamedDocument | null {
  if (issuer === null || issuedOn === null || (number === null && symbol === null)) return null
  const registry = registryOf(issuer, issuedOn, registries)
  return namedBy({ registry, issuedOn, number: number ?? '', symbol: symbol ?? '' })
}

/** How a registry stands at the head of a key, ended by the first bar. */
export function registryInKey(registry: string): string {
  return normaliseIssuer(registry)
}

export function isSameIssuer(one: string, other: string): boolean {
  return normaliseIssuer(one) === normaliseIssuer(other)
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
  const [one, other] = [tellingOf(before), tellingOf(now)]
  const { number, day, subject } = one
  if (number === '' || day === '' || subject === '') return false
  if (number !== other.number || day !== other.day) return false
  return subject === other.subject || hasGotMark(subject, other.subject)
}

/** A correction leaves something as it was. Where number, day and subject are all others, so is the document. */
export function isAnotherDocument(before: Printed, now: Printed): boolean {
  const [one, other] = [tellingOf(before), tellingOf(now)]
  return one.number !== other.number && one.day !== other.day && one.subject !== other.subject
}

function tellingOf({ number, symbol, issuedOn, subject }: Printed) {
  return {
    number: partsOf(number ?? '', symbol ?? '').number,
    day: issuedOn ?? '',
    subject: (subject ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim(),
  }
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
