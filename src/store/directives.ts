import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import type { AnnouncedFile } from '#src/domain/directive.ts'
import { namedBy } from '#src/domain/identity.ts'
import type { Admitted, MissingFile } from './admitted.ts'
import { partIfApart } from './copies.ts'
import { remember } from './history.ts'
import { isMissing } from './predicates.ts'

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
  readonly missing: readonly MissingFile[]
  /** Somebody fetches what is missing, or will. */
  readonly isFetched: boolean
}

/** Writes another content over a directive, and returns the files that are to be fetched for it. */
export async function revise(
  tx: Knex,
  { id, actAtOnce }: Existing,
  { deadline_date, classify_by, ...others }: ReturnType<typeof columnsOf>,
  files: readonly AnnouncedFile[],
): Promise<MissingFile[]> {
  // "Thực hiện ngay" was a person's word and outlives what the source changes.
  const clock = actAtOnce ? {} : { deadline_date, classify_by }
  await tx('sync.directive')
    .where({ id })
    .update({ ...others, ...clock, recalled_at: tx.raw(unlessByHand) })
  await partIfApart(tx, id)
  await announceFiles(tx, id, files)
  return missingFiles(tx, id)
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

export async function missingFiles(tx: Knex, directiveId: string): Promise<MissingFile[]> {
  const { rows } = await tx.raw(
    `select id, ref, name, media_type as "mediaType", announced_size as size from sync.directive_file
     where directive_id = ? and ${isMissing('directive_file')} order by position`,
    [directiveId],
  )
  return rows
}

/** A file that changed under its reference is fetched again. */
async function announceFiles(
  tx: Knex,
  directiveId: string,
  files: readonly AnnouncedFile[],
): Promise<void> {
  await tx.raw(
    `update sync.directive_file set current = false where directive_id = :directiveId and not ref = any (:refs)`,
    {
      directiveId,
      refs: files.map((file) => file.ref),
    },
  )
  if (files.length === 0) return
  const changed = `directive_file.announced_size is distinct from excluded.announced_size or directive_file.name <> excluded.name`
  const unlessChanged = (column: string) =>
    tx.raw(`case when ${changed} then null else directive_file.${column} end`)
  await tx('sync.directive_file')
    .insert(
      files.map((file, position) => ({
        directive_id: directiveId,
        ref: file.ref,
        position,
        name: file.name,
        media_type: file.mediaType,
        announced_size: file.size,
        unusable: file.unusable ?? null,
      })),
    )
    .onConflict(['directive_id', 'ref'])
    .merge({
      position: tx.raw('excluded.position'),
      name: tx.raw('excluded.name'),
      media_type: tx.raw('excluded.media_type'),
      announced_size: tx.raw('excluded.announced_size'),
      current: true,
      stored_as: unlessChanged('stored_as'),
      size: unlessChanged('size'),
      sha256: unlessChanged('sha256'),
      note: unlessChanged('note'),
      unusable: tx.raw(
        `coalesce(excluded.unusable, case when ${changed} then null else directive_file.unusable end)`,
      ),
      unusable_known: tx.raw(
        `case when ${changed} then false else directive_file.unusable_known end`,
      ),
    })
}

export function columnsOf({ directive, deadline, beforeGoLive }: Admitted) {
  return {
    number: directive.number,
    symbol: directive.symbol,
    code: directive.code,
    code_normalised: normaliseCode(directive.code),
    same_document_key: namedBy(directive).key,
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
