import { createHash, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { normaliseCode, sameDocumentKey } from '#src/domain/code.ts'
import type { AnnouncedFile, Directive } from '#src/domain/directive.ts'
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
  readonly change: 'new' | 'revised' | 'none' | 'withheld'
}

/** Writes the directive of an admitted message: new, a further revision, or nothing where nothing changed. */
export async function writeDirective(
  tx: Knex,
  source: string,
  admitted: Admitted,
  at: Date,
): Promise<Written> {
  const digest = contentDigest(admitted)
  const existing = await lockDirective(tx, source, admitted.sourceRef)
  if (existing?.withheld)
    return { directiveId: existing.id, revision: existing.revision, change: 'withheld' }
  if (existing?.digest === digest)
    return { directiveId: existing.id, revision: existing.revision, change: 'none' }

  const id = existing?.id ?? randomUUID()
  const revision = (existing?.revision ?? 0) + 1
  const columns = columnsOf(admitted)
  if (existing) {
    await tx('sync.directive')
      .where({ id })
      .update({ ...columns, revision, content_digest: digest, recalled_at: null })
  } else {
    await tx('sync.directive').insert({
      id,
      source,
      source_ref: admitted.sourceRef,
      revision,
      content_digest: digest,
      seen_at: at,
      ...columns,
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
  readonly fields: Record<string, unknown>
}

/** Two readings of the same directive at once wait for each other here. */
async function lockDirective(
  tx: Knex,
  source: string,
  sourceRef: string,
): Promise<Existing | null> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended(:key, 0))`, {
    key: `${source} ${sourceRef}`,
  })
  const { rows } = await tx.raw(
    `select d.id, d.content_digest as digest, d.revision, d.withheld_at is not null as withheld, r.fields
     from sync.directive d join sync.directive_revision r on r.directive_id = d.id and r.revision = d.revision
     where d.source = :source and d.source_ref = :sourceRef for update of d`,
    { source, sourceRef },
  )
  return rows[0] ?? null
}

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
    .merge({ position: tx.raw('excluded.position'), name: tx.raw('excluded.name'), current: true })
}

function columnsOf({ directive, deadline, beforeGoLive }: Admitted) {
  return {
    number: directive.number,
    symbol: directive.symbol,
    code: directive.code,
    code_normalised: normaliseCode(directive.code),
    same_document_key: sameDocumentKey(
      directive.issuer,
      directive.issuedOn,
      directive.number,
      directive.symbol,
    ),
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

/** Equal content is a redelivery. Files count by what the source announces of them. */
function contentDigest({ directive, files }: Admitted): string {
  const announced = files.map((file) => [file.ref, file.name, file.size])
  return createHash('sha256')
    .update(JSON.stringify([directive, announced]))
    .digest('hex')
}

function changedFields(before: Record<string, unknown>, after: Directive): string[] {
  return Object.entries(after)
    .filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value))
    .map(([name]) => name)
}
