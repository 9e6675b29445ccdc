import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { addRows } from './added-rows.ts'
import type { Admitted, IntakeClaim, Staging } from './admitted.ts'
import { alreadyStored } from './already-stored.ts'
import { lookThere } from './announced-files.ts'
import { columnsOf } from './directives.ts'
import type { keys } from './keys.ts'
import { LeaseLost } from './lease.ts'
import { askIfSame } from './one-identity.ts'
import { directivesCalled } from './orders.ts'
import type { Pass } from './passes.ts'
import { type Answer, type Message, type Step, stepOf, type Written } from './staging-step.ts'
import { together } from './together.ts'
import { withholding } from './withholding.ts'

/** The pass that brings a message for the first time, or the intake row that is held of one that failed before. */
export type Under = { readonly pass: Pass } | { readonly claim: IntakeClaim }

export type Stage = (under: Under, admitted: Admitted, at: Date) => Promise<Staging>

/**
 * Writes intake, directive, revision, files and outbox in one transaction, under the lease of a pass or of an intake row.
 * Messages that come meanwhile share the transaction.
 */
export function staging(db: Knex, directiveKeys: Keys, leaseMs: number): Stage {
  const stage = together((messages: readonly Message[]) =>
    db.transaction((tx) => stageAll(tx, messages, leaseMs)),
  )

  return async (under: Under, admitted: Admitted, at: Date): Promise<Staging> => {
    const newId = randomUUID()
    // Before the commit: a row without a key is one whose purge was lost.
    const newKey = await directiveKeys.make(newId)
    const message = { ...placeOf(under), newId, newKey, admitted, at }
    const { outcome, files = null, hasLarge = false, shown, isNew } = await stage(message)
    // Under locks in an order of its own.
    if (shown) await withholding(db).withhold(shown, 'takenAlong', at)
    if (!isNew) await dropKey(newId).catch(() => {})
    if (outcome === 'leaseLost') throw new LeaseLost('pass' in under ? 'a pass' : 'an intake row')
    return { outcome, files, hasLarge }
  }

  /** Of a commit whose answer was lost it is not told whether it staged: then the directive is there, and needs its key. */
  async function dropKey(directiveId: string): Promise<void> {
    const { rows } = await db.raw(`select from sync.directive where id = ?`, [directiveId])
    if (rows.length === 0) await directiveKeys.drop(directiveId)
  }
}

/** The intake row that is written or already there, and what must still be held. */
function placeOf(under: Under) {
  if ('claim' in under) {
    const { id, source, lease } = under.claim
    return { id, source, passId: null, lease }
  }
  const { id: passId, source, lease } = under.pass
  return { id: randomUUID(), source, passId, lease }
}

async function stageAll(
  tx: Knex,
  messages: readonly Message[],
  leaseMs: number,
): Promise<Answer[]> {
  const written: Written[] = []
  for (const message of messages) written.push(await writtenOf(tx, message))
  const held = await hold(tx, written)
  const answers = new Map<string, Answer>()
  for (const round of rounds(written.filter(({ id }) => held.has(id))))
    for (const [id, answer] of await stageRound(tx, round, leaseMs)) answers.set(id, answer)
  return messages.map(({ id }) => answers.get(id) ?? { outcome: 'leaseLost' })
}

/** An update is written under the reference of the directive that it updates, if the store has that. */
async function writtenOf(tx: Knex, message: Message): Promise<Written> {
  const { source, admitted } = message
  const columns = columnsOf(admitted)
  if (admitted.business !== 'update') return { ...message, columns, sourceRef: admitted.sourceRef }
  const [directiveId] = await directivesCalled(tx, source, admitted.concerns)
  const { rows } = await tx.raw(
    `select source_ref as "sourceRef" from sync.directive where id = :directiveId`,
    { directiveId: directiveId ?? null },
  )
  return { ...message, columns, sourceRef: rows[0]?.sourceRef ?? admitted.sourceRef }
}

/** The messages whose lease is still theirs; everything that they write is locked. */
async function hold(tx: Knex, messages: readonly Written[]): Promise<ReadonlySet<string>> {
  const asked = messages.map(({ id, passId, source, sourceRef, lease, columns }) => ({
    ...{ id, pass: passId, owner: lease.owner, epoch: lease.epoch },
    ...{ source, source_ref: sourceRef, same_document_key: columns.same_document_key },
  }))
  const { rows } = await tx.raw(`select sync.hold_for_staging(?) as held`, [JSON.stringify(asked)])
  return new Set(rows[0].held)
}

/** What concerns one document, or came as one message, is staged one behind the other: the second sees the first. */
function rounds(messages: readonly Written[]): Written[][] {
  const next = new Map<string, number>()
  const found: Written[][] = []
  for (const message of messages) {
    const { source, sourceRef, columns, admitted } = message
    const names = [
      `number ${columns.same_document_key}`,
      `directive ${source} ${sourceRef}`,
      `message ${source} ${admitted.transportRef} ${admitted.version}`,
    ]
    const round = Math.max(...names.map((name) => next.get(name) ?? 0))
    for (const name of names) next.set(name, round + 1)
    found[round] = [...(found[round] ?? []), message]
  }
  return found
}

async function stageRound(tx: Knex, messages: readonly Written[], leaseMs: number) {
  const already = await alreadyStored(tx, messages)
  const steps: Step[] = []
  for (const [at, message] of messages.entries())
    steps.push(await stepOf(tx, message, already[at]!, leaseMs))
  await addRows(tx, [
    { table: 'sync.directive', rows: steps.flatMap(({ directive }) => directive ?? []) },
    { table: 'sync.doubted_clock', rows: steps.flatMap(({ doubt }) => doubt ?? []) },
    { table: 'sync.directive_revision', rows: steps.flatMap(({ revision }) => revision ?? []) },
    { table: 'sync.directive_file', rows: steps.flatMap(({ files }) => files ?? []) },
    { table: 'sync.intake', rows: steps.flatMap(({ intake }) => intake ?? []), ifThere: settled },
    {
      table: 'sync.replacement',
      rows: steps.flatMap(({ replacements }) => replacements ?? []),
      ifThere: 'on conflict do nothing',
    },
    { table: 'sync.business_order', rows: steps.flatMap(({ order }) => order ?? []) },
    { table: 'sync.history', rows: steps.flatMap(({ history }) => history ?? []) },
  ])
  for (const { brought } of steps) if (brought) await lookThere(tx, brought)
  const touched = steps.flatMap(({ touched }) => touched ?? [])
  if (touched.length > 0)
    await tx.raw(`select sync.settle_files(:touched, :at)`, { touched, at: messages[0]!.at })
  const namesakes = messages.flatMap(({ newId }, n) => {
    const { outcome } = steps[n]!.answer
    const isWritten = outcome === 'staged' || outcome === 'updated'
    return isWritten && already[n]!.hasNamesake ? [already[n]!.existing?.id ?? newId] : []
  })
  if (namesakes.length > 0) await askIfSame(tx, namesakes, messages[0]!.at)
  // Classified already through the copy that came by another source.
  const classified = messages.filter(
    (_, n) => steps[n]!.answer.isNew && already[n]!.takenOver.classified_at !== null,
  )
  if (classified.length > 0)
    await tx.raw(
      `select sync.send_status(d, '03', 'Đã tiếp nhận, vào sổ văn bản đến', :at) from sync.directive d where d.id = any (:ids)`,
      { at: classified[0]!.at, ids: classified.map(({ newId }) => newId) },
    )
  return messages.map(({ id }, n) => [id, steps[n]!.answer] as const)
}

type Keys = Pick<ReturnType<typeof keys>, 'make' | 'drop'>

/** What the intake row of a message that was read again becomes. */
const settled = `on conflict (id) do update set state = excluded.state, state_before = excluded.state_before, version = excluded.version,
  directive_id = coalesce(excluded.directive_id, intake.directive_id), revision = coalesce(excluded.revision, intake.revision),
  business = excluded.business, concerns = excluded.concerns, order_code = excluded.order_code, order_issuer = excluded.order_issuer,
  classify_by = excluded.classify_by, attempts = intake.attempts + excluded.attempts,
  due_at = excluded.due_at, failure = excluded.failure, lease_until = excluded.lease_until, settled_at = excluded.settled_at`
