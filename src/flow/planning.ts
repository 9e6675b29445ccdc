import { type App, type Source, sourceOf } from '../app.ts'
import { Explained } from '../domain/errors.ts'
import { contentDigest } from '../domain/identity.ts'
import { addDays, earliest, type LocalDate } from '../domain/local-date.ts'
import { RefusedMemory } from '../domain/refused-memory.ts'
import type { Admitted } from '../store/admitted.ts'
import type { Plan, Scope } from '../store/resyncs.ts'
import type { Decided, Followed } from './admission.ts'
import { pagesOf } from './asked.ts'
import type { Reading } from './reading.ts'
import { takeRows } from './take-rows.ts'
import { Tally } from './tally.ts'

const dayMs = 86_400_000
const weekDays = 7

type Counts = { -readonly [outcome in keyof Plan]: number }

/**
 * PLAN: what a resync would do. It is the reading of a resync that writes nothing: it compares in memory, tells the source
 * nothing, and keeps nothing but counts.
 */
export async function planResync(
  app: App,
  scope: Scope,
  onWindow: (done: number, of: number) => void = () => {},
): Promise<Plan> {
  const source = onlyAsked(sourceOf(app, scope.source))
  await refusePaused(app, scope.source)
  const counts = { ...none }
  const startedAt = performance.now()
  const windows = scope.refs ? [scope] : weeksOf(scope)
  for (const [n, window] of windows.entries()) {
    onWindow(n, windows.length)
    await planWindow(app, source, { ...scope, ...window }, counts)
  }
  onWindow(windows.length, windows.length)
  const perRequest = (performance.now() - startedAt) / 1000 / Math.max(1, counts.requests)
  const files = counts.new + counts.changed
  const estimatedRequests = counts.requests + files
  return {
    ...counts,
    estimatedRequests,
    estimatedSeconds: Math.ceil(estimatedRequests * perRequest),
  }
}

/** The source as it is asked, and told nothing of what is refused. */
function onlyAsked(source: Source): Source {
  return {
    connector: source.connector,
    profile: { ...source.profile, refused: 'leave' },
    refused: new RefusedMemory(),
  }
}

async function refusePaused(app: App, name: string): Promise<void> {
  const pauses = await app.store.pauses.inForce(app.clock.now())
  if (pauses.some(({ source }) => source === name))
    throw new Explained(
      `Nguồn ${name} đang tạm dừng. The source is paused and is not asked. Wait for the end of the pause, which "chidao status" shows, or end it: chidao resume ${name} --reason "…"`,
    )
}

interface Held {
  readonly digest: string
  readonly recalled: boolean
}

async function planWindow(app: App, source: Source, scope: Scope, counts: Counts): Promise<void> {
  const { from, until, refs } = scope
  const around = refs ? 0 : daysAround
  const held = await app.store.resyncs.held(
    scope.source,
    addDays(from, -around),
    addDays(until, around),
  )
  const tally = new Tally()
  const reading = lookingOnly(app, countingRequests(source, counts), scope, { tally, held, counts })
  const { pages, known } = await pagesOf(app, reading, scope)
  const failure = await takeRows(app, reading, pages, known, { mayStage: true })
  if (failure) throw new SourceDidNotAnswer(failure.word)
  const { seen, unchanged, notEligible, undecided } = tally.totals()
  const refused = [...tally.secrets().flatMap(({ secret }) => secret), ...tally.doubtful()]
  const noLongerEligible = new Set(refused.filter((sourceRef) => held.has(sourceRef))).size
  counts.seen += seen
  counts.unchanged += unchanged
  counts.undecided += undecided
  counts.noLongerEligible += noLongerEligible
  counts.notEligible += Math.max(0, notEligible - noLongerEligible)
  if (refs || source.connector.can.reconcile !== 'listing') return
  const shown = await app.store.withholding.shownWithin(scope.source, from, until)
  counts.vanished += shown.filter(({ sourceRef }) => !tally.hasListed(sourceRef)).length
}

function countingRequests({ connector, ...source }: Source, counts: Counts): Source {
  return {
    ...source,
    connector: {
      ...connector,
      list: (window, page) => {
        counts.requests++
        return connector.list(window, page)
      },
      read: (ref) => {
        counts.requests++
        return connector.read(ref)
      },
    },
  }
}

/** A reading that carries nothing out: what would follow is compared with what the store holds. */
function lookingOnly(
  app: App,
  source: Source,
  scope: Scope,
  seen: { tally: Tally; held: ReadonlyMap<string, Held>; counts: Counts },
): Reading {
  const { from, until } = scope
  const { tally } = seen
  const pass = { id: '', source: scope.source, kind: 'resync' as const, from, until }
  return {
    ...{ source, tally, heartbeat: { check: () => {} }, withholdSoFar: async () => {} },
    listedTo: () => null,
    refused: (refusal) => tally.refused(refusal),
    pass: { ...pass, resyncId: null, beganAt: app.clock.now() },
    follow: async (decided) => foresee(app, decided, seen),
  }
}

/** What `follow` would come to. */
function foresee(
  app: App,
  { admission }: Decided,
  { tally, held, counts }: { tally: Tally; held: ReadonlyMap<string, Held>; counts: Counts },
): Followed {
  switch (admission.decision) {
    case 'admitted': {
      const stored = held.get(admission.admitted.sourceRef)
      if (stored?.digest === contentDigest(admission.admitted) && !stored.recalled) return 'taken'
      if (stored) counts.changed++
      else countNew(admission.admitted, app.clock.now(), counts)
      return stored ? 'updated' : 'staged'
    }
    case 'recalled': {
      const stored = held.get(admission.ref.sourceRef)
      if (!stored) return 'unknown'
      if (stored.recalled) return 'taken'
      counts.recalled++
      return 'recalled'
    }
    case 'ordered':
    case 'deferred':
      counts.changed++
      return 'deferred'
    case 'refused':
      tally.refused(admission)
      return 'refused'
    case 'undecided':
      return admission.failure
  }
}

function countNew({ deadline, beforeGoLive }: Admitted, now: Date, counts: Counts): void {
  counts.new++
  if (beforeGoLive) return
  const left = deadline.deadlineAt.getTime() - now.getTime()
  if (left <= 0) counts.overdue++
  else if (left < dayMs) counts.atRisk++
}

/** A plan over half of a source would be a wrong one. */
export class SourceDidNotAnswer extends Error {
  readonly word: string

  constructor(word: string) {
    super(
      `The source did not answer (${word}), so there is no plan. Look at the source, and ask again.`,
    )
    this.word = word
  }
}

/** Newest first, as they are carried out. */
function weeksOf({ from, until }: Scope): { from: LocalDate; until: LocalDate }[] {
  const weeks: { from: LocalDate; until: LocalDate }[] = []
  for (let day = from; day <= until; day = addDays(day, weekDays))
    weeks.unshift({ from: day, until: earliest(addDays(day, weekDays - 1), until) })
  return weeks
}

/** A row keeps about its day of issue. */
const daysAround = 60

const none: Counts = {
  seen: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  recalled: 0,
  vanished: 0,
  noLongerEligible: 0,
  notEligible: 0,
  undecided: 0,
  overdue: 0,
  atRisk: 0,
  requests: 0,
  estimatedRequests: 0,
  estimatedSeconds: 0,
}
