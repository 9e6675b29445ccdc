import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { contentDigest } from '#src/domain/identity.ts'
import type { Admitted, IntakeClaim, MissingFile, Staging } from './admitted.ts'
import type { Already } from './already-stored.ts'
import { type columnsOf, confirm, type Existing, revise } from './directives.ts'
import type { Lease } from './lease.ts'

/** An admitted message that is to be staged. */
export interface Message {
  readonly id: string
  readonly source: string
  /** Null where the intake row is there already. */
  readonly passId: string | null
  /** What must still be held, of the pass or of the intake row. */
  readonly fence: Lease
  /** Under which the intake row is held afterwards. */
  readonly lease: Lease
  readonly admitted: Admitted
  readonly at: Date
}

/** A message with the reference under which its directive is written, and the columns that it gives it. */
export interface Written extends Message {
  readonly sourceRef: string
  readonly columns: ReturnType<typeof columnsOf>
}

export interface Answer {
  readonly outcome: Staging['outcome'] | 'leaseLost'
  readonly claim?: IntakeClaim
  /** A directive that the store shows although another one of its number is withheld. */
  readonly shown?: string
}

/** What becomes of one message: the rows that it adds, and the answer. */
export interface Step {
  readonly answer: Answer
  readonly intake?: object
  readonly directive?: object
  readonly revision?: object
  readonly files?: readonly object[]
  readonly replacements?: readonly object[]
  readonly order?: object
  /** No file is missing. */
  readonly isWhole?: boolean
}

/** Decides what becomes of a message. What it changes of a directive that is there is written at once. */
export async function stepOf(
  tx: Knex,
  message: Written,
  already: Already,
  leaseMs: number,
): Promise<Step> {
  const { admitted, at } = message
  const { existing } = already
  const digest = contentDigest(admitted)
  const decision = decide(admitted, digest, already)
  const settled = (outcome: Staging['outcome'], row: object): Step => ({
    answer: { outcome },
    intake: intakeRow(message, already, { state: outcome, ...row }),
  })
  switch (decision) {
    case 'taken':
    case 'askAgain':
      return { answer: { outcome: decision } }
    case 'notEligible':
      return { answer: { outcome: decision, ...(existing && { shown: existing.id }) } }
    case 'deferred':
      return settled(decision, {})
    case 'withheld':
      // Nothing of it is kept: when its directive is released, it is read again as what failed before.
      return settled(decision, { state_before: 'failed', directive_id: existing!.id })
    case 'conflict':
      // Nothing that is asked again can settle it: a person decides which of the two is meant.
      return settled('failed', { failure: 'conflict', attempts: 1, due_at: '9999-01-01' })
    case 'same':
    case 'older': {
      const { id, revision, missing, isFetched } = existing!
      if (decision === 'same') {
        const inPlace = isInPlace(admitted, existing!)
        await confirm(tx, existing!, { askedAt: admitted.askedAt, inPlace }, at)
      }
      // Files that are missing and that nobody fetches any more: whoever did was discarded.
      if (missing.length > 0 && !isFetched)
        return pending(message, already, leaseMs, { id, revision, missing })
      return settled('unchanged', { directive_id: id, settled_at: at })
    }
    case 'revised': {
      const revision = existing!.revision + 1
      const written = { ...message.columns, ...writtenNow(admitted, digest, revision) }
      const missing = await revise(tx, existing!, written, admitted.files)
      return {
        ...pending(message, already, leaseMs, { id: existing!.id, revision, missing }),
        revision: revisionRow(message, existing!.id, revision, changedFields(existing!, admitted)),
      }
    }
    case 'new': {
      const id = randomUUID()
      const files = admitted.files.map((file) => ({ id: randomUUID(), ...file }))
      const missing = files.filter(({ unusable }) => unusable === undefined)
      return {
        ...pending(message, already, leaseMs, { id, revision: 1, missing }),
        directive: {
          ...{ id, source: message.source, source_ref: message.sourceRef, seen_at: at },
          ...message.columns,
          ...writtenNow(admitted, digest, 1),
          ...already.takenOver,
        },
        revision: revisionRow(message, id, 1, []),
        files: files.map((file, position) => ({
          ...{ id: file.id, directive_id: id, ref: file.ref, position, name: file.name },
          ...{ media_type: file.mediaType, announced_size: file.size },
          unusable: file.unusable ?? null,
        })),
      }
    }
  }
}

type Decision =
  | 'taken'
  | 'askAgain'
  | 'notEligible'
  | 'deferred'
  | 'withheld'
  | 'conflict'
  | 'same'
  | 'older'
  | 'revised'
  | 'new'

function decide(admitted: Admitted, digest: string, already: Already): Decision {
  const { existing } = already
  if (already.taken) return 'taken'
  if (!existing && admitted.business === 'update') return 'deferred'
  if (existing) {
    const inPlace = isInPlace(admitted, existing)
    if (existing.withheld) return 'withheld'
    if (inPlace && existing.readAt > admitted.askedAt) return 'older'
    if (existing.digest === digest) return 'same'
    if (!inPlace) return 'conflict'
  }
  // What was withheld may be this very document: contradictory is not eligible, and nothing of it is written.
  if (already.withheldElsewhere) return 'notEligible'
  if (existing) return 'revised'
  // What was purged may be this very document, and nothing is left that could tell.
  return already.purgedSince ? 'askAgain' : 'new'
}

/** Whoever updates what was recalled contradicts himself: a person decides. */
function isInPlace({ business, revises }: Admitted, { recalled }: Existing): boolean {
  return business === 'update' ? !recalled : revises === 'inPlace'
}

/** The directive is written; it is staged at once if no file is missing, and until then its row stays held. */
function pending(
  message: Written,
  already: Already,
  leaseMs: number,
  { id, revision, missing }: { id: string; revision: number; missing: readonly MissingFile[] },
): Step {
  const { source, lease, admitted, at } = message
  const { transportRef, sourceRef, version, business, concerns, reason } = admitted
  const isWhole = missing.length === 0
  const leaseUntil = new Date(already.now.getTime() + leaseMs)
  const claim: IntakeClaim = {
    ...{ id: message.id, source, transportRef, sourceRef, version, lease, missing },
    ...{ directiveId: id, state: 'pending', attempts: 0 },
  }
  return {
    answer: isWhole
      ? { outcome: revision === 1 ? 'staged' : 'updated' }
      : { outcome: 'pending', claim },
    isWhole,
    intake: intakeRow(message, already, {
      ...{ state: 'pending', directive_id: id, revision, lease_until: leaseUntil },
    }),
    ...(business === 'replace' && {
      replacements: concerns.map((ref) => ({ directive_id: id, source, source_ref: ref })),
    }),
    ...(business === 'update' && {
      order: { directive_id: id, intake_id: message.id, kind: 'update', reason, ordered_at: at },
    }),
  }
}

function intakeRow({ id, source, admitted, lease, at }: Written, already: Already, change: object) {
  return {
    ...{ id, source, transport_ref: admitted.transportRef, source_ref: admitted.sourceRef },
    ...{ version: admitted.version, pass_id: already.passId, business: admitted.business },
    ...{ concerns: admitted.concerns, classify_by: admitted.deadline.deadlineAt, seen_at: at },
    ...{ directive_id: null, revision: null, state_before: null, settled_at: null, failure: null },
    ...{ attempts: 0, due_at: already.now },
    ...{ lease_owner: lease.owner, lease_epoch: lease.epoch, lease_until: null },
    ...change,
  }
}

function writtenNow({ askedAt }: Admitted, digest: string, revision: number) {
  return { revision, content_digest: digest, read_at: askedAt }
}

function revisionRow(
  { admitted, at }: Written,
  directiveId: string,
  revision: number,
  changed: readonly string[],
) {
  return { directive_id: directiveId, revision, at, changed, fields: admitted.directive }
}

function changedFields({ fields }: Existing, { directive }: Admitted): string[] {
  return Object.entries(directive)
    .filter(([name, value]) => JSON.stringify(fields[name]) !== JSON.stringify(value))
    .map(([name]) => name)
}
