/** A register of documents on paper or in a spreadsheet, held against what the store shows. */
import type { LocalDate } from './local-date.ts'

export interface Registered {
  readonly line: number
  readonly code: string
  readonly codeNormalised: string
  readonly issuedOn: LocalDate
  /** Null where the register does not say. */
  readonly typeName: string | null
}

export interface Held {
  /** The same of all copies of one document. */
  readonly document: string
  readonly codeNormalised: string
  readonly issuedOn: LocalDate
}

export interface Compared {
  readonly present: number
  /** Of the number and the year of one that is shown, which is dated otherwise. */
  readonly datedOtherwise: readonly { readonly row: Registered; readonly heldOn: LocalDate }[]
  readonly absent: readonly Registered[]
  /** Rows that say again what another says. */
  readonly repeated: number
}

/**
 * Numbers begin again with each year, and within one after a merger: so each document answers for one row, first for
 * one of its own day. A source that keeps instants may be a day off.
 */
export function compare(rows: readonly Registered[], held: readonly Held[]): Compared {
  const once = new Map(rows.map((row) => [`${row.codeNormalised} ${row.issuedOn}`, row]))
  const documents = new Map(
    held.map((one) => [`${one.document} ${one.codeNormalised} ${one.issuedOn}`, one]),
  )
  const heldByCode = Map.groupBy(documents.values(), ({ codeNormalised }) => codeNormalised)
  const datedOtherwise: { row: Registered; heldOn: LocalDate }[] = []
  const absent: Registered[] = []
  let present = 0
  for (const [code, wanted] of Map.groupBy(once.values(), (row) => row.codeNormalised)) {
    const answering = new Answering(heldByCode.get(code) ?? [])
    const left = [0, 1].reduce(
      (still, most) =>
        still.filter(({ issuedOn }) => !answering.take((on) => daysApart(on, issuedOn) <= most)),
      wanted,
    )
    present += wanted.length - left.length
    for (const row of left) {
      const other = answering.take((on) => on.slice(0, 4) === row.issuedOn.slice(0, 4))
      if (other) datedOtherwise.push({ row, heldOn: other.issuedOn })
      else absent.push(row)
    }
  }
  const byLine = (a: Registered, b: Registered) => a.line - b.line
  return {
    present,
    datedOtherwise: datedOtherwise.sort((a, b) => byLine(a.row, b.row)),
    absent: absent.sort(byLine),
    repeated: rows.length - once.size,
  }
}

/** Documents of one number, each of which answers for one row and, with its copies, for no other. */
class Answering {
  #left: readonly Held[]

  constructor(held: readonly Held[]) {
    this.#left = held
  }

  take(fits: (issuedOn: LocalDate) => boolean): Held | undefined {
    const found = this.#left.find(({ issuedOn }) => fits(issuedOn))
    this.#left = this.#left.filter(({ document }) => document !== found?.document)
    return found
  }
}

function daysApart(one: LocalDate, other: LocalDate): number {
  return Math.abs(Date.parse(one) - Date.parse(other)) / 86_400_000
}

/** What is known of one that is absent. What the gate refused and what is withheld or purged is told apart from nothing. */
export type WhyAbsent =
  | 'beforeImport'
  | 'typeOutOfScope'
  | 'notReadYet'
  | 'mayWait'
  | 'mayBeUndecided'
  | 'neverListed'
  | 'notListedOrNotShown'

/** The last reading that looked at a span of days. */
export interface LastReading {
  readonly from: LocalDate
  readonly until: LocalDate
  readonly notEligible: number
  readonly undecided: number
}

export interface Known {
  readonly importFrom: LocalDate
  readonly isInScope: (typeName: string) => boolean
  /** The first day that no reading can have met to its end. */
  readonly today: LocalDate
  readonly gaps: readonly { readonly from: LocalDate; readonly until: LocalDate }[]
  /** Newest first. */
  readonly readings: readonly LastReading[]
  /** The legal deadlines of what was admitted and is not in the store yet. */
  readonly waitingUntil: readonly LocalDate[]
  /** Nothing of this source is withheld or was purged, and its list is one of days: what it lists and may be shown, is. */
  readonly listTellsAll: boolean
}

/** From the issue of a document to the day its deadline is named for; long holidays make it long. */
const longestClockDays = 31

export function whyAbsent({ issuedOn, typeName }: Registered, known: Known): WhyAbsent {
  if (issuedOn < known.importFrom) return 'beforeImport'
  if (typeName !== null && !known.isInScope(typeName)) return 'typeOutOfScope'
  const covers = (span: { from: LocalDate; until: LocalDate }) =>
    span.from <= issuedOn && issuedOn <= span.until
  if (issuedOn >= known.today || known.gaps.some(covers)) return 'notReadYet'
  const mayBeOf = (until: LocalDate) =>
    until >= issuedOn && daysApart(until, issuedOn) <= longestClockDays
  if (known.waitingUntil.some(mayBeOf)) return 'mayWait'
  const last = known.readings.find(covers)
  if (last && last.undecided > 0) return 'mayBeUndecided'
  return last?.notEligible === 0 && known.listTellsAll ? 'neverListed' : 'notListedOrNotShown'
}
