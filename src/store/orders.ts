import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { IntakeClaim } from './admitted.ts'
import { remember } from './history.ts'
import { acknowledge } from './outbox.ts'

/** A business message or a status message that passed the gate and waits to be handled. */
export interface Deferred {
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly business: 'revoke' | 'update' | 'replace' | 'unclear' | 'status'
  /** The directives, by `sourceRef`, that it is about. */
  readonly concerns: readonly string[]
  /** What it prints, for the person whom it may wait for. */
  readonly code: string | null
  readonly issuer: string | null
  readonly classifyBy: Date
}

/** A message that passed the gate and, instead of assigning anything, orders or tells something. */
export interface Order extends Deferred {
  readonly business: 'revoke' | 'status'
  /** Its issuer wants the directives back; otherwise a status message tells how a reply of ours fares. */
  readonly recalls: boolean
  readonly statusCode: string | null
  readonly reason: string | null
  readonly codes: readonly string[]
}

/** `deferred`: what it is about is not here, or not yet. */
export type OrderOutcome = 'recalled' | 'unchanged' | 'deferred'

/**
 * Carries out an order under its intake row, which the caller's transaction holds. A recall stops the clocks at once
 * and waits for the Office's answer; the second time it changes nothing.
 */
export async function carryOut(
  tx: Knex,
  row: Pick<IntakeClaim, 'id' | 'source'>,
  order: Order,
  at: Date,
): Promise<OrderOutcome> {
  const found = order.recalls
    ? await directivesCalled(tx, row.source, order.concerns)
    : await directivesAnswered(tx, row.source, order.codes)
  if (order.recalls && found.length === 0) return 'deferred'
  for (const directiveId of found) {
    if (order.recalls) await recall(tx, row.id, directiveId, order.reason, at)
    else
      await remember(tx, {
        at,
        directiveId,
        actor: 'bridge',
        event: 'statusReceived',
        detail: { code: order.statusCode, description: order.reason },
      })
  }
  const outcome = order.recalls ? 'recalled' : 'unchanged'
  await tx.raw(
    `update sync.intake set state = :outcome, directive_id = :directiveId, settled_at = :at, lease_until = null, failure = null where id = :id`,
    { outcome, directiveId: found[0] ?? null, at, id: row.id },
  )
  await acknowledge(tx, row.id, at)
  return outcome
}

/** A new intake row for a message whose handling may have to wait. */
export async function insertDeferred(
  tx: Knex,
  pass: { id: string; source: string },
  item: Deferred,
  at: Date,
): Promise<string | null> {
  const id = randomUUID()
  const { rowCount } = await tx.raw(
    `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, business, concerns, order_code, order_issuer, classify_by, seen_at)
     values (:id, :source, :transportRef, :sourceRef, :version, :passId, 'deferred', :business, :concerns, :code, :issuer, :classifyBy, :at)
     on conflict (source, transport_ref, version) do nothing`,
    {
      id,
      source: pass.source,
      passId: pass.id,
      transportRef: item.transportRef,
      sourceRef: item.sourceRef,
      version: item.version,
      business: item.business,
      concerns: [...item.concerns],
      code: item.code,
      issuer: item.issuer,
      classifyBy: item.classifyBy,
      at,
    },
  )
  return rowCount === 0 ? null : id
}

/** The directives that these references name, by their own or by that of a message that updated them. */
export async function directivesCalled(
  tx: Knex,
  source: string,
  sourceRefs: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.raw(
    `select distinct sync.directive_called(:source, ref) as id from unnest(:sourceRefs::text[]) ref where sync.directive_called(:source, ref) is not null order by 1`,
    { source, sourceRefs: [...sourceRefs] },
  )
  return rows.map(({ id }: { id: string }) => id)
}

async function directivesAnswered(
  tx: Knex,
  source: string,
  codes: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.raw(
    `select distinct r.directive_id as id from sync.reply r join sync.directive d on d.id = r.directive_id
     where d.source = :source and r.number || '/' || r.symbol = any (:codes) order by 1`,
    { source, codes: [...codes] },
  )
  return rows.map(({ id }: { id: string }) => id)
}

async function recall(
  tx: Knex,
  intakeId: string,
  directiveId: string,
  reason: string | null,
  at: Date,
): Promise<void> {
  const { rowCount } = await tx.raw(
    `update sync.directive set recalled_at = coalesce(recalled_at, :at), recall_authority = null
     where id = :directiveId and (recalled_at is null or recall_authority is not null)`,
    { at, directiveId },
  )
  if (rowCount === 0) return
  await tx.raw(
    `insert into sync.business_order (directive_id, intake_id, kind, reason, ordered_at) values (:directiveId, :intakeId, 'recall', :reason, :at)`,
    { directiveId, intakeId, reason, at },
  )
  await remember(tx, { at, directiveId, actor: 'bridge', event: 'recalled', detail: { reason } })
}
