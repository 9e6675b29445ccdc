/** What happens to a register in the course of its months; never so much at once that a fuse asks. */
import { senderOf } from '#connectors/simulator/axis/names.ts'
import type { SimulatedDocument } from '#connectors/simulator/document.ts'
import type { drawFrom } from '#connectors/simulator/draw.ts'
import { change, type Register } from '#connectors/simulator/register.ts'
import { ways } from '#connectors/simulator/secrecy-ways.ts'

export interface Script {
  /** Gone from the register for good. */
  readonly vanished: ReadonlySet<number>
  /** Secret for a while: the register takes that back, the axis cannot. */
  readonly declassified: ReadonlySet<number>
  /** Shown long after the date that they bear. */
  readonly backdated: ReadonlySet<number>
  /** Ordinary ones whose code a secret document bears too. */
  readonly sameCode: ReadonlySet<number>
  /** What directives said that became secret, and no other does. */
  readonly subjects: readonly string[]
}

const dayMs = 86_400_000

/** Some days behind the ordinary overlap, beyond it, and beyond the daily reading, where only a resync finds them. */
const backdating = [
  [2, 8],
  [9, 40],
  [46, 60],
] as const

export function writeScript(register: Register, draw: ReturnType<typeof drawFrom>): Script {
  const vanished = new Set<number>()
  const declassified = new Set<number>()
  const backdated = new Set<number>()
  const subjects: string[] = []
  const plain = register.documents.filter(
    ({ expected, fate }) => expected === 'eligible' && fate === 'ordinary',
  )
  const sameCode = bearSameCodes(register, plain)
  for (const document of plain) {
    if (draw.int(1, 100) > 4) continue
    const [least, most] = draw.pick(backdating)
    showLate(document, draw.int(least, most))
    backdated.add(document.id)
  }
  for (const [n, document] of plain.entries()) {
    const luck = draw.int(1, 100)
    const when = daysAfter(document.releasedAt, draw.int(2, 12))
    const successor = plain[n + 5]
    if (luck <= 2) {
      change(document, { kind: 'vanish', at: when })
      vanished.add(document.id)
    } else if (luck <= 4) {
      change(document, { kind: 'vanish', at: when, until: daysAfter(when, 4) })
    } else if (luck <= 7) {
      change(document, { kind: 'markSecret', at: when, level: draw.pick([2, 3, 4] as const) })
      subjects.push(document.row.abstract)
    } else if (luck <= 9) {
      change(document, { kind: 'markSecret', at: when, level: 2 })
      change(document, { kind: 'declassify', at: daysAfter(when, 3) })
      declassified.add(document.id)
    } else if (luck <= 14) {
      const subject = `${document.row.abstract} (điều chỉnh lần ${draw.int(1, 3)})`
      change(document, { kind: 'update', at: when, subject })
    } else if (luck <= 17) change(document, { kind: 'recall', at: when })
    else if (luck <= 20 && successor && successor.releasedAt > document.releasedAt)
      replace(document, successor)
  }
  // What two documents say the same of is no proof.
  const told = register.documents.map(({ row }) => row.abstract)
  const once = subjects.filter((one) => told.filter((other) => other.includes(one)).length === 1)
  return { vanished, declassified, backdated, sameCode, subjects: once }
}

/** Whether the axis names the issuer as the register does, so that both copies are known to be of one document. */
export function isLinked(document: SimulatedDocument): boolean {
  return nameOf(senderOf(document).name) === nameOf(document.row.issuer_name)
}

/** Secret documents are numbered apart, so that their codes are those of ordinary ones too (NĐ 30/2020 Đ15.2). */
function bearSameCodes(register: Register, plain: readonly SimulatedDocument[]): Set<number> {
  const ownSeries = new Set(ways.flatMap(({ name, ownSeries }) => (ownSeries ? [name] : [])))
  const secret = register.documents.filter(({ way }) => way !== null && ownSeries.has(way))
  const twins = secret.flatMap((document, n) => {
    const twin = plain[((n + 1) * 31) % plain.length]
    const apart = twin && Math.abs(Date.parse(twin.issuedOn) - Date.parse(document.issuedOn))
    if (!apart || apart < 2 * dayMs || twin.issuedOn.slice(0, 4) !== document.issuedOn.slice(0, 4))
      return []
    const { number, notation, issuer_name, doc_type_code, doc_type_name } = twin.row
    const row = { ...document.row, number, notation, issuer_name, doc_type_code, doc_type_name }
    Object.assign(document, { row })
    return [twin.id]
  })
  return new Set(twins)
}

/** The axis says so by a message of its own, the register in the row of the successor (wire §11.2). */
function replace(document: SimulatedDocument, successor: SimulatedDocument): void {
  change(document, { kind: 'replace', at: successor.releasedAt, by: successor.id })
  const row = { ...successor.row, previous_outgoing_doc_id: document.id }
  Object.assign(successor, { row })
}

function showLate(document: SimulatedDocument, days: number): void {
  const releasedAt = daysAfter(document.releasedAt, days)
  Object.assign(document, { releasedAt, createdAt: releasedAt })
}

const nameOf = (name: string) => name.normalize('NFC').toLowerCase()
const daysAfter = (instant: Date, days: number) => new Date(instant.getTime() + days * dayMs)
