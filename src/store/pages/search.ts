import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import type { Urgency } from '#src/domain/directive.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { searchWords } from '#src/domain/search.ts'
import { hasOpenDeadline, isShown } from '../predicates.ts'
import { type Place, pageOf, readingFrom } from './place.ts'
import { asQuery, hasWords, ofSource } from './words.ts'

export interface DirectiveRow {
  readonly id: string
  readonly source: string
  readonly code: string
  readonly subject: string
  readonly issuer: string
  readonly signerName: string | null
  readonly typeName: string
  readonly issuedOn: LocalDate
  readonly urgency: Urgency
  readonly deadlineDate: LocalDate
  readonly classifyBy: Date
  readonly state: DirectiveState
  readonly settledAt: Date | null
  readonly beforeGoLive: boolean
}

export type DirectiveState = 'open' | 'classified' | 'refused' | 'recalled'

export interface Search {
  /** A code as printed or not, or words of the subject. */
  readonly q: string | null
  readonly issuer: string | null
  readonly signer: string | null
  readonly source: string | null
  readonly from: LocalDate | null
  readonly until: LocalDate | null
  readonly state: string | null
}

/** What became of a directive, most telling first. */
export const stateOf = `case when d.recalled_at is not null then 'recalled' when d.refused_at is not null then 'refused'
  when d.classified_at is not null then 'classified' else 'open' end`

export function search(db: Knex) {
  return {
    /** Newest first; what still waits, by the time that is left. */
    async list(asked: Search, place: Place, limit: number) {
      const isOpen = asked.state === 'open'
      const { conditions, words } = conditionsOf(asked)
      const where = conditions.join(' and ')
      const order = isOpen
        ? readingFrom(place, 'd.classify_by', 'd.id', 'timestamptz', 'up')
        : readingFrom(place, 'd.issued_on', 'd.id', 'date', 'down')
      const values = {
        ...asked,
        code: normaliseCode(asked.q ?? ''),
        words: words.join(' & '),
        besides: words.slice(1).join(' & '),
        place: place.key,
        placeId: place.id,
        limit: limit + 1,
      }
      const ask = async (statement: string, more = {}) =>
        (await db.raw(statement, { ...values, ...more })).rows
      const rows =
        words.length === 0
          ? await ask(
              `select ${columns} from sync.directive d where ${where} ${order} limit :limit`,
            )
          : await byWords(ask, { asked, where, order, place }, limit)
      return pageOf<DirectiveRow>(rows, place, limit, (row) =>
        isOpen ? row.classifyBy.toISOString() : row.issuedOn,
      )
    },
  }
}

const columns = `d.id, d.source, d.code, d.subject, d.issuer, d.signer_name as "signerName", d.type_name as "typeName",
  d.issued_on as "issuedOn", d.urgency, d.deadline_date as "deadlineDate", d.classify_by as "classifyBy",
  ${stateOf} as state, coalesce(d.recalled_at, d.refused_at, d.classified_at) as "settledAt", d.before_go_live as "beforeGoLive"`

interface Reading {
  readonly asked: Search
  readonly where: string
  readonly order: string
  readonly place: Place
}

/** So many are fetched and sorted sooner than the months between them are gone through. */
const few = 2_000
const firstMonths = 2

/**
 * Common words fill a page within a month or two; of rare ones everything is fetched. What is left, words that are
 * common but not here, goes through all months. Left to choose, the planner walks the newest directives and computes
 * the words of each, which takes a minute where only old ones have them.
 */
async function byWords(
  ask: (statement: string, more?: object) => Promise<DirectiveRow[]>,
  reading: Reading,
  limit: number,
): Promise<DirectiveRow[]> {
  const { state } = reading.asked
  if (state === 'open') return ask(orCalledSo(reading, listOf(inMonthsOfTheOpen, reading)))
  const months = orCalledSo(reading, monthByMonth(reading))
  // Of the few that were recalled or refused only their own months.
  if (isRare(state)) return ask(months, { months: null, passed: 0 })
  const newest = await ask(months, { months: firstMonths, passed: 0 })
  if (newest.length > limit) return newest
  const found = await ask(
    `select d.id from sync.directive d where ${hasWords} @@ (select :words::text::tsquery) and ${isShown('d')} limit ${few + 1}`,
  )
  const passed = newest.length === 0 ? firstMonths : 0
  if (found.length > few) return ask(months, { months: null, passed })
  const ids = found.map(({ id }) => id)
  return ask(orCalledSo(reading, listOf('d.id = any (:ids::uuid[])', reading)), { ids })
}

const isRare = (state: string | null) => state === 'recalled' || state === 'refused'

/** Also what is called so, however that is printed. */
function orCalledSo(reading: Reading, found: string): string {
  const isOpen = reading.asked.state === 'open'
  const way = (reading.place.direction === 'before') === isOpen ? 'desc' : ''
  const called = `d.code_normalised = :code and (:besides::text = '' or ${hasWords} @@ :besides::text::tsquery)`
  return `select * from ((${found}) union (${listOf(called, reading)})) both_ways
    order by ${isOpen ? '"classifyBy"' : '"issuedOn"'} ${way}, id ${way} limit :limit`
}

function listOf(condition: string, { where, order }: Reading): string {
  return `select ${columns} from sync.directive d where ${condition} and ${where} ${order} limit :limit`
}

/** Each month that has any asks the index for the words and the month together, until the page is full. */
function monthByMonth(reading: Reading): string {
  const { state } = reading.asked
  const isBack = reading.place.direction === 'before'
  const [last, beyond, way] = isBack ? ['min', '>', ''] : ['max', '<', 'desc']
  const rare = state !== null && isRare(state) ? states[state] : 'true'
  const bounds = `${isShown('d')} and ${rare}
    and d.issued_on between coalesce(:from::date, '-infinity') and coalesce(:until::date, 'infinity')`
  const month = `date_trunc('month', ${last}(d.issued_on))::date`
  const next = isBack ? `(m.begins + interval '1 month - 1 day')::date` : 'm.begins'
  const start =
    reading.place.key === null ? '' : `and d.issued_on ${isBack ? '>=' : '<='} :place::date`
  const inMonth = `${hasWords} @@ (:words::text || ' & ''m:' || to_char(m.begins, 'YYYYMM') || '''')::tsquery`
  return `with recursive month (begins) as (
      select ${month} from sync.directive d where ${bounds} ${start}
      union all
      select (select ${month} from sync.directive d where ${bounds} and d.issued_on ${beyond} ${next}) from month m where m.begins is not null)
    select f.* from (select begins from month where begins is not null order by begins ${way} limit :months::int offset :passed::int) m
    cross join lateral (${listOf(inMonth, reading)}) f
    order by m.begins ${way}, f."issuedOn" ${way}, f.id ${way} limit :limit`
}

/** Only what was asked for: a condition that is always true still costs the planner its index. */
function conditionsOf({ q, issuer, signer, source, from, until, state }: Search) {
  const conditions = [isShown('d')]
  if (source !== null) conditions.push('d.source = :source')
  if (from !== null) conditions.push('d.issued_on >= :from::date')
  if (until !== null) conditions.push('d.issued_on <= :until::date')
  const inState = state === null ? undefined : states[state]
  if (inState) conditions.push(inState)
  const words = [
    asQuery(searchWords(q ?? '')),
    asQuery(searchWords(issuer ?? ''), 'i:'),
    asQuery(searchWords(signer ?? ''), 's:'),
  ].filter((query) => query !== '')
  if (source !== null && words.length > 0) words.push(ofSource(source))
  return { conditions, words }
}

const states: Readonly<Record<string, string>> = {
  open: hasOpenDeadline('d'),
  classified: `d.classified_at is not null`,
  refused: `d.refused_at is not null`,
  recalled: `d.recalled_at is not null`,
}

/** What waits was issued lately, most of it. */
const inMonthsOfTheOpen = `${hasWords} @@ (select (:words::text || ' & (' || string_agg('''m:' || to_char(begins, 'YYYYMM') || '''', ' | ') || ')')::tsquery
  from (select distinct date_trunc('month', d.issued_on) as begins from sync.directive d where ${isShown('d')} and ${states.open}) m)`
