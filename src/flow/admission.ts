import type { Failure, Message, MessageRef } from '#connectors/connector.ts'
import type { FormField, UnmappedCode } from '../domain/eligibility.ts'
import type { NamedDocument, Printed } from '../domain/identity.ts'
import type { Admitted, Staging } from '../store/admitted.ts'
import type { Deferred, Order } from '../store/orders.ts'

/** What became of one message at the gate. Only `admitted`, `deferred` and `ordered` carry anything of it. */
export type Admission =
  | { readonly decision: 'admitted'; readonly admitted: Admitted; readonly held: Message['held'] }
  | { readonly decision: 'deferred'; readonly deferred: Deferred }
  | { readonly decision: 'ordered'; readonly order: Order }
  | { readonly decision: 'recalled'; readonly ref: MessageRef; readonly askedAt: Date }
  | Refusal
  | Undecided

/** It could not be read far enough to decide. */
export interface Undecided {
  readonly decision: 'undecided'
  readonly failure: Failure
}

export interface Refusal {
  readonly decision: 'refused'
  /** The directives, by `sourceRef`, that it says are secret for certain; for withholding what is stored. */
  readonly secret: readonly string[]
  /** What it says so of, to be compared with what is stored under those references; null where that is not told. */
  readonly printed: Printed | null
  /** The document that it says is secret for certain, as other sources have it too; null where that cannot be told. */
  readonly document: NamedDocument | null
  /** Those that the gate would not admit any more; what is stored of them is withheld for a person. */
  readonly doubtful: readonly string[]
  readonly unmapped: readonly UnmappedCode[]
  /** The field for which alone it was refused. */
  readonly form: FormField | null
}

/** An admission, and the version under which the intake is to know its message. */
export interface Decided {
  readonly admission: Admission
  readonly version: string
  /** The intake knows this version of it from an earlier reading. */
  readonly isReadBefore?: boolean
}

/**
 * What became of a message. `unknown`: recalled, and never here. `fuse`: a person is asked first. `nothing`: an order
 * about what is not here. `nextReading`: its source shows it so, and the next reading handles it. An object: it could not
 * be read far enough to decide.
 */
export type Followed =
  | Staging['outcome']
  | 'recalled'
  | 'unknown'
  | 'fuse'
  | 'nothing'
  | 'nextReading'
  | 'refused'
  | Failure
