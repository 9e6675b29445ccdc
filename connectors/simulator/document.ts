/** One document of the simulated register: its truth, and what the register shows of it at an instant. */
import { type LocalDate, localDateOf } from '#src/domain/local-date.ts'

/** A row of the list, as this far system names its fields. Secrecy fields may hold nonsense or be absent. */
export interface Row {
  readonly id: number
  readonly number: number | string | null
  readonly notation: string
  readonly abstract: string
  readonly publish_date: string | null
  readonly sign_date: string | null
  readonly signer: string
  readonly signer_position: string
  readonly doc_type_code: string
  readonly doc_type_name: string
  readonly issuer_name: string
  readonly secret_id?: number | string | null
  readonly secret_name?: string | null
  readonly urgent_id: number
  readonly urgent_name: string
  readonly approved: boolean
  readonly is_released: boolean
  readonly register_code?: string | null
  readonly distribution_type?: number | null
  readonly envelope_code: string | null
  readonly recipients: string
  readonly attachment_count: number
  readonly previous_outgoing_doc_id: number | null
}

export interface SimulatedFile {
  readonly id: number
  readonly name: string
  readonly mimeType: string
  /** Made when first asked for, always the same bytes. */
  content(): Buffer
  size(): number
}

export type Change =
  | { readonly at: Date; readonly kind: 'recall' }
  | { readonly at: Date; readonly kind: 'update'; readonly subject: string }
  | { readonly at: Date; readonly kind: 'markSecret'; readonly level: 2 | 3 | 4 }
  /** Only the register takes a level back; over the axis nothing is sent again. */
  | { readonly at: Date; readonly kind: 'declassify' }
  /** Its row is gone, as no register should let it be, for good or for a while; the axis knows nothing of it. */
  | { readonly at: Date; readonly kind: 'vanish'; readonly until?: Date }
  /** By another document of the register. Only the axis has a message for it. */
  | { readonly at: Date; readonly kind: 'replace'; readonly by: number }

export type Fate = 'ordinary' | 'innocent' | 'draft' | 'late' | 'guarded' | 'outOfScope'

export interface SimulatedDocument {
  readonly id: number
  readonly expected: 'eligible' | 'notEligible'
  readonly fate: Fate
  /** How a document that must not pass says so, in the words of `secrecy-ways.ts`; null for all others. */
  readonly way: string | null
  readonly createdAt: Date
  /** When the register shows it as issued. */
  readonly releasedAt: Date
  readonly issuedOn: LocalDate
  /** As issued, before any change. */
  readonly row: Row
  readonly content: string
  readonly files: readonly SimulatedFile[]
  /** Its stem first, then the ids that stand for it. */
  readonly canaries: readonly string[]
  /** Of this document of this seed alone: what other faces draw from. */
  readonly salt: string
  /** What happens to it later, in order of time; a test may add to it while the simulator runs. */
  readonly changes: Change[]
}

/** What the list shows at the instant, or null while the register does not know the document. */
export function rowAt(document: SimulatedDocument, at: Date): Row | null {
  if (at < document.createdAt) return null
  if (at < document.releasedAt) return document.fate === 'draft' ? draftOf(document.row) : null
  const past = document.changes.filter((change) => change.at <= at)
  if (past.some((change) => change.kind === 'vanish' && !(change.until && change.until <= at)))
    return null
  return past.reduce(changed, document.row)
}

/** The date by which the list files it: of issue, or of creation while it is a draft. */
export function listedOn(document: SimulatedDocument, at: Date): LocalDate {
  return at < document.releasedAt ? localDateOf(document.createdAt) : document.issuedOn
}

/** Numbers are given at release (wire §11.1). */
function draftOf(row: Row): Row {
  const symbol = row.notation.slice(row.notation.search(/[/\u2044]/) + 1)
  return {
    ...row,
    number: null,
    notation: `/${symbol}`,
    publish_date: null,
    sign_date: null,
    // Every other draft is approved and waits for release.
    approved: row.id % 2 === 0,
    is_released: false,
  }
}

function changed(row: Row, change: Change): Row {
  switch (change.kind) {
    case 'recall':
      // Recalling leaves is_released as it was (wire §11.1).
      return { ...row, approved: false }
    case 'update':
      return { ...row, abstract: change.subject }
    case 'markSecret':
      return { ...row, secret_id: change.level, secret_name: secretNames[change.level] }
    case 'declassify':
      return { ...row, secret_id: 1, secret_name: secretNames[1] }
    case 'replace':
    case 'vanish':
      return row
  }
}

export const secretNames = { 1: 'Thường', 2: 'Mật', 3: 'Tối mật', 4: 'Tuyệt mật' } as const
