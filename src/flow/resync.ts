import pMap from 'p-map'
import type { Listed } from '#connectors/connector.ts'
import { type App, type Source, sourceOf } from '../app.ts'
import { Explained } from '../domain/errors.ts'
import { contentDigest } from '../domain/identity.ts'
import { addDays, earliest, type LocalDate } from '../domain/local-date.ts'
import type { Admitted } from '../store/admitted.ts'
import type { Known } from '../store/intake.ts'
import type { Plan, Scope } from '../store/resyncs.ts'
import { decide } from './deciding.ts'
import { listing } from './listing.ts'

const dayMs = 86_400_000
const weekDays = 7

/** What to ask again, within what is imported at all; null when no day is left of the range. */
export function scopeOf(
  source: string,
  importFrom: LocalDate,
  asked: {
    readonly since?: LocalDate | undefined
    readonly until?: LocalDate | undefined
    readonly refs?: readonly string[] | null
    readonly thorough?: boolean
  },
  today: LocalDate,
): Scope | null {
  // A source whose clock runs ahead dates documents tomorrow.
  const until = asked.until ?? addDays(today, 1)
  const since = asked.since ?? importFrom
  const from = since < importFrom ? importFrom : since
  if (from > until) return null
  return { source, from, until, refs: asked.refs ?? null, thorough: asked.thorough === true }
}

type Counts = { -readonly [outcome in keyof Plan]: number }

/**
 * PLAN: what a resync would do. Reads the source and compares in memory; writes nothing, tells the source nothing,
 * and keeps nothing but counts.
 */
export async function planResync(
  app: App,
  scope: Scope,
  onWindow: (done: number, of: number) => void = () => {},
): Promise<Plan> {
  const source = sourceOf(app, scope.source)
  await refusePaused(app, scope.source)
  const counts = { ...none }
  const startedAt = performance.now()
  const windows = scope.refs ? [] : weeksOf(scope)
  if (scope.refs) await planRefs(app, source, scope, counts)
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

async function refusePaused(app: App, name: string): Promise<void> {
  const pauses = await app.store.pauses.inForce(app.clock.now())
  if (pauses.some(({ source }) => source === name))
    throw new Explained(
      `Nguồn ${name} đang tạm dừng. The source is paused and is not asked. Wait for the end of the pause, which "chidao status" shows, or end it: chidao resume ${name} --reason "…"`,
    )
}

async function planWindow(app: App, source: Source, scope: Scope, counts: Counts): Promise<void> {
  const { store } = app
  const pass = { source: scope.source, from: scope.from, until: scope.until }
  const known = await store.intake.known(pass)
  const held = await store.resyncs.held(
    scope.source,
    addDays(scope.from, -60),
    addDays(scope.until, 60),
  )
  const within = await store.withholding.shownWithin(scope.source, scope.from, scope.until)
  const listed = new Set<string>()
  const counted = {
    ...source.connector,
    list: (...asked: Parameters<typeof source.connector.list>) => {
      counts.requests++
      return source.connector.list(...asked)
    },
  }
  for await (const page of listing(app, { ...source, connector: counted }, scope)) {
    if (!page.ok) throw new SourceDidNotAnswer(page.failure.word)
    await pMap(
      page.value,
      async (item) => {
        if (!item.unreadable && item.ref.sourceRef !== null) listed.add(item.ref.sourceRef)
        await planItem(app, source, scope, item, { known, held }, counts)
      },
      { concurrency: source.profile.poll.concurrency },
    )
  }
  if (source.connector.can.reconcile === 'listing')
    counts.vanished += within.filter(({ sourceRef }) => !listed.has(sourceRef)).length
}

async function planRefs(app: App, source: Source, scope: Scope, counts: Counts): Promise<void> {
  const held = await app.store.resyncs.held(scope.source, scope.from, scope.until)
  const known: Known = { latest: new Map(), ever: new Set() }
  for (const transportRef of scope.refs ?? []) {
    const ref = { transportRef, sourceRef: null }
    const item = { unreadable: false as const, ref, version: '', header: null }
    await planItem(app, source, scope, item, { known, held }, counts)
  }
}

async function planItem(
  app: App,
  source: Source,
  { thorough }: Scope,
  item: Listed,
  have: { known: Known; held: ReadonlyMap<string, { digest: string; recalled: boolean }> },
  counts: Counts,
): Promise<void> {
  counts.seen++
  if (item.unreadable) {
    counts.undecided++
    return
  }
  const isKnown = have.known.latest.has(`${item.ref.transportRef} ${item.version}`)
  if (isKnown && !thorough) {
    counts.unchanged++
    return
  }
  counts.requests++
  const message = await source.connector.read(item.ref)
  if (!message.ok) {
    counts.undecided++
    return
  }
  const at = { calendar: app.calendar, now: app.clock.now(), askedAt: app.clock.now() }
  const admission = decide(message.value, item.version, source, at)
  const stored = have.held.get(message.value.ref.sourceRef)
  switch (admission.decision) {
    case 'admitted':
      return countAdmitted(admission.admitted, stored, app.clock.now(), counts)
    case 'recalled':
      if (stored && !stored.recalled) counts.recalled++
      else if (stored) counts.unchanged++
      else counts.notEligible++
      return
    case 'refused':
      if (stored) counts.noLongerEligible++
      else counts.notEligible++
      return
    case 'ordered':
    case 'deferred':
      counts.changed++
      return
    case 'undecided':
      counts.undecided++
  }
}

function countAdmitted(
  admitted: Admitted,
  stored: { digest: string; recalled: boolean } | undefined,
  now: Date,
  counts: Counts,
): void {
  if (stored && stored.digest === contentDigest(admitted) && !stored.recalled) counts.unchanged++
  else if (stored) counts.changed++
  else {
    counts.new++
    const left = admitted.deadline.deadlineAt.getTime() - now.getTime()
    if (admitted.beforeGoLive) return
    if (left <= 0) counts.overdue++
    else if (left < dayMs) counts.atRisk++
  }
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
