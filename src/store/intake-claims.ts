import type { Knex } from 'knex'
import type { Admitted, IntakeClaim, Staging } from './admitted.ts'
import { hasCome, longestLease } from './instants.ts'
import { LeaseLost } from './lease.ts'
import { carryOut, type Order, type OrderOutcome } from './orders.ts'
import { breakerIsOpen } from './sources.ts'
import type { Stage } from './staging.ts'

const longestPauseS = 600

/** Rows that failed, or waited for what they are about, taken up again by whoever holds their lease. */
export function intakeClaims(db: Knex, stage: Stage, leaseMs: number) {
  return {
    /** What failed before, or waited for what it updates, was read again. */
    restage: (claim: IntakeClaim, admitted: Admitted, at: Date): Promise<Staging> =>
      stage({ claim }, admitted, at),

    /** What a deferred message orders, now that what it is about is here. */
    async order(claim: IntakeClaim, order: Order, at: Date): Promise<OrderOutcome> {
      return db.transaction(async (tx) => {
        await holdClaim(tx, claim)
        return carryOut(tx, claim, order, at)
      })
    },

    /** Hands a claim back with the reason why it could not be settled; tried again later each time. */
    async postpone(claim: IntakeClaim, failure: string): Promise<void> {
      const { rowCount } = await db.raw(
        `update sync.intake set failure = :failure, attempts = attempts + 1, lease_until = null,
           due_at = clock_timestamp() + least(:longestPauseS, power(2, least(attempts, 20))) * interval '1 second'
         where ${held}`,
        { failure, longestPauseS, ...fenceOf(claim) },
      )
      if (rowCount === 0) throw new LeaseLost('an intake row')
    },

    /** The gate no longer admits what failed before: nothing of it is kept but that it was counted. */
    async forget(claim: IntakeClaim): Promise<void> {
      await db.raw(
        `update sync.intake set state = 'purged', transport_ref = gen_random_uuid()::text, source_ref = '', version = '', concerns = '{}', order_code = null, order_issuer = null,
           failure = null, lease_until = null, settled_at = clock_timestamp()
         where ${held} and directive_id is null`,
        fenceOf(claim),
      )
    },

    async renew(claim: IntakeClaim): Promise<void> {
      const { rowCount } = await db.raw(
        `update sync.intake set lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond' where ${held}`,
        { leaseMs, ...fenceOf(claim) },
      )
      if (rowCount === 0) throw new LeaseLost('an intake row')
    },

    /** Claims rows that are due again, nearest deadline first; other workers skip what is claimed. */
    async claimDue(
      owner: string,
      limit: number,
      sources: readonly string[] | null = null,
    ): Promise<IntakeClaim[]> {
      const { rows } = await db.raw(
        `update sync.intake set lease_owner = :owner, lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
         where id in (
           select id from sync.intake
           where ${isDueRow(leaseMs)}
             and (:sources::text[] is null or source = any (:sources)) and not exists (select from sync.source s where s.name = intake.source and ${breakerIsOpen('s')})
           order by classify_by limit :limit for update skip locked)
         returning id, source, transport_ref as "transportRef", source_ref as "sourceRef", version, directive_id as "directiveId", state, attempts, lease_epoch as epoch`,
        { owner, leaseMs, limit, sources: sources && [...sources] },
      )
      return rows.map(({ epoch, ...row }: IntakeClaim & { epoch: number }) => ({
        ...row,
        lease: { owner, epoch },
      }))
    },
  }
}

async function holdClaim(tx: Knex, claim: IntakeClaim): Promise<void> {
  const { rowCount } = await tx.raw(
    `select 1 from sync.intake where ${held} for update`,
    fenceOf(claim),
  )
  if (rowCount === 0) throw new LeaseLost('an intake row')
}

const isDue = hasCome('due_at', longestPauseS * 1000)

/** A deferred message whose directive has come since. */
const isDueOrder = `state = 'deferred' and business in ('revoke', 'update', 'status')
  and exists (select from unnest(concerns) ref where sync.directive_called(source, ref) is not null)`

export const isDueRow = (leaseMs: number) =>
  `(state = 'failed' or ${isDueOrder}) and ${isDue} and coalesce(${hasCome('lease_until', longestLease(leaseMs))}, true)`

const held = `id = :intakeId and state in ('failed', 'deferred') and lease_owner = :owner and lease_epoch = :epoch`

function fenceOf(claim: IntakeClaim): { intakeId: string; owner: string; epoch: number } {
  return { intakeId: claim.id, owner: claim.lease.owner, epoch: claim.lease.epoch }
}
