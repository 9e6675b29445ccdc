import type { Knex } from 'knex'
import type { Deadline } from '#src/domain/deadline.ts'
import type { AnnouncedFile, Directive } from '#src/domain/directive.ts'
import { WithheldElsewhere } from './copies.ts'
import { missingFiles, PurgedSince, writeDirective } from './directives.ts'
import type { IntakeClaim } from './intake-claims.ts'
import { directivesCalled } from './orders.ts'
import { withholding } from './withholding.ts'

/** One version of one message that the gate admitted, with everything the store keeps of it. */
export interface Admitted {
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly directive: Directive
  readonly files: readonly AnnouncedFile[]
  readonly deadline: Deadline
  readonly beforeGoLive: boolean
  readonly business: 'new' | 'update' | 'replace'
  /** The earlier directives, by `sourceRef`, that it updates or replaces. */
  readonly concerns: readonly string[]
  /** Why it updates or replaces, in the issuer's words. */
  readonly reason: string | null
  /** Whether another content under the same `sourceRef` is a revision or a conflict. */
  readonly revises: 'inPlace' | 'byMessage'
  /** When the source was asked for this content, by this process's clock. */
  readonly askedAt: Date
}

export interface Staging {
  /** `taken`: another reading has the same version already. `askAgain`: something was purged since the source was asked. */
  readonly outcome:
    | 'staged'
    | 'updated'
    | 'unchanged'
    | 'pending'
    | 'failed'
    | 'withheld'
    | 'deferred'
    | 'taken'
    | 'notEligible'
    | 'askAgain'
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
  const target = await targetOf(tx, row.source, admitted)
  if (target === 'unknown') {
    await tx.raw(
      `update sync.intake set state = 'deferred', lease_until = null, failure = null, due_at = clock_timestamp() where id = :id`,
      { id: row.id },
    )
    return { outcome: 'deferred', claim: null }
  }
  const written = await writeDirective(tx, row.source, { ...admitted, ...target }, at)
  if (written.change === 'withheld') {
    // Nothing of it is kept: when its directive is released, it is read again as what failed before.
    await tx.raw(
      `update sync.intake set state = 'withheld', state_before = 'failed', directive_id = :directiveId, lease_until = null, failure = null where id = :id`,
      { directiveId: written.directiveId, id: row.id },
    )
    return { outcome: 'withheld', claim: null }
  }
  if (written.change === 'none' && !(await lacksFiles(tx, written.directiveId, row.id))) {
    await tx.raw(
      `update sync.intake set state = 'unchanged', directive_id = :directiveId, settled_at = :at, lease_until = null, failure = null where id = :id`,
      { directiveId: written.directiveId, at, id: row.id },
    )
    if (acknowledges) await acknowledge(tx, row.id, at)
    return { outcome: 'unchanged', claim: null }
  }
  if (written.change === 'conflict') {
    // Nothing that is asked again can settle it: a person decides which of the two is meant.
    await tx.raw(
      `update sync.intake set state = 'failed', failure = 'conflict', attempts = attempts + 1, due_at = '9999-01-01', lease_until = null where id = :id`,
      { id: row.id },
    )
    return { outcome: 'failed', claim: null }
  }
  await tx.raw(
    `update sync.intake set state = 'pending', directive_id = :directiveId, revision = :revision, version = :version, business = :business, concerns = :concerns, classify_by = :classifyBy, failure = null where id = :id`,
    {
      directiveId: written.directiveId,
      revision: written.revision,
      version: admitted.version,
      business: admitted.business,
      concerns: [...admitted.concerns],
      classifyBy: admitted.deadline.deadlineAt,
      id: row.id,
    },
  )
  await linkTo(tx, row, written.directiveId, admitted, at)
  const missing = await missingFiles(tx, written.directiveId)
  if (missing.length === 0)
    return {
      outcome: await finish(tx, row.id, acknowledges, at),
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

/**
 * What a staging that wrote nothing came to. What the store shows of one that may not be there is withheld behind it,
 * under locks in an order of its own.
 */
export async function notStaged(db: Knex, error: unknown, at: Date): Promise<Staging> {
  if (error instanceof PurgedSince) return { outcome: 'askAgain', claim: null }
  if (!(error instanceof WithheldElsewhere)) throw error
  if (error.directiveId !== null)
    await withholding(db).withhold(error.directiveId, 'takenAlong', at)
  return { outcome: 'notEligible', claim: null }
}

/** Files are missing and nobody fetches them any more: whoever did was discarded. */
async function lacksFiles(tx: Knex, directiveId: string, but: string): Promise<boolean> {
  const { rows } = await tx.raw(
    `select exists (select from sync.directive_file where directive_id = :directiveId and stored_as is null and current)
       and not exists (select from sync.intake where directive_id = :directiveId and id <> :but and state in ('failed', 'pending')) as lacks`,
    { directiveId, but },
  )
  return rows[0].lacks
}

/** An update is written under the reference of the directive that it updates, if the store has that. */
async function targetOf(
  tx: Knex,
  source: string,
  { business, concerns }: Admitted,
): Promise<Partial<Admitted> | 'unknown'> {
  if (business !== 'update') return {}
  const [directiveId] = await directivesCalled(tx, source, concerns)
  if (directiveId === undefined) return 'unknown'
  const { rows } = await tx.raw(
    `select source_ref as "sourceRef", recalled_at is not null as recalled from sync.directive where id = ?`,
    [directiveId],
  )
  const { sourceRef, recalled } = rows[0]
  // Whoever updates what was recalled contradicts himself: a person decides.
  return { sourceRef, revises: recalled ? 'byMessage' : 'inPlace' }
}

/** What the issuer said of other directives: which one this replaces, or that it updates one and wants an answer. */
async function linkTo(
  tx: Knex,
  { id, source }: Pick<IntakeClaim, 'id' | 'source'>,
  directiveId: string,
  { business, concerns, reason }: Admitted,
  at: Date,
): Promise<void> {
  if (business === 'replace')
    await tx.raw(
      `insert into sync.replacement (directive_id, source, source_ref) select :directiveId, :source, ref from unnest(:concerns::text[]) ref on conflict do nothing`,
      { directiveId, source, concerns: [...concerns] },
    )
  if (business === 'update')
    await tx.raw(
      `insert into sync.business_order (directive_id, intake_id, kind, reason, ordered_at) values (:directiveId, :id, 'update', :reason, :at)`,
      { directiveId, id, reason, at },
    )
}

/** Everything is there: the directive shows in the views, and its source is told by rows of this same commit. */
async function finish(
  tx: Knex,
  intakeId: string,
  acknowledges: boolean,
  at: Date,
): Promise<'staged' | 'updated'> {
  const { rows } = await tx.raw(
    `select sync.finish_staging(:intakeId, :acknowledges, :at) as state`,
    {
      intakeId,
      acknowledges,
      at,
    },
  )
  return rows[0].state
}

/** A source is acknowledged only after the commit: by a row of that same commit. */
export async function acknowledge(tx: Knex, intakeId: string, at: Date): Promise<void> {
  await tx.raw(`select sync.acknowledge(:intakeId, :at)`, { intakeId, at })
}
