import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import type { Urgency } from '#src/domain/directive.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { searchWords } from '#src/domain/search.ts'
import { type Place, pageOf, readingFrom } from './place.ts'
import { asQuery } from './waiting.ts'

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
      const { conditions, values } = conditionsOf(asked)
      const order = isOpen
        ? readingFrom(place, 'd.classify_by', 'd.id', 'timestamptz', 'up')
        : readingFrom(place, 'd.issued_on', 'd.id', 'date', 'down')
      const { rows } = await db.raw(
        `select d.id, d.source, d.code, d.subject, d.issuer, d.signer_name as "signerName", d.type_name as "typeName",
           d.issued_on as "issuedOn", d.urgency, d.deadline_date as "deadlineDate", d.classify_by as "classifyBy",
           ${stateOf} as state, coalesce(d.recalled_at, d.refused_at, d.classified_at) as "settledAt", d.before_go_live as "beforeGoLive"
         from sync.directive d where ${conditions.join(' and ')} ${order} limit :limit`,
        { ...values, place: place.key, placeId: place.id, limit: limit + 1 },
      )
      return pageOf<DirectiveRow>(rows, place, limit, (row) =>
        isOpen ? row.classifyBy.toISOString() : row.issuedOn,
      )
    },
  }
}

/** Only what was asked for: a condition that is always true still costs the planner its index. */
function conditionsOf({ q, issuer, signer, source, from, until, state }: Search) {
  const conditions = ['d.withheld_at is null']
  const values: Record<string, string> = {}
  const add = (condition: string, given: Record<string, string>) => {
    conditions.push(condition)
    Object.assign(values, given)
  }
  const words = searchWords(q ?? '')
  if (q !== null && words.length > 0)
    add(`(d.code_normalised = :code or ${hasWords} @@ :words::text::tsquery)`, {
      code: normaliseCode(q),
      words: asQuery(words),
    })
  const issuerWords = searchWords(issuer ?? '')
  if (issuerWords.length > 0)
    add(`${hasWords} @@ :issuer::text::tsquery`, { issuer: asQuery(issuerWords, 'i:') })
  const signerWords = searchWords(signer ?? '')
  if (signerWords.length > 0)
    add(`${hasWords} @@ :signer::text::tsquery`, { signer: asQuery(signerWords, 's:') })
  if (source !== null) add(`d.source = :source`, { source })
  if (from !== null) add(`d.issued_on >= :from::date`, { from })
  if (until !== null) add(`d.issued_on <= :until::date`, { until })
  const inState = state === null ? undefined : states[state]
  if (inState) add(inState, {})
  return { conditions, values }
}

const hasWords = `sync.search_words(d.code, d.subject, d.summary, d.type_name, d.issuer, d.signer_name)`

const states: Readonly<Record<string, string>> = {
  open: `d.classified_at is null and d.refused_at is null and d.recalled_at is null and not d.before_go_live`,
  classified: `d.classified_at is not null`,
  refused: `d.refused_at is not null`,
  recalled: `d.recalled_at is not null`,
}
