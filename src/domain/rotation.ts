/** When older days are listed again: in stretches, each with a turn of its own, so that each day asks for an even share of them. */
import { addDays, type LocalDate } from './local-date.ts'

/** Every stretch has its turn once in so many days. */
const rotationDays = 28
/** A day counts as listed for so long after its listing: a turn that comes some days late costs no proof. */
export const listingHoldsDays = 35

const dayMs = 86_400_000

export interface Stretch {
  readonly from: LocalDate
  readonly until: LocalDate
}

/** From the first day on, those that are over before `before`: one that still grows was listed by what comes daily. */
export function stretchesOf(first: LocalDate, before: LocalDate, days: number): Stretch[] {
  const found: Stretch[] = []
  for (let from = first; addDays(from, days) <= before; from = addDays(from, days))
    found.push({ from, until: addDays(from, days - 1) })
  return found
}

/** Whether the turn of the nth stretch has come since it was listed last. */
export function isDueAgain(n: number, listedOn: LocalDate | null, today: LocalDate): boolean {
  const day = Date.parse(`${today}T00:00:00Z`) / dayMs
  const sinceTurn = (((day - n) % rotationDays) + rotationDays) % rotationDays
  return listedOn === null || listedOn < addDays(today, -sinceTurn)
}
