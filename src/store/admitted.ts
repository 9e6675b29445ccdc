import type { Deadline } from '#src/domain/deadline.ts'
import type { AnnouncedFile, Directive } from '#src/domain/directive.ts'
import type { Lease } from './lease.ts'

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

/** An intake row under lease. */
export interface IntakeClaim {
  readonly id: string
  readonly source: string
  readonly transportRef: string
  readonly sourceRef: string
  readonly version: string
  readonly directiveId: string | null
  readonly state: 'failed' | 'pending' | 'deferred'
  readonly attempts: number
  readonly missing: readonly MissingFile[]
  readonly lease: Lease
}

export interface MissingFile {
  readonly id: string
  readonly ref: string
  readonly name: string
  readonly mediaType: string | null
  readonly size: number | null
}
