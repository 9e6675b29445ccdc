/** From an item of the source, a row of a list or a detail, to what the gate and the store are shown. */

import { createHash } from 'node:crypto'
import { urgencyOf } from '#config/sources.ts'
import { partsOf, splitCode } from '#src/domain/code.ts'
import type { Directive } from '#src/domain/directive.ts'
import type { Header } from '#src/domain/eligibility.ts'
import { dateIn } from '#src/domain/written-date.ts'
import {
  type Listed,
  type ListedRef,
  type Message,
  type MessageRef,
  noNotice,
} from '../connector.ts'
import { WrongShape } from '../http/unreadable.ts'
import { addressIn } from './address.ts'
import { valueAt } from './field.ts'
import { type FoundFile, fileRowsIn, filesIn } from './files.ts'
import type { RestProfile } from './profile.ts'
import { unnamedInItem } from './unnamed-fields.ts'
import { idFrom, listed, printed, texts } from './wire-values.ts'

export function listedFrom(row: unknown, profile: RestProfile): Listed {
  const ref = rowRef(row, profile)
  if (ref === null) return { unreadable: true }
  // Nobody looks at the header of a row that is known already, and those are nearly all.
  let header: Header | null | undefined
  return {
    unreadable: false,
    ref,
    version: versionOf(row),
    get header() {
      header ??= rowHeader(row, profile)
      return header
    },
  }
}

/** The id, and by what the document is fetched: the address that its row says, or the id again. */
function rowRef(row: unknown, { map, detail, baseUrl }: RestProfile): MessageRef | null {
  const id = idFrom(valueAt(row, map.id))
  if (id === null || detail === 'row' || detail.url === undefined)
    return id === null ? null : refOf(id)
  try {
    return { transportRef: addressIn(valueAt(row, detail.url), baseUrl), sourceRef: id }
  } catch (error) {
    if (error instanceof WrongShape) return null
    throw error
  }
}

/** Throws `WrongShape`, also when the source answers with another document than the one asked for. */
export function messageFrom(
  item: unknown,
  asked: ListedRef,
  profile: RestProfile,
  found: readonly FoundFile[] = filesIn(fileRowsIn(item, profile), profile),
): Message {
  const id = idFrom(valueAt(item, profile.map.id))
  const isByAddress = profile.detail !== 'row' && profile.detail.url !== undefined
  const expected = isByAddress ? asked.sourceRef : asked.transportRef
  if (id === null || (expected !== null && id !== expected)) throw new WrongShape()
  const { files } = profile
  // A row may do without its files, a detail may not: a file not seen is a name not looked at.
  if (files && !files.list && valueAt(item, files.items) === undefined) throw new WrongShape()
  const header = headerFrom(item, profile, found)
  const { replaces } = profile.map
  const replaced = replaces === undefined ? null : idFrom(valueAt(item, replaces))
  return {
    ref: { transportRef: asked.transportRef, sourceRef: id },
    header,
    directive: directiveFrom(item, header, profile),
    files: found.map(({ file }) => file),
    business: replaced === null ? 'new' : 'replace',
    concerns: replaced === null ? [] : [replaced],
    notice: noNotice,
    held: null,
  }
}

export function headerFrom(
  item: unknown,
  profile: RestProfile,
  found: readonly FoundFile[] = filesIn(fileRowsIn(item, profile), profile),
): Header {
  const { map } = profile
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw new WrongShape()
  const fields: Record<string, unknown> = Object.create(null)
  for (const [name, path] of Object.entries(map.fields)) {
    const value = valueAt(item, path)
    if (value !== undefined) fields[name] = value
  }
  return {
    fields,
    ...codeFrom(item, map),
    subject: textAt(item, map.subject, map),
    texts: [...textsFrom(item, map), ...found.flatMap(({ file }) => file.mediaType ?? [])],
    fileNames: [
      ...found.map(({ file }) => file.name),
      ...map.fileNames.flatMap((path) => listed(valueAt(item, path))),
    ],
    issuedOn: dateIn(valueAt(item, map.issuedOn.path), map.issuedOn.format),
    issuer: 'constant' in map.issuer ? map.issuer.constant : textAt(item, map.issuer.path, map),
    typeName: typeNameFrom(item, map),
    receivers: receiversFrom(item, map),
    refs: refsIn(item, map, found),
    unknownElements: [...unnamedInItem(item, profile), ...found.flatMap(({ unnamed }) => unnamed)],
  }
}

function refsIn(item: unknown, { id, replaces }: Map, found: readonly FoundFile[]): string[] {
  const ofItem = [id, replaces].map((path) =>
    path === undefined ? null : idFrom(valueAt(item, path)),
  )
  return [...ofItem, ...found.map(({ file }) => file.ref)].filter(
    (ref) => ref !== null && /\p{L}/u.test(ref),
  ) as string[]
}

export function refOf(id: string): MessageRef {
  return { transportRef: id, sourceRef: id }
}

function rowHeader(row: unknown, profile: RestProfile): Header | null {
  if (!profile.list.rowsDecide && profile.detail !== 'row') return null
  try {
    return headerFrom(row, profile)
  } catch (error) {
    if (error instanceof WrongShape) return null
    throw error
  }
}

function directiveFrom(item: unknown, header: Header, profile: RestProfile): Directive | null {
  const { map } = profile
  const { number, symbol, issuer, issuedOn, typeName, subject } = header
  if (number === null || symbol === null || subject === null) return null
  if (issuer === null || issuedOn === null || typeName === null) return null
  const optional = (path: string | undefined) => textAt(item, path, map)
  return {
    number,
    symbol,
    code: optional(map.code) ?? `${number}/${symbol}`,
    issuer,
    issuedOn,
    typeName,
    subject,
    summary: optional(map.summary),
    signer: {
      name: optional(map.signer.name),
      position: optional(map.signer.position),
      competence: optional(map.signer.competence),
    },
    urgency: urgencyOf(header.fields, profile.urgency),
    dueOn: map.dueOn ? dateIn(valueAt(item, map.dueOn.path), map.dueOn.format) : null,
    receivers: header.receivers,
  }
}

type Map = RestProfile['map']

/**
 * The code as printed says both halves, `02/CĐ-UBND`; where the source also gives them apart (as 2, say)
 * they must agree, and a number that it declares but has not given yet is no number.
 */
function codeFrom(item: unknown, map: Map): { number: string | null; symbol: string | null } {
  const apart = (path: string | undefined) => textAt(item, path, map)
  const number = apart(map.number)
  const symbol = apart(map.symbol)
  if (map.code === undefined) return { number, symbol }
  const whole = apart(map.code)
  const halves = splitCode(whole ?? '')
  // The symbol is still shown: a secret suffix in it must be seen.
  if (halves.number === '' || halves.symbol === '') return { number: null, symbol: whole }
  const code = partsOf(halves.number, halves.symbol)
  const agrees =
    (map.number === undefined || partsOf(number ?? '', '').number === code.number) &&
    (map.symbol === undefined || partsOf('', symbol ?? '').symbol === code.symbol)
  return { number: agrees ? halves.number : null, symbol: halves.symbol }
}

/** `Mật số ` of `Mật số 12/UBND-KT`: no part of the code, and printed all the same. */
function beforeNumber(code: string | null): string | null {
  return code === null ? null : (/^\D+(?=\d)/u.exec(code.normalize('NFKC'))?.[0] ?? null)
}

function textsFrom(item: unknown, map: Map): string[] {
  const { name, position, competence } = map.signer
  const paths = [map.summary, map.symbol, name, position, competence, ...map.texts]
  const said = paths.flatMap((path) => (path === undefined ? [] : listed(valueAt(item, path))))
  const before = beforeNumber(textAt(item, map.code, map))
  return before === null ? said : [...said, before]
}

function typeNameFrom(item: unknown, map: Map): string | null {
  const { path, names } = map.typeName
  const said = textAt(item, path, map)
  if (said === null || !names) return said
  return Object.hasOwn(names, said) ? (names[said] ?? null) : null
}

function receiversFrom(item: unknown, { receivers, lookups }: Map): string[] {
  if (!receivers) return []
  const said = valueAt(item, receivers.path)
  if (!lookups) return texts(said, receivers.separator)
  // `4;#Sở A;#7;#Sở B`
  const parts = texts(said, ';#')
  return parts.filter((part) => !/^\d+$/.test(part))
}

function textAt(item: unknown, path: string | undefined, { lookups }: Map): string | null {
  const text = path === undefined ? null : printed(valueAt(item, path))
  return lookups ? printed(text?.replace(/^\d+;#/, '')) : text
}

/** The same for two rows that say the same, in whatever order they name their fields. */
export function versionOf(row: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(row)))
    .digest('hex')
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(inOrder)
  const names = Object.keys(value).sort()
  return Object.fromEntries(
    names.map((name) => [name, inOrder((value as Record<string, unknown>)[name])]),
  )
}
