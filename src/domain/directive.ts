import type { LocalDate } from './local-date.ts'

/** NĐ 30/2020 Đ4.2c. Hỏa tốc hẹn giờ counts as flash; `unreadable` is a literal no profile maps. */
export type Urgency = 'normal' | 'urgent' | 'veryUrgent' | 'flash' | 'unreadable'

/** What the store keeps of a directive that the gate admitted (QĐ 23/2016 Đ6.1). */
export interface Directive {
  /** Running number as printed, `780`. Text: `02` and `7816a` occur. */
  readonly number: string
  /** `UBND-NNMT`, as printed. */
  readonly symbol: string
  /** Number and symbol together as printed, `780/UBND-NNMT`. */
  readonly code: string
  readonly issuer: string
  readonly issuedOn: LocalDate
  readonly typeName: string
  readonly subject: string
  readonly summary: string | null
  readonly signer: Signer
  readonly urgency: Urgency
  /** The date by which the document itself asks for an answer, not the legal clock. */
  readonly dueOn: LocalDate | null
  readonly receivers: readonly string[]
}

/** What the names of a document's files are compared with. */
export interface NamedDocument {
  readonly number: string | null
  readonly symbol: string | null
  readonly subject: string | null
}

export interface Signer {
  readonly name: string | null
  readonly position: string | null
  /** `TM.`, `KT.`, `TL.` and the like. */
  readonly competence: string | null
}

/** A file as its source announces it; `ref` is what the source wants back to hand it out. */
export interface AnnouncedFile {
  readonly ref: string
  /** Display text, never a path. */
  readonly name: string
  readonly mediaType: string | null
  readonly size: number | null
  /** Hex, where the source tells it before the file is fetched. */
  readonly sha256?: string
  /** Nothing can ever be stored of it. */
  readonly unusable?: FileDamage
  /** The document itself, and no annex; where its source does not say so of any, it is the first. */
  readonly isFullText?: boolean
}

/** Files up to this size are fetched right behind the staging; larger ones in a lane of their own. */
export const largestSmallFileBytes = 4 * 1024 * 1024

/** What is wrong with a file in a message that never changes: it is empty, is not whole, or is named and not there. */
export type FileDamage = 'noContent' | 'broken' | 'notInMessage'

/** `typeDiffers`: the first bytes are not of the type that the name says, although the size is the announced one. */
export type FileNote = 'typeDiffers'
