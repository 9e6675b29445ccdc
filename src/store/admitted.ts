import type { Deadline } from '#src/domain/deadline.ts'
import type { AnnouncedFile, Directive, NamedDocument } from '#src/domain/directive.ts'
import type { Doubt } from '#src/domain/doubted-clock.ts'
import type { Lease } from './lease.ts'

/** One version of one message that the gate admitted, with everything the store keeps of it. */
export interface Admitted {
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly directive: Directive
  /** Who gave out its number; left out: its issuer. */
  readonly registry?: string
  readonly files: readonly AnnouncedFile[]
  readonly deadline: Deadline
  readonly beforeGoLive: boolean
  /** Its day of issue cannot be believed, so that its deadline counts from another; and whether that day is before go-live. */
  readonly doubt?: { readonly doubt: Doubt; readonly beforeGoLive: boolean } | null
  readonly business: 'new' | 'update' | 'replace'
  /** The earlier directives, by `sourceRef`, that it updates or replaces. */
  readonly concerns: readonly string[]
  /** Why it updates or replaces, in the issuer's words. */
  readonly reason: string | null
  /** Whether another content under the same `sourceRef` is a revision or a conflict. */
  readonly revises: 'inPlace' | 'byMessage'
  /** Its source says itself that it released it long after its day of issue. */
  readonly isReleasedLate?: boolean
  /** When the source was asked for this content, by this process's clock. */
  readonly askedAt: Date
}

export interface Staging {
  /** `taken`: another reading has the same version already. `askAgain`: something was purged since the source was asked. */
  readonly outcome:
    | 'staged'
    | 'updated'
    | 'unchanged'
    | 'failed'
    | 'withheld'
    | 'deferred'
    | 'taken'
    | 'notEligible'
    | 'askAgain'
  /** Set where files are to be fetched at once: whoever holds it fetches them. */
  readonly files: FileClaim | null
  /** Files are waited for that are too large to be fetched at once. */
  readonly hasLarge: boolean
}

/** An intake row under lease. */
export interface IntakeClaim {
  readonly id: string
  readonly source: string
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly state: 'failed' | 'deferred'
  readonly attempts: number
  readonly lease: Lease
}

/** Files of one directive that come in one message, each under a lease of its own. */
export interface FileClaim {
  readonly directiveId: string
  readonly source: string
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly owner: string
  /** What the names under which its files come are compared with. */
  readonly document: NamedDocument
  /** Of a directive that was staged just now; null where the keys' database is asked for it. */
  readonly key: Buffer | null
  readonly files: readonly WaitingFile[]
}

export interface WaitingFile extends AnnouncedFile {
  readonly id: string
  readonly epoch: number
}
