import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Deadline } from '#src/domain/deadline.ts'
import type { AnnouncedFile, Directive } from '#src/domain/directive.ts'
import { type MissingFile, missingFiles, writeDirective } from './directives.ts'
import { remember } from './history.ts'
import { type Lease, LeaseLost } from './lease.ts'
import { fence, type Pass } from './passes.ts'

/** One version of one message that the gate admitted, with everything the store keeps of it. */
export interface Admitted {
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly directive: Directive
  readonly files: readonly AnnouncedFile[]
  readonly deadline: Deadline
  readonly beforeGoLive: boolean
}

export interface Staging {
  /** `taken`: another reading has the same version already. */
  readonly outcome: 'staged' | 'updated' | 'unchanged' | 'pending' | 'withheld' | 'taken'
  /** Set while files are still missing: whoever holds it fetches them. */
  readonly claim: IntakeClaim | null
}

/** An intake row under lease. */
export interface IntakeClaim {
  readonly id: string
  readonly source: string
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly directiveId: string | null
  readonly state: 'failed' | 'pending'
  readonly attempts: number
  readonly missing: readonly MissingFile[]
  readonly lease: Lease
}

export interface FailedItem {
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly classifyBy: Date
}

const longestPauseS = 600

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

    /** The same for a row that failed before and was claimed again. */
    async restage(
      claim: IntakeClaim,
      admitted: Admitted,
      acknowledges: boolean,
      at: Date,
    ): Promise<Staging> {
      return db.transaction(async (tx) => {
        await holdClaim(tx, claim)
        return settleWith(tx, claim, admitted, acknowledges, at)
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

    /** Hands a claim back untouched, due at once: somebody better placed takes it. */
    async release(claim: IntakeClaim): Promise<void> {
      await db.raw(
        `update sync.intake set lease_until = null, due_at = clock_timestamp() where ${held}`,
        fenceOf(claim),
      )
    },

    /** The gate no longer admits what failed before: nothing of it is kept. */
    async forget(claim: IntakeClaim): Promise<void> {
      await db.raw(`delete from sync.intake where ${held} and directive_id is null`, fenceOf(claim))
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
      files: { largerThan: number } | { upTo: number },
    ): Promise<IntakeClaim[]> {
      return db.transaction(async (tx) => {
        const { rows } = await tx.raw(
          `update sync.intake set lease_owner = :owner, lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
           where id in (
             select id from sync.intake
             where state in ('failed', 'pending') and due_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp())
               and (exists (select from sync.directive_file f where f.directive_id = intake.directive_id and f.current
                 and f.stored_as is null and f.announced_size > :bytes)) = :large
             order by classify_by limit :limit for update skip locked)
           returning id, source, transport_ref as "transportRef", source_ref as "sourceRef", version, directive_id as "directiveId", state, attempts, lease_epoch as epoch`,
          {
            owner,
            leaseMs,
            limit,
            large: 'largerThan' in files,
            bytes: 'largerThan' in files ? files.largerThan : files.upTo,
          },
        )
        const claims: IntakeClaim[] = []
        for (const { epoch, ...row } of rows) {
          claims.push({
            ...row,
            missing: row.directiveId ? await missingFiles(tx, row.directiveId) : [],
            lease: { owner, epoch },
          })
        }
        return claims
      })
    },

    async dueCount(): Promise<number> {
      const { rows } = await db.raw(
        `select count(*) as n from sync.intake where state in ('failed', 'pending') and due_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp())`,
      )
      return rows[0].n
    },

    /** Everything is stored: the directive shows in the views, and the source is told by rows of this same commit. */
    async complete(
      claim: IntakeClaim,
      acknowledges: boolean,
      at: Date,
    ): Promise<'staged' | 'updated' | 'pending'> {
      return db.transaction(async (tx) => {
        await holdClaim(tx, claim)
        if ((await missingFiles(tx, claim.directiveId!)).length > 0) return 'pending'
        return finish(tx, claim.id, claim.directiveId!, acknowledges, at)
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

  async function settleWith(
    tx: Knex,
    row: Pick<IntakeClaim, 'id' | 'source' | 'version' | 'lease'>,
    admitted: Admitted,
    acknowledges: boolean,
    at: Date,
  ): Promise<Staging> {
    const written = await writeDirective(tx, row.source, admitted, at)
    if (written.change === 'withheld' || written.change === 'none') {
      const outcome = written.change === 'none' ? 'unchanged' : 'withheld'
      await tx.raw(
        `update sync.intake set state = :outcome, directive_id = :directiveId, settled_at = :at, lease_until = null, failure = null where id = :id`,
        { outcome, directiveId: written.directiveId, at, id: row.id },
      )
      if (outcome === 'unchanged' && acknowledges) await acknowledge(tx, row.id, at)
      return { outcome, claim: null }
    }
    await tx.raw(
      `update sync.intake set state = 'pending', directive_id = :directiveId, revision = :revision, version = :version, classify_by = :classifyBy, failure = null where id = :id`,
      {
        directiveId: written.directiveId,
        revision: written.revision,
        version: admitted.version,
        classifyBy: admitted.deadline.deadlineAt,
        id: row.id,
      },
    )
    const missing = await missingFiles(tx, written.directiveId)
    if (missing.length === 0)
      return {
        outcome: await finish(tx, row.id, written.directiveId, acknowledges, at),
        claim: null,
      }
    const { transportRef, sourceRef } = admitted
    const claim: IntakeClaim = {
      ...row,
      transportRef,
      sourceRef,
      directiveId: written.directiveId,
      state: 'pending',
      attempts: 0,
      missing,
    }
    return { outcome: 'pending', claim }
  }
}

async function finish(
  tx: Knex,
  intakeId: string,
  directiveId: string,
  acknowledges: boolean,
  at: Date,
): Promise<'staged' | 'updated'> {
  const { rows } = await tx.raw(
    `update sync.intake set state = case revision when 1 then 'staged' else 'updated' end, settled_at = :at, lease_until = null, failure = null
     where id = :intakeId returning state, source`,
    { at, intakeId },
  )
  const state: 'staged' | 'updated' = rows[0].state
  if (acknowledges) await acknowledge(tx, intakeId, at)
  await tx.raw(
    `update sync.directive set staged_at = coalesce(staged_at, :at) where id = :directiveId`,
    { at, directiveId },
  )
  await remember(tx, { at, directiveId, actor: 'bridge', event: state })
  if (state === 'staged') {
    await tx.raw(
      `insert into sync.outbox (source, kind, directive_id, detail, written_at)
       select name, 'status', :directiveId, '{"code":"01","description":"Đã đến"}', :at from sync.source where name = :source and '01' = any (statuses)`,
      { directiveId, at, source: rows[0].source },
    )
  }
  return state
}

/** A source is acknowledged only after the commit: by a row of that same commit. */
async function acknowledge(tx: Knex, intakeId: string, at: Date): Promise<void> {
  await tx.raw(
    `insert into sync.outbox (source, kind, intake_id, detail, written_at)
     select source, 'acknowledge', id, '{"as":"done"}', :at from sync.intake where id = :intakeId`,
    { intakeId, at },
  )
}

async function holdPass(tx: Knex, pass: Pass): Promise<void> {
  const { rowCount } = await tx.raw(
    `select 1 from sync.pass where id = :passId and state = 'running' and lease_owner = :owner and lease_epoch = :epoch for share`,
    fence(pass),
  )
  if (rowCount === 0) throw new LeaseLost('a pass')
}

async function holdClaim(tx: Knex, claim: IntakeClaim): Promise<void> {
  const { rowCount } = await tx.raw(
    `select 1 from sync.intake where ${held} for update`,
    fenceOf(claim),
  )
  if (rowCount === 0) throw new LeaseLost('an intake row')
}

const held = `id = :intakeId and state in ('failed', 'pending') and lease_owner = :owner and lease_epoch = :epoch`

function fenceOf(claim: IntakeClaim): { intakeId: string; owner: string; epoch: number } {
  return { intakeId: claim.id, owner: claim.lease.owner, epoch: claim.lease.epoch }
}
