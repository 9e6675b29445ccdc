/** When the year asked its source, as the script knows it, whatever the bridge made of the answers. */
import { rowAt, type SimulatedDocument } from '#connectors/simulator/document.ts'
import { addDays, type LocalDate, localDateOf } from '#src/domain/local-date.ts'

export interface AskedAt {
  readonly at: Date
  /** The source's own idea of the time. */
  readonly sourceTime: Date
  /** By dates of issue. */
  readonly windows: readonly Window[]
}

export interface Window {
  readonly from: LocalDate
  readonly until: LocalDate
}

/**
 * Whether the register was asked while it showed the document as issued. What it recalled or lost before that is
 * not eligible and never was in the bridge's hands: there is nothing to stop, and nobody to tell (domain §3.5, §4.3).
 */
export function wasShownAsIssued(document: SimulatedDocument, asked: readonly AskedAt[]): boolean {
  return asked.some(({ sourceTime, windows }) => {
    const row = rowAt(document, sourceTime)
    const isIssued = row?.is_released && row.approved
    const { issuedOn } = document
    return isIssued && windows.some(({ from, until }) => from <= issuedOn && issuedOn <= until)
  })
}

/** Every day is read again this far back, with some days to spare, and whatever is older once in two months. */
const daysReadDaily = 40
const daysUntilMet = { daily: 3, monthly: 62 }

/** Whether the readings of every day and every month must have met what is shown of the document, with no resync. */
export function mustHaveBeenMet(
  { issuedOn, releasedAt, changes }: SimulatedDocument,
  at: Date,
): boolean {
  const events = changes.flatMap((change) => [
    change.at,
    ...('until' in change ? [change.until] : []),
  ])
  return [releasedAt, ...events].every((event) => {
    if (!event || event > at) return true
    const isRecent = addDays(localDateOf(event), -daysReadDaily) <= issuedOn
    const days = isRecent ? daysUntilMet.daily : daysUntilMet.monthly
    return addDays(localDateOf(event), days) < localDateOf(at)
  })
}

/** Dated before the bridge had asked and gone on, and shown after it: the source's clock was behind. */
export function cameLateAtTheEdge(
  { releasedAt }: SimulatedDocument,
  asked: readonly AskedAt[],
): boolean {
  return asked.some(({ at, sourceTime }) => sourceTime < releasedAt && releasedAt <= at)
}
