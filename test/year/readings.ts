/** When the year asked its source, as the script knows it, whatever the bridge made of the answers. */
import { rowAt, type SimulatedDocument } from '#connectors/simulator/document.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'

export interface AskedAt {
  readonly at: Date
  /** The source's own idea of the time. */
  readonly sourceTime: Date
  /** By dates of issue; null is the whole register. */
  readonly daysBack: number | null
}

/**
 * Whether the register was asked while it showed the document as issued. What it recalled or lost before that is
 * not eligible and never was in the bridge's hands: there is nothing to stop, and nobody to tell (domain §3.5, §4.3).
 */
export function wasShownAsIssued(document: SimulatedDocument, asked: readonly AskedAt[]): boolean {
  return asked.some(({ at, sourceTime, daysBack }) => {
    const row = rowAt(document, sourceTime)
    const isIssued = row?.is_released && row.approved
    return (
      isIssued && (daysBack === null || document.issuedOn >= addDays(localDateOf(at), -daysBack))
    )
  })
}

/** Dated before the bridge had asked and gone on, and shown after it: the source's clock was behind. */
export function cameLateAtTheEdge(
  { releasedAt }: SimulatedDocument,
  asked: readonly AskedAt[],
): boolean {
  return asked.some(({ at, sourceTime }) => sourceTime < releasedAt && releasedAt <= at)
}
