import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import { type NamedDocument, namedBy } from '#src/domain/identity.ts'
import type { Admitted } from './admitted.ts'
import { partIfApart } from './copies.ts'
import { remember } from './history.ts'

/** A directive as the store has it, locked by whoever stages a message of it. */
export interface Existing {
  readonly id: string
  readonly digest: string
  readonly revision: number
  readonly withheld: boolean
  readonly recalled: boolean
  /** A person recalled it, and not its source. */
  readonly byHand: boolean
  readonly actAtOnce: boolean
  readonly readAt: Date
  /** What its latest revision said. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Writes another content over a directive. */
export async function revise(
  tx: Knex,
  { id, actAtOnce }: Existing,
  { deadline_date, classify_by, ...others }: ReturnType<typeof columnsOf>,
  at: Date,
): Promise<void> {
  // "Thực hiện ngay" was a person's word and outlives what the source changes.
  const clock = actAtOnce ? {} : { deadline_date, classify_by }
  await tx('sync.directive')
    .where({ id })
    .update({ ...others, ...clock, recalled_at: tx.raw(unlessByHand) })
  await partIfApart(tx, id, at)
}

/** What a person recalled stays so, whatever its source goes on saying. */
const unlessByHand = `case when recall_authority is not null then recalled_at end`

/** The content is what it was: it was read again, and a recall that its source took back is undone. */
export async function confirm(
  tx: Knex,
  { id, recalled, byHand }: Existing,
  { askedAt, inPlace }: { readonly askedAt: Date; readonly inPlace: boolean },
  at: Date,
): Promise<void> {
  const undone = recalled && !byHand && inPlace
  await tx.raw(
    `update sync.directive set read_at = greatest(read_at, :askedAt), recalled_at = case when :undone then ${unlessByHand} else recalled_at end where id = :id`,
    { id, askedAt, undone },
  )
  if (undone) await remember(tx, { at, directiveId: id, actor: 'bridge', event: 'recallUndone' })
}

/** By what other sources know the document of a message. */
export function documentNamed({ directive, registry = directive.issuer }: Admitted): NamedDocument {
  return namedBy({ ...directive, registry })
}

export function columnsOf(admitted: Admitted) {
  const { directive, deadline, beforeGoLive } = admitted
  return {
    number: directive.number,
    symbol: directive.symbol,
    code: directive.code,
    code_normalised: normaliseCode(directive.code),
    same_document_key: documentNamed(admitted).key,
    issuer: directive.issuer,
    issued_on: directive.issuedOn,
    type_name: directive.typeName,
    subject: directive.subject,
    summary: directive.summary,
    signer_name: directive.signer.name,
    signer_position: directive.signer.position,
    signer_competence: directive.signer.competence,
    urgency: directive.urgency,
    due_on: directive.dueOn,
    receivers: [...directive.receivers],
    deadline_date: deadline.deadlineDate,
    classify_by: deadline.deadlineAt,
    calendar_version: deadline.calendarVersion,
    deadline_confirmed: deadline.confirmed,
    before_go_live: beforeGoLive,
  }
}
