import type { Knex } from 'knex'
import type { Deadline } from '#src/domain/deadline.ts'
import type { AnnouncedFile, Directive } from '#src/domain/directive.ts'
import { missingFiles, writeDirective } from './directives.ts'
import { remember } from './history.ts'
import type { IntakeClaim } from './intake-claims.ts'

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

/** Writes the directive of an intake row that is held, and what follows from it, in the caller's transaction. */
export async function settleWith(
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

/** Everything is there: the directive shows in the views, and its source is told by rows of this same commit. */
export async function finish(
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
