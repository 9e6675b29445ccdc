import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { remember } from './history.ts'
import { LeaseLost } from './lease.ts'
import { fence, type Pass } from './passes.ts'
import { type Admitted, type Staging, settleWith } from './staging.ts'

export interface FailedItem {
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly classifyBy: Date
}

export function intake(db: Knex, leaseMs: number) {
  return {
    /** Which of these message versions the intake has already, as `transportRef version`. */
    async known(
      source: string,
      items: readonly { transportRef: string; version: string }[],
    ): Promise<Map<string, { passId: string }>> {
      if (items.length === 0) return new Map()
      const { rows } = await db.raw(
        `select i.transport_ref, i.version, i.pass_id from sync.intake i
         join unnest(:refs::text[], :versions::text[]) as asked (ref, version) on i.transport_ref = asked.ref and i.version = asked.version
         where i.source = :source`,
        {
          source,
          refs: items.map((item) => item.transportRef),
          versions: items.map((item) => item.version),
        },
      )
      return new Map(
        rows.map((row: Record<string, string>) => [
          `${row.transport_ref} ${row.version}`,
          { passId: row.pass_id! },
        ]),
      )
    },

    /** Intake, directive, revision and outbox in one transaction, under the lease of the pass. */
    async stage(pass: Pass, admitted: Admitted, acknowledges: boolean, at: Date): Promise<Staging> {
      return db.transaction(async (tx) => {
        await holdPass(tx, pass)
        const id = randomUUID()
        const { rowCount } = await tx.raw(
          `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, lease_owner, lease_epoch, lease_until, seen_at)
           values (:id, :source, :transportRef, :sourceRef, :version, :passId, 'pending', :classifyBy, :owner, 1, clock_timestamp() + :leaseMs * interval '1 millisecond', :at)
           on conflict (source, transport_ref, version) do nothing`,
          {
            id,
            source: pass.source,
            transportRef: admitted.transportRef,
            sourceRef: admitted.sourceRef,
            version: admitted.version,
            passId: pass.id,
            classifyBy: admitted.deadline.deadlineAt,
            owner: pass.lease.owner,
            leaseMs,
            at,
          },
        )
        if (rowCount === 0) return { outcome: 'taken', claim: null }
        return settleWith(
          tx,
          {
            id,
            source: pass.source,
            version: admitted.version,
            lease: { owner: pass.lease.owner, epoch: 1 },
          },
          admitted,
          acknowledges,
          at,
        )
      })
    },

    /** An admitted message whose staging failed: listed and tried again until someone settles it. */
    async fail(pass: Pass, item: FailedItem, failure: string, at: Date): Promise<void> {
      await db.transaction(async (tx) => {
        await holdPass(tx, pass)
        await tx.raw(
          `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, attempts, failure, due_at, seen_at)
           values (:id, :source, :transportRef, :sourceRef, :version, :passId, 'failed', :classifyBy, 1, :failure, clock_timestamp() + interval '1 second', :at)
           on conflict (source, transport_ref, version) do nothing`,
          { id: randomUUID(), source: pass.source, passId: pass.id, failure, at, ...item },
        )
      })
    },

    /** The source recalled a directive the store has: history stays, clocks stop. False if the store never had it. */
    async recall(
      pass: Pass,
      item: { transportRef: string; sourceRef: string; version: string },
      at: Date,
    ): Promise<boolean> {
      return db.transaction(async (tx) => {
        await holdPass(tx, pass)
        const { rows } = await tx.raw(
          `select id, classify_by, recalled_at from sync.directive where source = :source and source_ref = :sourceRef for update`,
          { source: pass.source, sourceRef: item.sourceRef },
        )
        if (!rows[0]) return false
        const { rowCount } = await tx.raw(
          `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, directive_id, state, classify_by, seen_at, settled_at)
           values (:id, :source, :transportRef, :sourceRef, :version, :passId, :directiveId, 'recalled', :classifyBy, :at, :at)
           on conflict (source, transport_ref, version) do nothing`,
          {
            id: randomUUID(),
            source: pass.source,
            passId: pass.id,
            directiveId: rows[0].id,
            classifyBy: rows[0].classify_by,
            at,
            ...item,
          },
        )
        if (rowCount === 0 || rows[0].recalled_at) return true
        await tx.raw(`update sync.directive set recalled_at = :at where id = :id`, {
          at,
          id: rows[0].id,
        })
        await remember(tx, { at, directiveId: rows[0].id, actor: 'bridge', event: 'recalled' })
        return true
      })
    },

    /** Takes a directive out of every view at once, because its source now says it may not be there (design §5). */
    async withhold(source: string, sourceRef: string, at: Date): Promise<boolean> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.directive set withheld_at = :at where source = :source and source_ref = :sourceRef and withheld_at is null returning id`,
          { source, sourceRef, at },
        )
        if (!rows[0]) return false
        await tx.raw(
          `update sync.intake set state = 'withheld', generation = generation + 1, lease_epoch = lease_epoch + 1, lease_until = null where source = :source and source_ref = :sourceRef`,
          { source, sourceRef },
        )
        await remember(tx, { at, directiveId: rows[0].id, actor: 'bridge', event: 'withheld' })
        return true
      })
    },
  }
}

async function holdPass(tx: Knex, pass: Pass): Promise<void> {
  const { rowCount } = await tx.raw(
    `select 1 from sync.pass where id = :passId and state = 'running' and lease_owner = :owner and lease_epoch = :epoch for share`,
    fence(pass),
  )
  if (rowCount === 0) throw new LeaseLost('a pass')
}
