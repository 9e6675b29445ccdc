/** One page of a list. Where a list ends is the reader's to prove, who knows what came before. */
import type { LocalDate } from '#src/domain/local-date.ts'
import { dateIn, writeDate } from '#src/domain/written-date.ts'
import { eachInTurn } from '#src/turns.ts'
import type { Listed, Page, Window } from '../connector.ts'
import { WrongShape } from '../http/unreadable.ts'
import { addressIn } from './address.ts'
import type { Client } from './client.ts'
import { valueAt } from './field.ts'
import { listedFrom, versionOf } from './mapping.ts'
import type { None } from './profile/call.ts'
import { hasPages } from './profile/list.ts'
import type { RestProfile } from './profile.ts'
import type { Question } from './question.ts'
import { fillKnown, fillPath, type Values } from './template.ts'
import { count, printed } from './wire-values.ts'

type Listing = RestProfile['list']

export interface RowPage extends Omit<Page, 'items'> {
  readonly rows: readonly unknown[]
}

export async function list(
  client: Client,
  listed: (item: Listed, row: unknown) => void,
  profile: RestProfile,
  window: Window,
  at: string | null,
): Promise<Page> {
  const { rows, ...page } = await rowPage(client, profile, window, at)
  const items = await eachInTurn(rows, (row) => {
    const item = listedFrom(row, profile)
    listed(item, row)
    return item
  })
  // By what a page is known on which not every row can be told apart.
  const digest = items.some(({ unreadable }) => unreadable) ? versionOf(rows) : null
  return { ...page, items, digest }
}

export async function rowPage(
  client: Client,
  profile: RestProfile,
  window: Window,
  at: string | null,
): Promise<RowPage> {
  const listing = listingFor(window, profile)
  return client.read(questionOf(listing, profile, window, at), (said, isNone) => {
    const total = totalOf(said, isNone, listing)
    const rows = rowsOf(said, isNone || isNoneLiteral(said, listing), total, at, listing)
    const within = rows.filter((row) => isAsked(row, window, profile))
    return {
      rows: within,
      next: nextOf(said, isNone, rows.length, at, profile, listing),
      // Of a list of all days the source counts all days; what was changed is proven by its day of issue.
      total:
        total === null || window.by === 'change' ? null : total - (rows.length - within.length),
      digest: null,
      ...((listing.next !== undefined || within.length < rows.length) && { goesOn: true }),
    }
  })
}

/** The listing by day of issue, or the one by day of change, which differs from it as the profile says. */
function listingFor({ by }: Window, { list: issued, name }: RestProfile): Listing {
  if (by !== 'change') return issued
  if (!issued.changed)
    throw new Error(`source ${name} lists by day of issue only: see its capabilities`)
  const { path = issued.path, dateFormat = issued.dateFormat, params, headers } = issued.changed
  return { ...issued, path, dateFormat, params, headers: { ...issued.headers, ...headers } }
}

function questionOf(
  listing: Listing,
  { poll }: RestProfile,
  window: Window,
  at: string | null,
): Question {
  const { path, params, dateFormat, headers, success, none, firstPage } = listing
  const asked = { operation: 'list', headers, success, none }
  const isMark = Object.values(params).some((param) => param.includes('{next}'))
  if (at !== null && listing.next !== undefined && !isMark) return { ...asked, at: { link: at } }
  const values: Values = {
    from: writeDate(window.from, dateFormat),
    until: writeDate(window.until, dateFormat, 'last'),
    page: isMark ? firstPage : at === null ? firstPage : numberOf(at),
    offset: isMark || at === null ? 0 : numberOf(at),
    next: isMark ? at : null,
    pageSize: poll.pageSize,
  }
  return { ...asked, at: { path: fillPath(path, values) }, params: fillKnown(params, values) }
}

function totalOf(said: unknown, isNone: boolean, { total: at }: Listing): number | null {
  if (at === undefined) return null
  const total = count(valueAt(said, at))
  // Where there is nothing, often neither is the count; but one that contradicts it is believed.
  if (isNone && (total ?? 0) > 0) throw new WrongShape()
  if (total === null && !isNone) throw new WrongShape()
  return total ?? 0
}

function isNoneLiteral(said: unknown, { items, none }: Listing): boolean {
  return isAmong(valueAt(said, items), none)
}

export function isAmong(value: unknown, none: None): boolean {
  if (value === undefined) return none.includes('absent')
  if (value === null) return none.includes(null)
  const isEmpty =
    typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0
  return isEmpty && none.some((way) => typeof way === 'object' && way !== null && !('field' in way))
}

function rowsOf(
  said: unknown,
  isNone: boolean,
  total: number | null,
  at: string | null,
  { items }: Listing,
): readonly unknown[] {
  if (isNone) {
    // Beyond the first page the rows before it are counted too.
    if (at === null && (total ?? 0) > 0) throw new WrongShape()
    return []
  }
  // Some write null for the rows of a page that is not there; the count beside it is compared with what came.
  const beyond = at !== null && total !== null
  const rows = valueAt(said, items) ?? (beyond ? [] : null)
  if (!Array.isArray(rows)) throw new WrongShape()
  return rows
}

/** What the reader is to ask for next: a number of a page or of rows, or what the source itself says. */
function nextOf(
  said: unknown,
  isNone: boolean,
  rows: number,
  at: string | null,
  profile: RestProfile,
  { next, params, firstPage }: Listing,
): string | null {
  const isIn = (name: string) => Object.values(params).some((param) => param.includes(`{${name}}`))
  if (next !== undefined) {
    const mark = isNone ? null : valueAt(said, next)
    if (mark === undefined || mark === null || mark === '' || mark === false) return null
    const found = isIn('next') ? printed(mark) : addressIn(mark, profile.baseUrl)
    // A page that is followed by itself never ends.
    if (found === null || found === at) throw new WrongShape()
    return found
  }
  if (rows === 0 || !hasPages(profile)) return null
  if (isIn('offset')) return String((at === null ? 0 : numberOf(at)) + rows)
  return String((at === null ? firstPage : numberOf(at)) + 1)
}

/**
 * A source that lists all days at once is asked for some of them here. By day of change also what is not to be imported
 * is listed. A row without a readable day is for the gate.
 */
function isAsked(row: unknown, { from, until, by }: Window, profile: RestProfile): boolean {
  const day = dayOf(row, profile)
  if (day === null) return true
  if (by === 'change') return day >= profile.importFrom
  return profile.list.window === 'issued' || (from <= day && day <= until)
}

function dayOf(row: unknown, { map: { issuedOn } }: RestProfile): LocalDate | null {
  return dateIn(valueAt(row, issuedOn.path), issuedOn.format)
}

function numberOf(next: string): number {
  if (!/^\d{1,9}$/.test(next))
    throw new Error('a page token that no page of this connector gave: begin the window again')
  return Number(next)
}
