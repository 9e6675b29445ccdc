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
 * not eligible and never was in the bridge's hands: there is nothing to stop, and nobody to tell (wire §11.2).
 */
export function wasShownAsIssued(document: SimulatedDocument, asked: readonly AskedAt[]): boolean {
  return asked.some(({ sourceTime, windows }) => {
    const row = rowAt(document, sourceTime)
    const isIssued = row?.is_released && row.approved
    const { issuedOn } = document
    return isIssued && windows.some(({ from, until }) => from <= issuedOn && issuedOn <= until)
  })
}

/** Every day is read again this far back, with some days to spare; twice a day, and once when faults are over. */
const daysReadDaily = 40
const daysUntilMet = 3

/** Whether the readings of every day alone must have met all that became of the document up to now. */
export function mustHaveBeenMet(
  { issuedOn, releasedAt, changes }: SimulatedDocument,
  at: Date,
): boolean {
  const ends = changes.flatMap((change) =>
    'until' in change && change.until ? [change.until] : [],
  )
  const past = [releasedAt, ...changes.map((change) => change.at), ...ends].filter(
    (one) => one <= at,
  )
  return (
    past.length > 0 &&
    past.every((event) => {
      const wasInReach = addDays(localDateOf(event), -daysReadDaily) <= issuedOn
      return wasInReach && addDays(localDateOf(event), daysUntilMet) < localDateOf(at)
    })
  )
}

/** Dated before the bridge had asked and gone on, and shown after it: the source's clock was behind. */
export function cameLateAtTheEdge(
  { releasedAt }: SimulatedDocument,
  asked: readonly AskedAt[],
): boolean {
  return asked.some(({ at, sourceTime }) => sourceTime < releasedAt && releasedAt <= at)
}
