import type { Knex } from 'knex'
import type { AnnouncedFile, NamedDocument } from '#src/domain/directive.ts'
import { contentDigest } from '#src/domain/identity.ts'
import type { Admitted, FileClaim, Staging } from './admitted.ts'
import type { Already } from './already-stored.ts'
import { type Announced, type Brought, rowsOf, supersede } from './announced-files.ts'
import { type columnsOf, confirm, type Existing, revise } from './directives.ts'
import { doubtRow } from './doubted-clocks.ts'
import type { Lease } from './lease.ts'
import { putNamesRight } from './set-aside.ts'

/** An admitted message that is to be staged. */
export interface Message {
  readonly id: string
  /** What its directive is called if the store has none, and the key that was made for it. */
  readonly newId: string
  readonly newKey: Buffer
  readonly source: string
  /** Null where the intake row is there already. */
  readonly passId: string | null
  /** What must still be held, of the pass or of the intake row. */
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
  readonly files?: FileClaim | null
  readonly hasLarge?: boolean
  /** Its directive is new, under the id that was made for it. */
  readonly isNew?: boolean
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
  readonly doubt?: object
  readonly history?: readonly object[]
  /** What came once more, in a message of its own. */
  readonly brought?: Brought
  /** The directive whose files may be complete, and whose messages may be answered. */
  readonly touched?: string
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
  const decided = decide(admitted, digest, already)
  const isNamedAnew =
    (decided === 'revised' || decided === 'new') &&
    (await putNamesRight(tx, admitted, existing, already.setAside ?? [], at))
  const decision = isNamedAnew ? 'askAgain' : decided
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
      return settled(decision, {
        order_code: admitted.directive.code,
        order_issuer: admitted.directive.issuer,
      })
    case 'withheld':
      // Nothing of it is kept: when its directive is released, it is read again as what failed before.
      return settled(decision, { state_before: 'failed', directive_id: existing!.id })
    case 'conflict':
      // Nothing that is asked again can settle it: a person decides which of the two is meant.
      return settled('failed', { failure: 'conflict', attempts: 1, due_at: '9999-01-01' })
    case 'same':
    case 'older': {
      const { id, revision } = existing!
      if (decision === 'same') {
        const inPlace = isInPlace(admitted, existing!)
        await confirm(tx, existing!, { askedAt: admitted.askedAt, inPlace }, at)
      }
      return {
        ...settled('unchanged', { directive_id: id, revision, settled_at: at }),
        touched: id,
        ...(decision === 'same' && {
          brought: { directiveId: id, intakeId: message.id, files: admitted.files },
        }),
      }
    }
    case 'revised': {
      const revision = existing!.revision + 1
      const written = { ...message.columns, ...writtenNow(admitted, digest, revision) }
      const { id } = existing!
      const isDoubted = await revise(tx, existing!, written, admitted, at)
      const anew = await supersede(tx, admitted.files, { directiveId: id, revision })
      return {
        ...staged(message, already, leaseMs, { id, revision, files: anew }, isDoubted),
        revision: revisionRow(message, id, revision, changedFields(existing!, admitted)),
      }
    }
    case 'new': {
      const id = message.newId
      return {
        ...staged(
          message,
          already,
          leaseMs,
          { id, revision: 1, files: admitted.files },
          !!admitted.doubt,
        ),
        ...(admitted.doubt && { doubt: newDoubt(id, admitted, at) }),
        directive: {
          ...{ id, source: message.source, source_ref: message.sourceRef, seen_at: at },
          ...{ staged_at: at, arrival_told: false },
          ...message.columns,
          ...writtenNow(admitted, digest, 1),
          ...already.takenOver,
          late: already.late,
        },
        revision: revisionRow(message, id, 1, []),
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

/** Everything of the message is written at once; its files follow. */
function staged(
  message: Written,
  already: Already,
  leaseMs: number,
  { id, revision, files }: { id: string; revision: number; files: readonly AnnouncedFile[] },
  isDoubted: boolean,
): Step {
  const { source, lease, admitted, at } = message
  const { transportRef, sourceRef, version, business, concerns, reason } = admitted
  const announcing = {
    ...{ directiveId: id, revision, intakeId: message.id, lease, now: already.now },
    leaseUntil: new Date(already.now.getTime() + leaseMs),
  }
  const { rows, held, hasLarge } = rowsOf(files, admitted.files, announcing)
  const outcome = revision === 1 ? 'staged' : 'updated'
  const isNew = id === message.newId
  // Of a new directive whose files are to come there is nothing to settle yet.
  const isToCome = revision === 1 && (held.length > 0 || hasLarge)
  return {
    answer: {
      outcome,
      hasLarge,
      isNew,
      files: claimOf(held, {
        ...{ directiveId: id, source, transportRef, sourceRef, version, owner: lease.owner },
        key: isNew ? message.newKey : null,
        document: namedAs(admitted),
      }),
    },
    ...(isToCome ? {} : { touched: id }),
    files: rows,
    intake: intakeRow(message, already, {
      ...{ state: outcome, directive_id: id, revision, settled_at: at },
    }),
    history: [outcome, ...(isDoubted ? ['dateDoubted'] : [])].map((event) => ({
      ...{ at, directive_id: id, actor: 'bridge', event },
    })),
    ...(business === 'replace' && {
      replacements: concerns.map((ref) => ({ directive_id: id, source, source_ref: ref })),
    }),
    ...(business === 'update' && {
      order: { directive_id: id, intake_id: message.id, kind: 'update', reason, ordered_at: at },
    }),
  }
}

/** It is seen for the first time: nothing else than that day is known of it. */
function newDoubt(id: string, { doubt, directive, deadline }: Admitted, at: Date): object {
  const kept = { from: deadline.deadlineDate, sameDay: true }
  const { issuedOn } = directive
  return doubtRow(id, { ...doubt!, kept, otherDeadline: null, issuedOn }, at)
}

function namedAs({ directive: { number, symbol, subject } }: Admitted): NamedDocument {
  return { number, symbol, subject }
}

function claimOf(files: Announced['held'], message: Omit<FileClaim, 'files'>): FileClaim | null {
  return files.length === 0 ? null : { ...message, files }
}

function intakeRow({ id, source, admitted, at }: Written, already: Already, change: object) {
  return {
    ...{ id, source, transport_ref: admitted.transportRef, source_ref: admitted.sourceRef },
    ...{ version: admitted.version, pass_id: already.passId, business: admitted.business },
    ...{ concerns: admitted.concerns, classify_by: admitted.deadline.deadlineAt, seen_at: at },
    ...{ directive_id: null, revision: null, state_before: null, settled_at: null, failure: null },
    ...{ attempts: 0, due_at: already.now, lease_until: null },
    ...{ order_code: null, order_issuer: null },
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
  return {
    ...{ directive_id: directiveId, revision, at, changed, fields: admitted.directive },
    files: admitted.files.length,
  }
}

function changedFields({ fields }: Existing, { directive }: Admitted): string[] {
  return Object.entries(directive)
    .filter(([name, value]) => JSON.stringify(fields[name]) !== JSON.stringify(value))
    .map(([name]) => name)
}
