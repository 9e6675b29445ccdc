/** The rows that the product leaves of one directive, written as plainly as SQL allows. */
import type pg from 'pg'
import { addDays, localDateOf } from '#src/domain/local-date.ts'

/** The detail as the source gives it. */
export interface Item {
  readonly id: number
  readonly intakeId: string
  readonly directiveId: string
  readonly notation: string
  readonly abstract: string
  readonly content: string
  readonly issuer_name: string
  readonly doc_type_name: string
  readonly publish_date: string
  readonly signer: string
  readonly signer_position: string
  readonly recipients: string
  readonly attachments: readonly {
    id: number
    file_name: string
    mime_type: string
    file_size: number
  }[]
}

export interface Kept {
  readonly ref: string
  readonly name: string
  readonly size: number
  readonly sha256: string
}

/** One source, one calendar and one pass, which the rows refer to. */
export async function insertGround(db: pg.Client): Promise<void> {
  await db.query(
    `insert into sync.source (name, replies, gate_fingerprint) values ('qlvb-tinh', 'message', 'bare')`,
  )
  await db.query(
    `insert into sync.calendar (version, content, loaded_at) values ('1', '{}', now())`,
  )
  await db.query(
    `insert into sync.pass (id, source, kind, window_from, window_until, upper_bound, opened_at)
     values ('00000000-0000-0000-0000-000000000001', 'qlvb-tinh', 'backfill', now(), now(), now(), now())`,
  )
}

/** First of two commits: directive, revision, files, intake and history; eight round trips with begin and commit. */
export async function insertWaiting(pool: pg.Pool, item: Item): Promise<void> {
  const tx = await pool.connect()
  await tx.query('begin')
  await tx.query(insertDirective, directiveRow(item, new Date()))
  await tx.query(insertRevision, revisionRow(item))
  for (const [position, file] of item.attachments.entries())
    await tx.query(insertFile, [...fileRow(item, position, file), null, null, null])
  await tx.query(insertIntake, intakeRow(item))
  await tx.query(insertHistory, [item.directiveId])
  await tx.query('commit')
  tx.release()
}

/** Second of two commits: the files stored, and the directive complete. */
export async function storeFiles(pool: pg.Pool, item: Item, files: readonly Kept[]): Promise<void> {
  const tx = await pool.connect()
  await tx.query('begin')
  for (const file of files)
    await tx.query(
      `update sync.directive_file set state = 'stored', stored_as = $1, size = $2, sha256 = $3 where directive_id = $4 and ref = $5`,
      [file.name, file.size, file.sha256, item.directiveId, file.ref],
    )
  await tx.query('update sync.directive set files_complete_at = now() where id = $1', [
    item.directiveId,
  ])
  await tx.query('commit')
  tx.release()
}

/** Everything in one commit, after the files: what somebody would write who never has to go on from a crash. */
export async function insertAll(pool: pg.Pool, item: Item, files: readonly Kept[]): Promise<void> {
  const tx = await pool.connect()
  await tx.query('begin')
  await tx.query(insertDirective, directiveRow(item, new Date()))
  await tx.query(insertRevision, revisionRow(item))
  for (const [position, file] of item.attachments.entries()) {
    const kept = files[position]!
    const row = [...fileRow(item, position, file), kept.name, kept.size, kept.sha256]
    await tx.query(insertFile, row)
  }
  await tx.query(insertIntake, intakeRow(item))
  await tx.query(insertHistory, [item.directiveId])
  await tx.query('commit')
  tx.release()
}

export async function insertKey(keys: pg.Pool, directiveId: string, key: Buffer): Promise<void> {
  await keys.query('insert into directive_key (directive_id, key) values ($1, $2)', [
    directiveId,
    key,
  ])
}

const insertDirective = `
insert into sync.directive (id, source, source_ref, content_digest, number, symbol, code, code_normalised, same_document_key,
  issuer, issued_on, type_name, subject, summary, signer_name, signer_position, urgency, receivers, deadline_date, classify_by,
  calendar_version, deadline_confirmed, before_go_live, seen_at, read_at, staged_at)
values ($1, 'qlvb-tinh', $2, 'none', $3, $4, $5, $5, $5, $6, $7, $8, $9, $10, $11, $12, 'normal', $13, $14, $15, '1', true, false, now(), now(), $16)`

function directiveRow(item: Item, stagedAt: Date | null) {
  const [number = '', symbol = ''] = item.notation.split('/', 2)
  const issuedOn = localDateOf(new Date(item.publish_date))
  const deadline = addDays(issuedOn, 2)
  return [
    item.directiveId,
    item.id,
    number,
    symbol,
    item.notation,
    item.issuer_name,
    issuedOn,
    item.doc_type_name,
    item.abstract,
    item.content,
    item.signer,
    item.signer_position,
    item.recipients.split(';'),
    deadline,
    `${addDays(deadline, 1)}T00:00:00+07:00`,
    stagedAt,
  ]
}

const insertRevision =
  'insert into sync.directive_revision (directive_id, revision, at, fields) values ($1, 1, now(), $2)'

function revisionRow(item: Item) {
  return [item.directiveId, JSON.stringify(item)]
}

const insertFile = `insert into sync.directive_file (directive_id, ref, position, name, media_type, announced_size, stored_as, size, sha256, revision, state)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, case when $7::text is null then 'waiting' else 'stored' end)`

function fileRow(item: Item, position: number, file: Item['attachments'][number]) {
  return [item.directiveId, file.id, position, file.file_name, file.mime_type, file.file_size]
}

const insertIntake = `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, directive_id, revision, state, classify_by, seen_at, settled_at)
values ($1, 'qlvb-tinh', $2, $2, '1', '00000000-0000-0000-0000-000000000001', $3, 1, 'staged', now(), now(), now())`

function intakeRow(item: Item) {
  return [item.intakeId, item.id, item.directiveId]
}

const insertHistory = `insert into sync.history (at, directive_id, actor, event) values (now(), $1, 'bare', 'staged')`
