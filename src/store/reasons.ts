import type { Knex } from 'knex'
import { remember } from './history.ts'

/**
 * `secret`: its source says so for certain of what is stored. `otherSecret`: its source says so under its reference,
 * but not plainly of what is stored. `takenAlong`: one of its number within a day of it is secret, or was purged.
 * `doubtful`: the gate would no longer admit it. `vanished`: its source no longer has it. `byHand`: a person said so.
 * `restored`: the store lost commits, its keys as well. `purgeLost`: it was purged, and the store lost the purge.
 */
export type Because =
  | 'secret'
  | 'otherSecret'
  | 'takenAlong'
  | 'doubtful'
  | 'vanished'
  | 'byHand'
  | 'restored'
  | 'purgeLost'

export interface By {
  readonly actor: string
  readonly reason?: string
}

/**
 * A reason of their own that directives of one number get, or lose where it is null. What each of that number is
 * withheld for follows from the weightiest of its own and of those within a day of it: a reason that follows from
 * another's is not handed on, so that the first of three days says nothing of the third. Whoever calls this holds
 * the lock of the number. Returned is what is withheld for more, or shown again.
 */
export async function giveReason(
  tx: Knex,
  sameDocument: string,
  { ids, because }: { readonly ids: readonly string[]; readonly because: Because | null },
  at: Date,
  by: By,
): Promise<Settled[]> {
  const { rows } = await tx.raw(derived, { sameDocument, ids: [...ids], because, at })
  const settled = (rows as (Settled & { was: Because | null })[]).filter(
    ({ because: now, was }) => now === null || weightOf(now) > weightOf(was),
  )
  for (const directive of settled) {
    const { id, because: now } = directive
    await tx.raw(now === null ? showMessages : withholdMessages, {
      id,
      source: directive.source,
      sourceRef: directive.sourceRef,
    })
    const why = by.reason === undefined ? {} : { reason: by.reason }
    await remember(tx, {
      ...{ at, directiveId: id, actor: by.actor },
      ...(now === null
        ? { event: 'released', detail: why }
        : { event: 'withheld', detail: { because: now, ...why } }),
    })
  }
  return settled
}

export interface Settled {
  readonly id: string
  readonly source: string
  readonly sourceRef: string
  /** Null of what is shown again. */
  readonly because: Because | null
}

/** A certain word outweighs a person's, what a person must look at whatever the bridge only doubts and takes back. */
const weights: Readonly<Record<Because, number>> = {
  secret: 5,
  byHand: 4,
  purgeLost: 4,
  otherSecret: 3,
  takenAlong: 2,
  doubtful: 1,
  vanished: 1,
  restored: 1,
}

export function weightOf(because: Because | null): number {
  return because === null ? 0 : weights[because]
}

export function weightIn(because: string): string {
  const cases = Object.entries(weights).map(([word, weight]) => `when '${word}' then ${weight}`)
  return `case ${because} ${cases.join(' ')} else 0 end`
}

/** Of two rows of one number: whether they may be one document. A source that keeps instants may be a day off. */
export function isClose(one: string, other: string): string {
  return `abs(${one}.issued_on - ${other}.issued_on) <= 1`
}

/** A person said of two rows of one number that they are one document. */
export function areSaidSame(one: string, other: string): string {
  return `exists (select from sync.may_be_same m where m.answer = 'same'
    and m.one = least(${one}.id, ${other}.id) and m.other = greatest(${one}.id, ${other}.id))`
}

/**
 * Of two rows of one number: whether the first one's own reason withholds the other. What was taken along may be a day
 * from what took it, which may be gone: of a further day it says nothing.
 */
export function reaches(one: string, other: string): string {
  return `(${one}.withheld_itself is not null and (${areSaidSame(one, other)} or ${isClose(one, other)}
    and (${one}.withheld_itself <> 'takenAlong' or ${one}.issued_on = ${other}.issued_on)))`
}

/** Of a directive's rows as returned here: also what updated or recalled it, which its source calls by another reference. */
export const messagesOf = `(source = :source and source_ref = :sourceRef or directive_id = :id)`

const derived = `
with numbered as (
  select d.id, d.issued_on, d.withheld_because as was, case when d.id = any (:ids) then :because::text else d.withheld_itself end as withheld_itself
  from sync.directive d where d.same_document_key = :sameDocument
), reasoned as (
  select one.id, one.was, (
    select reason.because from numbered other, lateral (
      select case when other.id <> one.id and other.withheld_itself in ('secret', 'otherSecret') then 'takenAlong' else other.withheld_itself end as because
    ) reason where ${reaches('other', 'one')}
    order by ${weightIn('reason.because')} desc, other.id <> one.id, other.issued_on, other.id limit 1) as because
  from numbered one
)
update sync.directive d set withheld_because = reasoned.because,
  withheld_at = case when reasoned.because is not null then coalesce(d.withheld_at, :at) end,
  withheld_itself = case when d.id = any (:ids) then :because::text else d.withheld_itself end
from reasoned where reasoned.id = d.id and (d.id = any (:ids) or reasoned.because is distinct from reasoned.was)
returning d.id, d.source, d.source_ref as "sourceRef", d.withheld_because as because, reasoned.was`

const withholdMessages = `
update sync.intake set state_before = case state when 'withheld' then state_before else state end, state = 'withheld',
  generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null
where ${messagesOf} and state <> 'purged'`

const showMessages = `
update sync.intake set state = coalesce(state_before, 'unchanged'), state_before = null,
  directive_id = case when state_before = 'failed' then null else directive_id end,
  due_at = case when failure = 'conflict' then due_at else clock_timestamp() end
where ${messagesOf} and state = 'withheld'`
