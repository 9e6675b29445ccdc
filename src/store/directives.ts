import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import type { Directive } from '#src/domain/directive.ts'
import { type Before, type Coming, clockAfter, isSameDay } from '#src/domain/doubted-clock.ts'
import { type NamedDocument, namedBy } from '#src/domain/identity.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Admitted } from './admitted.ts'
import { partIfApart } from './copies.ts'
import { writeDoubt } from './doubted-clocks.ts'
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
  readonly deadlineDate: LocalDate
  /** Its deadline counts and is not met. */
  readonly runs: boolean
  readonly beforeGoLive: boolean
  /** Its day of issue is doubted, or a person has decided about it. */
  readonly doubted: Before['doubted']
}

/** Writes another content over a directive, and says whether its clock is doubted from now on. */
export async function revise(
  tx: Knex,
  existing: Existing,
  written: ReturnType<typeof columnsOf>,
  admitted: Admitted,
  at: Date,
): Promise<boolean> {
  const { id, actAtOnce, beforeGoLive } = existing
  const { runs, doubted } = clockAfter(beforeOf(existing), comingOf(admitted))
  const { deadline_date, classify_by, calendar_version, deadline_confirmed, ...others } = written
  const { before_go_live, ...content } = others
  const clock = { deadline_date, classify_by, calendar_version, deadline_confirmed }
  await tx('sync.directive')
    .where({ id })
    .update({
      ...content,
      // "Thực hiện ngay" was a person's word and outlives what the source changes.
      ...(actAtOnce || runs === 'before' ? {} : clock),
      before_go_live: doubted === null ? before_go_live : beforeGoLive,
      recalled_at: tx.raw(unlessByHand),
    })
  if (doubted !== 'asBefore') {
    const { issuedOn } = admitted.directive
    const isBefore = admitted.doubt?.beforeGoLive ?? admitted.beforeGoLive
    await writeDoubt(tx, id, doubted && { ...doubted, issuedOn, beforeGoLive: isBefore }, at)
  }
  await partIfApart(tx, id, at)
  return doubted !== null && doubted !== 'asBefore'
}

function beforeOf({ fields, actAtOnce, deadlineDate, runs, doubted }: Existing): Before {
  const { issuedOn, urgency } = fields as unknown as Directive
  return { issuedOn, sameDay: actAtOnce || isSameDay(urgency), deadlineDate, runs, doubted }
}

function comingOf({ directive, doubt, deadline }: Admitted): Coming {
  const { issuedOn, urgency } = directive
  const { deadlineDate } = deadline
  return { issuedOn, sameDay: isSameDay(urgency), doubt: doubt?.doubt ?? null, deadlineDate }
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
