import pMap from 'p-map'
import { type Failure, isUnasked } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { addDays } from '../domain/local-date.ts'
import type { Because } from '../store/reasons.ts'
import type { Reading } from './reading.ts'
import type { Tally } from './tally.ts'

/**
 * What the store shows and this reading gives reason to doubt: the gate would not admit it any more, or the source
 * does not have it any more. It is withheld for a person; many at once only after a person has answered, because
 * a source that answers badly must never empty the store (docs/decisions/0012).
 */
export async function doubt(app: App, reading: Reading): Promise<Failure | null> {
  const { pass, source, tally } = reading
  const since = pass.kind === 'deep' ? null : addDays(pass.from, -daysAround)
  const doubtful = tally.doubtful()
  if (doubtful.length > 0) {
    const shown = await app.store.withholding.shown(source.profile.name, since)
    const ids = doubtful.flatMap((sourceRef) => shown.get(sourceRef) ?? [])
    await withholdFew(app, reading, ids, 'doubtful', shown.size)
    // What no view shows, because of a copy, needs no question to be withheld for a reason of its own too.
    const throughCopies = await app.store.withholding.throughCopies(source.profile.name)
    for (const id of doubtful.flatMap((sourceRef) => throughCopies.get(sourceRef) ?? []))
      await app.store.withholding.withhold(id, 'doubtful', app.clock.now())
  }
  const sawAll = pass.kind === 'deep' || (pass.kind === 'resync' && !tally.asksForSingleOnes)
  const hidden = source.connector.can.totalCountsHidden ?? 0
  return sawAll && !tally.isShort(hidden) && tally.totals().undecided === 0
    ? lookForVanished(app, reading)
    : null
}

/** What the source says two things of is told of those that the store shows; compared here, as whatever a list names. */
export async function noteContradictions(app: App, { source, tally }: Reading): Promise<void> {
  const { contradictions, withholding } = app.store
  const { name } = source.profile
  const at = app.clock.now()
  const found = tally.contradictions()
  const before = await contradictions.of(name, at)
  if (found.size === 0 && before.size === 0) return
  const shown = found.size > 0 ? await withholding.shown(name, null) : new Map<string, string>()
  const met = [...found].flatMap(([ref, one]) => {
    const id = shown.get(ref)
    return id === undefined ? [] : [[id, one] as const]
  })
  const over = [...before].filter(([ref]) => !found.has(ref) && tally.hasListed(ref))
  await contradictions.note(
    new Map(met),
    over.map(([, { id }]) => id),
    at,
  )
}

/** Withholds unless they are unusually many, and whether it did; says in the log what it did or asks. */
export async function withholdFew(
  app: App,
  { source }: Pick<Reading, 'source'>,
  directiveIds: readonly string[],
  because: Because,
  outOf: number,
): Promise<boolean> {
  const count = directiveIds.length
  if (count === 0) return true
  const { name } = source.profile
  const at = app.clock.now()
  if (!(await app.store.fuses.holds({ source: name, kind: 'withhold', count, outOf }, at))) {
    app.log.fuseTripped({ source: name, kind: 'withhold', count })
    return false
  }
  for (const id of directiveIds) await app.store.withholding.withhold(id, because, at)
  app.log.withheld({ source: name, kind: because, count })
  return true
}

/**
 * Recalls what its source wants back, unless that is unusually much of it: a recall can be taken back, so a few need
 * no leave. Those that were held back count with those that went. One at a time: one that is committed and still under
 * way would count twice.
 */
export function recallIfFew<T>(
  app: App,
  source: Source,
  tally: Tally,
  recall: () => Promise<T>,
): Promise<T | 'fuse'> {
  return tally.recallsInTurn(() => recallUnlessMany(app, source, tally, recall))
}

async function recallUnlessMany<T>(
  app: App,
  { profile: { name } }: Source,
  tally: Tally,
  recall: () => Promise<T>,
): Promise<T | 'fuse'> {
  tally.recalls++
  const outOf = await app.store.withholding.shownCount(name)
  const wanted = { source: name, kind: 'recall', count: tally.recalls, outOf } as const
  if (!(await app.store.fuses.holds(wanted, app.clock.now()))) {
    app.log.fuseTripped({ source: name, kind: 'recall', count: tally.recalls })
    return 'fuse'
  }
  const outcome = await recall()
  tally.recalls--
  return outcome
}

/** A list may be cut or late: only what the source itself says it does not have is gone. */
async function lookForVanished(app: App, reading: Reading): Promise<Failure | null> {
  const { pass, tally, heartbeat } = reading
  const { connector, profile } = reading.source
  if (connector.can.reconcile !== 'listing') return null
  const shown = await app.store.withholding.shownWithin(profile.name, pass.from, pass.until)
  // What another reading staged meanwhile came after the list of this one.
  const missing = shown.filter(
    ({ sourceRef, readAt }) => !tally.hasListed(sourceRef) && readAt < pass.beganAt,
  )
  if (missing.length === 0) return null
  const { name: source } = profile
  const wanted = { kind: 'withhold', count: missing.length, outOf: shown.length } as const
  if (!(await app.store.fuses.holds({ source, ...wanted }, app.clock.now()))) {
    app.log.fuseTripped({ source, kind: 'withhold', count: missing.length })
    return null
  }
  const gone: string[] = []
  const failures = await pMap(
    missing,
    async (one) => {
      heartbeat.check()
      const answer = connector.can.recheck === 'byRef' ? await connector.read(one) : null
      if (!answer) gone.push(one.id)
      else if (!answer.ok && answer.failure.word === 'notFound') gone.push(one.id)
      else if (!answer.ok) return answer.failure
      return null
    },
    { concurrency: profile.poll.concurrency },
  )
  await withholdFew(app, reading, gone, 'vanished', shown.length)
  return failures.find((failure) => failure && isUnasked(failure.word)) ?? null
}

const daysAround = 60
