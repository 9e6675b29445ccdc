import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { normaliseCode } from '#src/domain/code.ts'
import type { AnnouncedFile, Directive } from '#src/domain/directive.ts'
import { contentDigest, namedBy } from '#src/domain/identity.ts'
import { copyOf, lockDocument, partIfApart, refuseIfWithheld } from './copies.ts'
import { remember } from './history.ts'
import type { Admitted } from './staging.ts'

export interface MissingFile {
  readonly id: string
  readonly ref: string
  readonly name: string
  readonly mediaType: string | null
  readonly size: number | null
}

interface Written {
  readonly directiveId: string
  readonly revision: number
  readonly change: 'new' | 'revised' | 'none' | 'conflict' | 'withheld'
}

/**
 * Writes the directive of an admitted message: new, a further revision, or nothing where nothing changed or
 * where messages never change, so that another content is a conflict.
 */
export async function writeDirective(
  tx: Knex,
  source: string,
  admitted: Admitted,
  at: Date,
): Promise<Written> {
  const digest = contentDigest(admitted)
  const columns = columnsOf(admitted)
  await lockDocument(tx, columns.same_document_key)
  const existing = await lockDirective(tx, source, admitted.sourceRef)
  const known = existing && { directiveId: existing.id, revision: existing.revision }
  if (known && existing.withheld) return { ...known, change: 'withheld' }
  const older = admitted.revises === 'inPlace' && existing && existing.readAt > admitted.askedAt
  if (known && older) return { ...known, change: 'none' }
  if (known && existing.digest === digest) {
    await confirm(tx, existing, admitted, at)
    return { ...known, change: 'none' }
  }
  if (known && admitted.revises === 'byMessage') return { ...known, change: 'conflict' }

  const identity = { sameDocument: columns.same_document_key, issuedOn: columns.issued_on }
  await refuseIfWithheld(tx, identity, existing?.id ?? null)
  const id = existing?.id ?? randomUUID()
  const revision = (existing?.revision ?? 0) + 1
  const written = { revision, content_digest: digest, read_at: admitted.askedAt }
  if (existing) {
    const { deadline_date, classify_by, ...others } = columns
    // "Thực hiện ngay" was a person's word and outlives what the source changes.
    const clock = existing.actAtOnce ? {} : { deadline_date, classify_by }
    await tx('sync.directive')
      .where({ id })
      .update({ ...others, ...clock, ...written, recalled_at: tx.raw(unlessByHand) })
    await partIfApart(tx, id)
  } else {
    await refuseIfPurgedSince(tx, admitted.askedAt)
    await tx('sync.directive').insert({
      id,
      source,
      source_ref: admitted.sourceRef,
      seen_at: at,
      ...columns,
      ...written,
      ...(await copyOf(tx, source, identity)),
    })
  }
  await tx('sync.directive_revision').insert({
    directive_id: id,
    revision,
    at,
    changed: existing ? changedFields(existing.fields, admitted.directive) : [],
    fields: JSON.stringify(admitted.directive),
  })
  await announceFiles(tx, id, admitted.files)
  return { directiveId: id, revision, change: existing ? 'revised' : 'new' }
}

/** What a person recalled stays so, whatever its source goes on saying. */
const unlessByHand = `case when recall_authority is not null then recalled_at end`

/** The content is what it was: it was read again, and a recall that its source took back is undone. */
async function confirm(
  tx: Knex,
  { id, recalled }: Existing,
  { askedAt, revises }: Admitted,
  at: Date,
): Promise<void> {
  const undone = recalled && revises === 'inPlace'
  await tx.raw(
    `update sync.directive set read_at = greatest(read_at, :askedAt), recalled_at = case when :undone then ${unlessByHand} else recalled_at end where id = :id`,
    { id, askedAt, undone },
  )
  if (undone) await remember(tx, { at, directiveId: id, actor: 'bridge', event: 'recallUndone' })
}

export async function missingFiles(tx: Knex, directiveId: string): Promise<MissingFile[]> {
  const { rows } = await tx.raw(
    `select id, ref, name, media_type as "mediaType", announced_size as size from sync.directive_file
     where directive_id = ? and stored_as is null and current order by position`,
    [directiveId],
  )
  return rows
}

interface Existing {
  readonly id: string
  readonly digest: string
  readonly revision: number
  readonly withheld: boolean
  readonly recalled: boolean
  readonly actAtOnce: boolean
  readonly readAt: Date
  readonly fields: Record<string, unknown>
}

/** Two readings of the same directive at once wait for each other here. */
async function lockDirective(
  tx: Knex,
  source: string,
  sourceRef: string,
): Promise<Existing | null> {
  await tx.raw(`select sync.lock_mutex(sync.reference_mutex(:source, :sourceRef))`, {
    source,
    sourceRef,
  })
  const { rows } = await tx.raw(
    `select d.id, d.content_digest as digest, d.revision, d.withheld_at is not null as withheld,
       d.recalled_at is not null and d.recall_authority is null as recalled, d.act_at_once as "actAtOnce", d.read_at as "readAt", r.fields
     from sync.directive d join sync.directive_revision r on r.directive_id = d.id and r.revision = d.revision
     where d.source = :source and d.source_ref = :sourceRef for update of d`,
    { source, sourceRef },
  )
  return rows[0] ?? null
}

/** What was purged since the source was asked may be this very document, and nothing is left that could tell. */
async function refuseIfPurgedSince(tx: Knex, askedAt: Date): Promise<void> {
  const { rows } = await tx.raw(`select from sync.purge where done_at > ? limit 1`, [askedAt])
  if (rows.length > 0) throw new PurgedSince()
}

/** The source is asked again before this becomes a new directive. */
export class PurgedSince extends Error {}

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

function changedFields(before: Record<string, unknown>, after: Directive): string[] {
  return Object.entries(after)
    .filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value))
    .map(([name]) => name)
}
