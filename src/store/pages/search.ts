import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import type { Urgency } from '#src/domain/directive.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { searchWords } from '#src/domain/search.ts'
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

export type DirectiveState = 'open' | 'arriving' | 'classified' | 'refused' | 'recalled'

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
  when d.classified_at is not null then 'classified' when d.staged_at is null then 'arriving' else 'open' end`

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
      const statement =
        words.length === 0
          ? `select ${columns} from sync.directive d where ${where} ${order} limit :limit`
          : byWords(asked, where, order, place)
      const { rows } = await db.raw(statement, {
        ...asked,
        code: normaliseCode(asked.q ?? ''),
        words: words.join(' & '),
        besides: words.slice(1).join(' & '),
        place: place.key,
        placeId: place.id,
        limit: limit + 1,
      })
      return pageOf<DirectiveRow>(rows, place, limit, (row) =>
        isOpen ? row.classifyBy.toISOString() : row.issuedOn,
      )
    },
  }
}

const columns = `d.id, d.source, d.code, d.subject, d.issuer, d.signer_name as "signerName", d.type_name as "typeName",
  d.issued_on as "issuedOn", d.urgency, d.deadline_date as "deadlineDate", d.classify_by as "classifyBy",
  ${stateOf} as state, coalesce(d.recalled_at, d.refused_at, d.classified_at) as "settledAt", d.before_go_live as "beforeGoLive"`

/** What has the words, and what is called so however that is printed. */
function byWords(asked: Search, where: string, order: string, place: Place): string {
  const isOpen = asked.state === 'open'
  const isBack = place.direction === 'before'
  const way = isBack === isOpen ? 'desc' : ''
  const found = isOpen
    ? `select ${columns} from sync.directive d where ${hasWords} @@ :words::text::tsquery and ${where} ${order} limit :limit`
    : monthByMonth(asked, where, order, place)
  return `select * from ((${found}) union (
      select ${columns} from sync.directive d where d.code_normalised = :code
        and (:besides::text = '' or ${hasWords} @@ :besides::text::tsquery) and ${where} ${order} limit :limit)) both_ways
    order by ${isOpen ? '"classifyBy"' : '"issuedOn"'} ${way}, id ${way} limit :limit`
}

/**
 * Each month that has any asks the index for the words and the month together, until the page is full. Left to
 * choose, the planner walks the newest directives and computes the words of each, which takes a minute where the
 * words are common only among old ones, or fetches all that have them, which may be every fourth.
 */
function monthByMonth({ state }: Search, where: string, order: string, place: Place): string {
  const isBack = place.direction === 'before'
  const [last, beyond, way] = isBack ? ['min', '>', ''] : ['max', '<', 'desc']
  // Of the few that were recalled or refused only their own months.
  const rare = state === 'recalled' || state === 'refused' ? states[state] : 'true'
  const bounds = `d.withheld_at is null and ${rare}
    and d.issued_on between coalesce(:from::date, '-infinity') and coalesce(:until::date, 'infinity')`
  const month = `date_trunc('month', ${last}(d.issued_on))::date`
  const next = isBack ? `(m.begins + interval '1 month - 1 day')::date` : 'm.begins'
  const start = place.key === null ? '' : `and d.issued_on ${isBack ? '>=' : '<='} :place::date`
  return `with recursive month (begins) as (
      select ${month} from sync.directive d where ${bounds} ${start}
      union all
      select (select ${month} from sync.directive d where ${bounds} and d.issued_on ${beyond} ${next}) from month m where m.begins is not null)
    select f.* from (select begins from month where begins is not null order by begins ${way}) m
    cross join lateral (select ${columns} from sync.directive d
      where ${hasWords} @@ (:words::text || ' & ''m:' || to_char(m.begins, 'YYYYMM') || '''')::tsquery and ${where} ${order} limit :limit) f
    order by m.begins ${way}, f."issuedOn" ${way}, f.id ${way} limit :limit`
}

/** Only what was asked for: a condition that is always true still costs the planner its index. */
function conditionsOf({ q, issuer, signer, source, from, until, state }: Search) {
  const conditions = ['d.withheld_at is null']
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
  open: `d.classified_at is null and d.refused_at is null and d.recalled_at is null and not d.before_go_live`,
  classified: `d.classified_at is not null`,
  refused: `d.refused_at is not null`,
  recalled: `d.recalled_at is not null`,
}
