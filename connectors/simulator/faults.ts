/**
 * What the simulated system does wrong, on demand. Whether a request is struck follows from the seed, the
 * kind, the subject and how often it was asked, so that a run can be repeated; and nothing is struck for
 * ever, so that whoever asks again finally gets through.
 */
import { hash } from './draw.ts'

export const faultKinds = [
  /** Answers late. */
  'latency',
  /** 500, 502 or 503 to anything. */
  'serverError',
  /** The same, to the detail of a document only. */
  'detailError',
  /** A login page with status 200 where JSON or a file should be. */
  'htmlPage',
  /** Fewer bytes than content-length announces, then the connection ends. */
  'cutBody',
  /** A well-carried answer whose JSON stops in the middle. */
  'cutJson',
  /** The connection ends before anything is done or said. */
  'dropped',
  /** The reply is recorded, then the connection ends without an answer. */
  'answerLost',
  /** A row stands twice on its page. */
  'duplicateRows',
  /** This page is cut out of the same list in another order. */
  'reorderedPages',
  /** The axis says FAIL with status 200, as of an error of its own. */
  'failAnswer',
  /** The first page does not have the newest row yet; later pages are cut out of the list that has it. */
  'shiftedPages',
] as const

/** Answers that are whole and not true, as of a system on its bad day: asking again does not help. */
const untrueKinds = [
  /** The list says that it holds nothing. */
  'emptyList',
  /** Of the list only the first half is there, and it says that this is all. */
  'halfList',
] as const
const allKinds = [...faultKinds, ...untrueKinds]
export type FaultKind = (typeof allKinds)[number]

export interface FaultPlan {
  readonly seed?: number | string
  /** Chance of each kind, 0 to 1; kinds that are not named never strike. */
  readonly rates?: Partial<Record<FaultKind, number>>
  /** How often one kind strikes one document in all, and one list in a row; default 2. */
  readonly atMost?: number
  /** Shortest and longest delay of `latency`. */
  readonly latencyMs?: readonly [number, number]
  /** Status under which the axis says FAIL: of both it was not seen which (wire §4.5). */
  readonly failStatus?: 200 | 500
  /** How far the source's clock is ahead of the common one; negative is behind. */
  readonly skewMs?: number
}

export interface Faults {
  /** Replaces the whole plan; what was counted against a document is forgotten. */
  set(plan: FaultPlan): void
  /** The next `times` requests of a subject, or of any, are struck whatever the rates. */
  arm(kind: FaultKind, times?: number, subject?: Subject): void
  clear(): void
  /** What the list says it holds, true or not. */
  told<R>(rows: R[], subject: Subject): R[]
  /** Asked once per request and kind by the face; counts. */
  strikes(kind: FaultKind, subject: Subject): boolean
  /** A number of that kind's own, from 0 up to below 1, for what a strike does in detail. */
  detail(kind: FaultKind, subject: Subject): number
  readonly plan: Required<FaultPlan>
  /** How often each kind has struck, all subjects or those that are meant. */
  counts(isMeant?: (subject: Subject) => boolean): Record<FaultKind, number>
}

/** A document by its id, or by its UUID on the axis; or the name of a list. */
export type Subject = number | string

const quiet: Required<FaultPlan> = {
  seed: 0,
  rates: {},
  atMost: 2,
  latencyMs: [50, 250],
  failStatus: 200,
  skewMs: 0,
}

export function makeFaults(first: FaultPlan = {}): Faults {
  let plan = checked(first)
  let armed: { kind: FaultKind; subject: Subject | null; left: number }[] = []
  const asked = new Map<string, number>()
  const struck = new Map<string, number>()
  const counted = new Map(allKinds.map((kind) => [kind, new Map<Subject, number>()]))

  const roll = (kind: FaultKind, subject: Subject, salt: string) => {
    const turn = asked.get(`${kind} ${subject}`) ?? 0
    return hash(`${plan.seed} ${kind} ${subject} ${turn} ${salt}`) / 4_294_967_296
  }
  const isStruck = (kind: FaultKind, subject: Subject): boolean => {
    const order = armed.find(
      (one) => one.kind === kind && one.left > 0 && (one.subject ?? subject) === subject,
    )
    if (order) {
      order.left -= 1
      return true
    }
    const key = `${kind} ${subject}`
    const before = struck.get(key) ?? 0
    const strikes = before < plan.atMost && roll(kind, subject, 'strike') < (plan.rates[kind] ?? 0)
    if (strikes) struck.set(key, before + 1)
    // A list is asked for as long as the service lives: its faults end, and begin again.
    else if (isList(subject)) struck.delete(key)
    return strikes
  }

  return {
    get plan() {
      return plan
    },
    set(next) {
      plan = checked(next)
      asked.clear()
      struck.clear()
      armed = []
    },
    arm(kind, times = 1, subject) {
      if (!allKinds.includes(kind)) throw unknownKind(kind)
      armed.push({ kind, subject: subject ?? null, left: times })
    },
    clear() {
      this.set({})
    },
    strikes(kind, subject) {
      const key = `${kind} ${subject}`
      asked.set(key, (asked.get(key) ?? 0) + 1)
      const yes = isStruck(kind, subject)
      const ofKind = counted.get(kind)
      if (yes) ofKind?.set(subject, (ofKind.get(subject) ?? 0) + 1)
      return yes
    },
    told(rows, subject) {
      if (this.strikes('emptyList', subject)) return []
      return this.strikes('halfList', subject) ? rows.slice(0, Math.floor(rows.length / 2)) : rows
    },
    detail: (kind, subject) => roll(kind, subject, 'detail'),
    counts: (isMeant = () => true) =>
      Object.fromEntries(
        allKinds.map((kind) => {
          const meant = [...(counted.get(kind) ?? [])].filter(([subject]) => isMeant(subject))
          return [kind, meant.reduce((sum, [, n]) => sum + n, 0)]
        }),
      ) as Record<FaultKind, number>,
  }
}

function isList(subject: Subject): boolean {
  return typeof subject === 'string' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(subject)
}

function checked(plan: FaultPlan): Required<FaultPlan> {
  for (const [kind, rate] of Object.entries(plan.rates ?? {})) {
    if (!(allKinds as readonly string[]).includes(kind)) throw unknownKind(kind)
    if (!(rate >= 0 && rate <= 1)) throw new Error(`the rate of ${kind} must be from 0 to 1`)
  }
  return { ...quiet, ...plan }
}

function unknownKind(kind: string): Error {
  return new Error(`no fault is called ${kind}; known: ${allKinds.join(', ')}`)
}
