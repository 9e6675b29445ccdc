import pMap from 'p-map'
import type { Failure } from '#connectors/connector.ts'
import type { App } from '../app.ts'
import { LeaseLost } from '../store/lease.ts'
import type { Rechecked } from '../store/rechecks.ts'
import type { Admission } from './admission.ts'
import { decide } from './deciding.ts'
import { withholdFew } from './doubt.ts'
import type { Reading } from './reading.ts'
import { calledSecret } from './refusal.ts'

/** So many of a source's open directives in one reading; the next poll takes the next ones. */
const atOnce = 100

interface Found {
  readonly gone: Rechecked[]
  readonly doubtful: Rechecked[]
  readonly unanswered: { one: Rechecked; failure: Failure | null }[]
}

/**
 * RECHECK: asks the source again for what is still open, one by one, because what becomes secret, goes or is
 * recalled need not touch a modified date. What was withheld in doubt and is plainly eligible again shows again.
 * One counts as checked when what came of it is committed, and not before; what came to no answer is asked for again
 * within minutes.
 */
export async function recheck(app: App, reading: Reading): Promise<Failure | null> {
  const { pass, source } = reading
  const { rechecks } = app.store
  const due = await rechecks.due(pass.source, app.clock.now(), atOnce)
  const found: Found = { gone: [], doubtful: [], unanswered: [] }
  await pMap(due, (one) => checkOne(app, reading, one, found), {
    concurrency: source.profile.poll.concurrency,
  })
  const open = await rechecks.openCount(pass.source)
  for (const [because, ones] of [
    ['doubtful', found.doubtful],
    ['vanished', found.gone],
  ] as const) {
    const ids = ones.map(({ id }) => id)
    const done = await withholdFew(app, reading, ids, because, open)
    for (const id of ids)
      if (done) await rechecks.checked(id, app.clock.now())
      else await rechecks.heldBack(id, app.clock.now())
  }
  for (const { one } of found.unanswered) await rechecks.unanswered(one.id, app.clock.now())
  return sourceAway(due, found)
}

/** Where none was answered the source is away. One that it left unanswered before says nothing about the source. */
function sourceAway(due: readonly Rechecked[], { unanswered }: Found): Failure | null {
  if (unanswered.length < due.length) return null
  return unanswered.find(({ one, failure }) => failure && one.unanswered === 0)?.failure ?? null
}

/** A mistake of ours with one costs the others nothing: it stays undecided. */
async function checkOne(app: App, reading: Reading, one: Rechecked, found: Found): Promise<void> {
  const { source, tally, heartbeat } = reading
  try {
    const askedAt = await app.store.now()
    const message = await source.connector.read(one)
    heartbeat.check()
    if (!message.ok) return await notRead(app, reading, one, message.failure, found)
    const at = { calendar: app.calendar, now: app.clock.now(), askedAt }
    const version = `asked again ${askedAt.toISOString()}`
    const admission = decide(message.value, version, source, at)
    if ((await followOne(app, reading, one, { admission, version }, found)) === 'settled')
      await app.store.rechecks.checked(one.id, app.clock.now())
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    app.log.stagingFailed({ source: source.profile.name, failure: 'ourMistake', error })
    tally.undecided('ourMistake')
    found.unanswered.push({ one, failure: null })
  }
}

async function notRead(
  app: App,
  { tally }: Reading,
  one: Rechecked,
  failure: Failure,
  found: Found,
): Promise<void> {
  if (failure.word !== 'notFound') {
    tally.undecided(failure.word)
    found.unanswered.push({ one, failure })
    return
  }
  tally.notEligible()
  if ((await doubt(app, one, 'vanished', found.gone)) === 'settled')
    await app.store.rechecks.checked(one.id, app.clock.now())
}

/** What no view shows, because of a copy, needs no question to be withheld for a reason of its own too. */
async function doubt(
  app: App,
  one: Rechecked,
  because: 'doubtful' | 'vanished',
  shown: Rechecked[],
): Promise<'settled' | 'doubted'> {
  if (!one.withheld) {
    shown.push(one)
    return 'doubted'
  }
  if (!one.doubted) await app.store.withholding.withhold(one.id, because, app.clock.now())
  return 'settled'
}

/** `doubted`: what comes of it is known only when it is known how many there are. */
async function followOne(
  app: App,
  reading: Reading,
  one: Rechecked,
  decided: { admission: Admission; version: string },
  found: Found,
): Promise<'settled' | 'doubted'> {
  const { tally } = reading
  const { admission } = decided
  if (admission.decision === 'admitted' && one.withheld)
    await app.store.withholding.releaseOwn(one.id, app.clock.now())
  if (await isAsItWas(app, one, admission)) {
    tally.allowed(true)
    return 'settled'
  }
  let followed = await reading.follow(decided)
  // What has another's name by now is staged as what it is; whatever was purged since is asked for again.
  if (followed === 'askAgain') followed = await reading.follow(decided)
  if (typeof followed === 'object') {
    await notRead(app, reading, one, followed, found)
    return 'doubted'
  }
  tally.became(followed)
  if (followed === 'askAgain') return 'doubted'
  if (admission.decision !== 'refused') return 'settled'
  if (admission.secret.length === 0) return doubt(app, one, 'doubtful', found.doubtful)
  await app.store.withholding.withhold(one.id, calledSecret(admission), app.clock.now())
  await reading.withholdSoFar()
  return 'settled'
}

/** A business message stands for no directive of its own. */
async function isAsItWas(app: App, one: Rechecked, admission: Admission): Promise<boolean> {
  switch (admission.decision) {
    case 'admitted':
      return app.store.rechecks.isUnchanged(one.id, admission.admitted)
    case 'recalled':
      return one.recalled
    case 'deferred':
    case 'ordered':
      return true
    case 'refused':
    case 'undecided':
      return false
  }
}
