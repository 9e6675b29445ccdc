import pMap from 'p-map'
import type { Failure } from '#connectors/connector.ts'
import type { App } from '../app.ts'
import type { Rechecked } from '../store/rechecks.ts'
import { decide } from './deciding.ts'
import { maySoManyBeRecalled, withholdFew } from './doubt.ts'
import { filesNowOrLater } from './files.ts'
import type { Reading } from './pass.ts'
import { withhold } from './refusal.ts'

/** So many of a source's open directives in one reading; the next poll takes the next ones. */
const atOnce = 100
/**
 * RECHECK: asks the source again for what is still open, one by one, because what becomes secret, goes or is
 * recalled need not touch a modified date. What was withheld in doubt and is plainly eligible again shows again.
 */
export async function recheck(app: App, reading: Reading): Promise<Failure | null> {
  const { pass, source, tally } = reading
  const due = await app.store.rechecks.due(pass.source, app.clock.now(), atOnce)
  const gone: string[] = []
  const doubtful: string[] = []
  const failures = await pMap(due, (one) => checkOne(app, reading, one, { gone, doubtful }), {
    concurrency: source.profile.poll.concurrency,
  })
  await withhold(app, source, null, tally.secrets())
  const open = await app.store.rechecks.openCount(pass.source)
  await withholdFew(app, reading, doubtful, 'doubtful', open)
  await withholdFew(app, reading, gone, 'vanished', open)
  return failures.find((failure) => failure !== null) ?? null
}

async function checkOne(
  app: App,
  { pass, source, tally, heartbeat }: Reading,
  one: Rechecked,
  found: { gone: string[]; doubtful: string[] },
): Promise<Failure | null> {
  const { store, clock } = app
  const askedAt = await store.now()
  const message = await source.connector.read(one)
  heartbeat.check()
  if (!message.ok && message.failure.word === 'notFound') {
    tally.notEligible()
    if (!one.withheld) found.gone.push(one.id)
    await store.rechecks.checked(one.id, clock.now())
    return null
  }
  if (!message.ok) {
    if (message.failure.word === 'unreachable' || message.failure.word === 'unauthorized')
      return message.failure
    tally.undecided(message.failure.word)
    await store.rechecks.checked(one.id, clock.now())
    return null
  }
  const at = { calendar: app.calendar, now: clock.now(), askedAt }
  const version = `asked again ${askedAt.toISOString()}`
  const admission = decide(message.value, version, source, at)
  await store.rechecks.checked(one.id, clock.now())
  switch (admission.decision) {
    case 'admitted': {
      if (one.withheld)
        await store.withholding.release(one.id, clock.now(), {
          actor: 'bridge',
          reason: 'plainly eligible again',
        })
      const { admitted, held } = admission
      if (await store.rechecks.isUnchanged(one.id, admitted)) {
        tally.allowed(true)
        return null
      }
      const { acknowledges } = source.connector.can
      const staging = await store.intake.stage(pass, admitted, acknowledges, clock.now())
      if (staging.claim) await filesNowOrLater(app, source, staging.claim, held)
      if (staging.outcome === 'askAgain') tally.undecided('askAgain')
      else if (staging.outcome === 'notEligible') tally.notEligible()
      else tally.allowed(staging.outcome === 'taken')
      return null
    }
    case 'recalled': {
      if (one.recalled) {
        tally.allowed(true)
        return null
      }
      if (!(await maySoManyBeRecalled(app, source, tally))) {
        tally.undecided('fuse')
        return null
      }
      const recalled = { ...admission.ref, version }
      const { acknowledges } = source.connector.can
      await store.intake.recall(pass, recalled, acknowledges, askedAt, clock.now())
      tally.allowed()
      return null
    }
    case 'refused':
      tally.notEligible(admission.unmapped)
      tally.secret(admission.secret)
      if (admission.secret.length === 0 && !one.withheld) found.doubtful.push(one.id)
      return null
    // A business message stands for no directive of its own.
    case 'deferred':
    case 'ordered':
      tally.allowed(true)
      return null
    case 'undecided':
      tally.undecided(admission.failure.word)
      return null
  }
}
