import pLimit from 'p-limit'
import { type Answer, type Failure, isUnasked } from '#connectors/connector.ts'
import { type App, type Source, sourceOf } from '../app.ts'
import { DiskFull } from '../files/file-store.ts'
import { LeaseLost } from '../store/lease.ts'
import type { Pass } from '../store/passes.ts'
import type { Decided } from './admission.ts'
import { followCalendar } from './calendar-deadlines.ts'
import { FilesInHand } from './files-in-hand.ts'
import { follow, gather } from './following.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Reading } from './reading.ts'
import { withholdGathered } from './refusal.ts'
import { Tally } from './tally.ts'

/** `notOurs`: the lease passed to another worker. */
export type PullResult = 'done' | 'open' | 'failed' | 'notOurs'

/**
 * Runs one reading under its lease and writes how it ended: with totals and a moved cursor, or as a named
 * failure after which the same window is read again.
 */
export async function underLease(
  app: App,
  pass: Pass,
  read: (reading: Reading) => Promise<Failure | null>,
): Promise<PullResult> {
  await followCalendar(app)
  const tally = new Tally()
  using heartbeat = new Heartbeat(app.leaseMs, () => app.store.passes.renew(pass))
  try {
    using asking = within(sourceOf(app, pass.source), tally)
    const { source, listedTo } = asking
    const files = new FilesInHand(app, source)
    const failure = await read({
      ...{ pass, source, tally, heartbeat, listedTo },
      follow: async (decided) =>
        (await isFoundAsItWas(app, pass, decided))
          ? 'taken'
          : follow(app, source, { pass }, decided, tally, (claim, held) => files.take(claim, held)),
      refused: (refusal) => gather(app, source, tally, refusal),
      withholdSoFar: () => withholdGathered(app, source, pass, tally),
    })
    const ended = failure
      ? await endInFailure(app, pass, failure)
      : await endWithTotals(app, pass, tally)
    // The reading has ended, and another may begin.
    await files.end()
    return ended
  } catch (error) {
    const asleep = error instanceof LeaseLost || (await handBack(app, pass, error)) === 'lost'
    if (!asleep) throw error
    app.log.leaseLost({ source: pass.source, pass: pass.id })
    return 'notOurs'
  }
}

/** What a thorough resync reads again and finds as it was leaves no trace. */
async function isFoundAsItWas(
  app: App,
  pass: Pass,
  { admission, isReadBefore = false }: Decided,
): Promise<boolean> {
  if (admission.decision !== 'admitted' || pass.kind !== 'resync' || !isReadBefore) return false
  return app.store.rechecks.isShownUnchanged(pass.source, admission.admitted)
}

/** What the reading asks of its source is counted, and no more asked at once than the profile allows. */
function within(source: Source, tally: Tally) {
  const { connector } = source
  const { concurrency } = source.profile.poll
  const reads = pLimit({ concurrency, rejectOnClear: true })
  // Of their own, so that slow files hold up no message.
  const files = pLimit(concurrency)
  const heard = <T>(answer: Answer<T>): Answer<T> => {
    if (answer.ok || answer.failure.word === 'notFound') tally.sourceAnswered = true
    return answer
  }
  let lastPage: string | null = null
  const counted: Source['connector'] = {
    ...connector,
    list: async (window, page) => {
      tally.requests++
      const answer = heard(await connector.list(window, page))
      if (answer.ok && answer.value.items.length > 0) lastPage = page
      return answer
    },
    read: async (ref) =>
      heard(
        await reads(() => {
          tally.requests++
          return connector.read(ref)
        }),
      ),
    openFiles: (ref, announced, take) => files(() => connector.openFiles(ref, announced, take)),
  }
  /** Of a reading that ended early nobody asks what its documents were waiting to ask. */
  return {
    source: { ...source, connector: counted },
    listedTo: () => lastPage,
    [Symbol.dispose]: () => reads.clearQueue(),
  }
}

/** A mistake of ours puts the window back in line; a sleeper finds that another already has. */
async function handBack(app: App, pass: Pass, error: unknown): Promise<'back' | 'lost'> {
  try {
    await app.store.passes.fail(pass, error instanceof DiskFull ? 'diskFull' : 'ourMistake')
    return 'back'
  } catch (second) {
    if (second instanceof LeaseLost) return 'lost'
    throw error
  }
}

async function endInFailure(app: App, pass: Pass, failure: Failure): Promise<'failed'> {
  // Another source that could not be asked is not this one's trouble.
  const isOthers = failure.source !== pass.source
  if (!isOthers) await app.store.sources.failed(pass.source, failure.word)
  if (isOthers) await app.store.passes.fail(pass, 'waitsForOther', failure.source)
  else await app.store.passes.fail(pass, failure.word)
  const told =
    isUnasked(failure.word) && failure.setting ? app.log.sourceNotAsked : app.log.passFailed
  told({
    source: pass.source,
    pass: pass.id,
    kind: pass.kind,
    operation: failure.operation,
    failure: failure.word,
    ...(failure.setting !== undefined && { setting: failure.setting }),
    ...(isOthers && { waitsFor: failure.source }),
  })
  return 'failed'
}

async function endWithTotals(app: App, pass: Pass, tally: Tally): Promise<'done' | 'open'> {
  const totals = tally.totals()
  if (pass.resyncId) await app.store.resyncs.spent(pass.id, tally.requests)
  const because = tally.undecidedBecause
  const state = await app.store.passes.end(pass, totals, app.clock.now(), because, tally.extent)
  if (tally.sourceAnswered) await app.store.sources.answered(pass.source)
  for (const { field, code, count } of tally.unmappedCounts()) {
    await app.store.sources.countUnmapped(pass.source, field, code, count, app.clock.now())
  }
  for (const [field, count] of tally.formCounts())
    await app.store.formRefusals.count(pass.source, field, count, app.clock.now())
  app.log.passEnded({ source: pass.source, pass: pass.id, kind: pass.kind, ...totals })
  if (totals.undecided > 0) {
    app.log.undecided({
      source: pass.source,
      pass: pass.id,
      count: totals.undecided,
      failure: tally.undecidedBecause ?? 'malformed',
    })
  }
  return state
}
