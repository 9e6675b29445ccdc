/** Months of invented documents that know their own truth: which of them a bridge may hold, and from when. */
import { isLocalDate, type LocalDate, localDateOf } from '#src/domain/local-date.ts'
import { axisCanariesOf } from './axis/names.ts'
import { canaryFrom, canaryId } from './canary.ts'
import { finished } from './compose.ts'
import { type Change, rowAt, type SimulatedDocument } from './document.ts'
import { type Draw, drawFrom } from './draw.ts'
import { numbering } from './numbering.ts'
import { spokenDate } from './phrase.ts'
import { sketches } from './sketch.ts'

export interface RegisterOptions {
  readonly seed: number | string
  /** Issue dates, both inclusive; a draft of the last days is released after them. */
  readonly from: LocalDate
  readonly until: LocalDate
  /** About how many are issued on a working day; default 4. */
  readonly perWorkingDay?: number
  /** Of all documents, those that must not pass for secrecy; default 0.1. */
  readonly secretShare?: number
  /**
   * Plans a recall for about 1 % and a new subject for about 1 % of the eligible, and that about 1 % are replaced
   * by a later one; default false.
   */
  readonly changes?: boolean
}

export interface Register {
  /** In order of creation. */
  readonly documents: readonly SimulatedDocument[]
  byId(id: number): SimulatedDocument | undefined
}

/** The same options always make the same register, to the last byte of its files. */
export function makeRegister(options: RegisterOptions): Register {
  const { from, until, perWorkingDay = 4, secretShare = 0.1 } = options
  if (!isLocalDate(from) || !isLocalDate(until) || until < from) {
    throw new Error('a register needs from and until as existing dates, in that order')
  }
  const draw = drawFrom(options.seed)
  const planned = sketches({ from, until, perWorkingDay, secretShare }, draw)
  const number = numbering(draw, perWorkingDay)
  const numbered = planned
    .toSorted((a, b) => order(a.issuedOn, b.issuedOn) || +a.releasedAt - +b.releasedAt)
    .map((sketch) => {
      const ownSeries = sketch.way?.ownSeries ?? false
      return { ...sketch, printed: number(sketch.wording, sketch.issuedOn, ownSeries) }
    })
    .toSorted((a, b) => +a.createdAt - +b.createdAt)

  const taken = new Set<number>()
  const documents = numbered.map((sketch, at) => {
    const mayPass = sketch.fate !== 'guarded' && sketch.fate !== 'outOfScope'
    const canary = mayPass ? null : canaryFrom(draw)
    const id = mayPass ? 51_001 + at : unusedId(taken, draw)
    return finished({
      sketch,
      canary,
      id,
      salt: `${options.seed} ${id}`,
      fileId: (file) => (mayPass ? 310_001 + at * 10 + file : unusedId(taken, draw)),
      draw,
    })
  })
  if (options.changes) planChanges(documents, draw)
  const byId = new Map(documents.map((document) => [document.id, document]))
  return { documents, byId: (id) => byId.get(id) }
}

export interface Held {
  readonly id: number
  readonly code: string
  readonly subject: string
  readonly issuedOn: LocalDate
  readonly recalled: boolean
}

/** What a perfect bridge holds at the instant: everything eligible that is released, and nothing else. */
export function expectedEligible(register: Register, at: Date): Held[] {
  return register.documents.flatMap((document) => {
    if (document.expected !== 'eligible' || at < document.releasedAt) return []
    const row = rowAt(document, at)
    if (row?.secret_id !== 1) return []
    const { id, issuedOn } = document
    return [{ id, code: row.notation, subject: row.abstract, issuedOn, recalled: !row.approved }]
  })
}

/**
 * Every string that must never be found in anything a bridge has written. Ids stand as whole numbers, those of
 * the axis as UUIDs.
 */
export function canariesOf(register: Register): string[] {
  return register.documents.flatMap((document) => [
    ...document.canaries,
    ...axisCanariesOf(document),
  ])
}

function unusedId(taken: Set<number>, draw: Draw): number {
  const id = canaryId(draw)
  if (taken.has(id)) return unusedId(taken, draw)
  taken.add(id)
  return id
}

function planChanges(documents: readonly SimulatedDocument[], draw: Draw): void {
  for (const document of documents) {
    const { expected, releasedAt, row, changes } = document
    const kind = expected === 'eligible' ? draw.int(1, 100) : 0
    if (kind === 1) changes.push({ kind: 'recall', at: daysAfter(releasedAt, draw.int(2, 10)) })
    if (kind === 2) {
      const subject = `${row.abstract} (nội dung điều chỉnh ngày ${spokenDate(localDateOf(releasedAt))})`
      changes.push({ kind: 'update', at: daysAfter(releasedAt, draw.int(1, 5)), subject })
    }
    const successor = kind === 3 ? successorOf(document, documents) : undefined
    if (successor) changes.push({ kind: 'replace', at: successor.releasedAt, by: successor.id })
  }
}

/** The next of its type that is issued at least a day later. */
function successorOf(document: SimulatedDocument, documents: readonly SimulatedDocument[]) {
  return documents.find(
    ({ expected, releasedAt, row }) =>
      expected === 'eligible' &&
      row.doc_type_code === document.row.doc_type_code &&
      releasedAt >= daysAfter(document.releasedAt, 1),
  )
}

/** Adds a change to a running register, in its place in time. */
export function change(document: SimulatedDocument, planned: Change): void {
  document.changes.push(planned)
  document.changes.sort((a, b) => +a.at - +b.at)
}

function daysAfter(instant: Date, days: number): Date {
  return new Date(instant.getTime() + days * 86_400_000)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
