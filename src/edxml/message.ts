import type { Signer, Urgency } from '#src/domain/directive.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import type { Dialect } from './dialect.ts'
import type { Wrapping } from './examination.ts'

/**
 * A message as read. Values are the text on the wire without the white space around it; absent, empty and
 * unreadable ones are null, and for the unreadable there is a problem.
 */
export type Message = DocumentMessage | StatusMessage

export interface DocumentMessage {
  readonly kind: 'document'
  readonly dialect: Dialect
  readonly from: Organisation | null
  readonly to: readonly Organisation[]
  /** Opaque: three forms are in use (wire §1.2). */
  readonly documentId: string | null
  readonly number: string | null
  readonly symbol: string | null
  readonly place: string | null
  readonly issuedOn: LocalDate | null
  readonly type: DocumentType
  readonly subject: string | null
  readonly content: string | null
  readonly signer: Signer
  readonly dueOn: LocalDate | null
  readonly other: OtherInfo | null
  readonly responseFor: readonly ResponseFor[]
  /** 0 does not steer, 1 steers, 2 reports on steering (wire §3.2). */
  readonly steering: number | null
  readonly taskCodes: readonly string[]
  readonly applicationType: string | null
  readonly toPlaces: readonly string[]
  readonly business: Business
  /** Beside the block of business. */
  readonly tracePaper: number | null
  readonly trace: readonly TraceEntry[]
  readonly files: readonly MessageFile[]
  /**
   * Names of elements, and of attributes as `@name`, that the format does not know where they stand, or that
   * stand twice where the format knows one: a secrecy field would hide there, so the gate refuses
   * (docs/decisions/0002).
   */
  readonly unknownElements: readonly string[]
}

export interface StatusMessage {
  readonly kind: 'status'
  readonly dialect: Dialect
  readonly from: Organisation | null
  readonly responseFor: readonly ResponseFor[]
  /** Any text: 01 to 06, 13, 15 and 16 have a meaning (wire §2). */
  readonly code: string | null
  readonly description: string | null
  readonly at: Date | null
  readonly staff: Staff | null
  readonly unknownElements: readonly string[]
}

export interface Organisation {
  readonly organId: string | null
  readonly inCharge: string | null
  readonly name: string | null
  readonly address: string | null
  readonly email: string | null
  readonly telephone: string | null
  readonly fax: string | null
  readonly website: string | null
}

export interface DocumentType {
  /** Sources disagree about the codes (wire §3.6): trust the name. */
  readonly code: number | null
  readonly detail: number | null
  readonly name: string | null
}

export interface OtherInfo {
  readonly urgency: Urgency | null
  /** 0 to 4; null if absent or, with urgency `unreadable`, if it is anything else. */
  readonly priority: number | null
  readonly sphere: string | null
  readonly typist: string | null
  readonly copies: number | null
  readonly pages: number | null
  readonly replyFors: readonly string[]
  readonly direction: boolean | null
  readonly referenceCodes: readonly string[]
  readonly appendixes: readonly string[]
}

export interface ResponseFor {
  readonly organId: string | null
  readonly code: string | null
  readonly documentId: string | null
  readonly issuedOn: LocalDate | null
}

/** The Bussiness block. */
export interface Business {
  /** `new` also without a block (wire §1.3); null if it cannot be told, which is never a new document. */
  readonly kind: BusinessKind | null
  readonly stated: boolean
  /** The earlier message that a revoke or an update is about. */
  readonly documentId: string | null
  readonly reason: string | null
  readonly paper: number | null
  readonly changes: Changes | null
  readonly replaces: readonly Replaced[]
  readonly staff: readonly Staff[]
}

export type BusinessKind = 'new' | 'revoke' | 'update' | 'replace'

export interface Changes {
  readonly content: boolean | null
  readonly receivers: boolean | null
  readonly receiverList: readonly ChangedReceiver[]
}

export interface ChangedReceiver {
  readonly organId: string | null
  readonly change: 'removed' | 'added' | null
}

export interface Replaced {
  readonly documentId: string | null
  readonly organIds: readonly string[]
}

export interface Staff {
  readonly department: string | null
  readonly departmentId: string | null
  readonly name: string | null
  readonly staffId: string | null
  readonly email: string | null
  readonly mobile: string | null
}

export interface TraceEntry {
  readonly organId: string | null
  readonly at: Date | null
}

export interface MessageFile {
  /** Display text, never a path. */
  readonly name: string
  readonly description: string | null
  readonly contentId: string | null
  /** What the message says it is. */
  readonly declaredType: string | null
  /** Labels of the library that say nothing the content does not. */
  readonly mimeType: string | null
  readonly fieldName: string | null
  readonly format: string | null
  /** The name of the single entry of the zip that the file came in. */
  readonly wrappedName: string | null
  /** What it is; null, as are size and hash, if there is no content that can be taken. */
  readonly mediaType: string | null
  /** Of the file itself, after it was unpacked from the zip that the builder puts single files in. */
  readonly size: number | null
  readonly sha256: string | null
  /** Which of the message's contents it is, and how it is wrapped; for the second reading. */
  readonly content: number | null
  readonly wrapping: Wrapping | null
  /** Why there is no content that can be taken. */
  readonly damage: 'fileEmpty' | 'base64Broken' | 'attachmentMissing' | 'fileTooLarge' | null
}
