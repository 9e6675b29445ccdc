import { type App, type Source, sourceOf } from '../app.ts'
import type { FileClaim, IntakeClaim } from '../store/admitted.ts'
import { LeaseLost } from '../store/lease.ts'
import type { Admission, Followed } from './admission.ts'
import { decide } from './deciding.ts'
import { withholdFew } from './doubt.ts'
import { fetchOrPostpone, postponeAll } from './files.ts'
import { follow, gather } from './following.ts'
import { hearAcknowledging } from './other-sources.ts'
import { withholdGathered, withholdIfSecret } from './refusal.ts'
import { Tally } from './tally.ts'

/** A message that failed, or waited for what it is about, taken up again under its own lease, nearest deadline first. */
export async function settle(app: App, claim: IntakeClaim): Promise<void> {
  try {
    const source = sourceOf(app, claim.source)
    // It waited for its turn in a batch: whose source was paused meanwhile is not asked.
    await app.store.claims.renew(claim)
    const unheard = await hearAcknowledging(app, { source: claim.source, resyncId: null }, () => {})
    if (unheard) await app.store.claims.postpone(claim, 'waitsForOther')
    else await admitAgain(app, source, claim)
  } catch (error) {
    if (error instanceof LeaseLost)
      return app.log.leaseLost({ source: claim.source, intake: claim.id })
    app.log.stagingFailed({ source: claim.source, failure: 'ourMistake', error })
    await app.store.claims.postpone(claim, 'ourMistake')
  }
}

async function admitAgain(app: App, source: Source, claim: IntakeClaim): Promise<void> {
  const { claims } = app.store
  const admission = await askAgain(app, source, claim)
  const tally = new Tally()
  const decided = { admission, version: claim.version }
  const followed = await follow(app, source, { claim }, decided, tally, (files, held) =>
    fetchOrPostpone(app, source, files, held),
  )
  await withholdGathered(app, source, null, tally)
  if (typeof followed === 'object') return claims.postpone(claim, followed.word)
  if (followed === 'askAgain') return claims.postpone(claim, followed)
  if (followed === 'nothing') return claims.postpone(claim, 'noSuchDirective')
  if (isOver.has(followed)) await claims.forget(claim)
}

/** Nothing of it is kept but that it was counted. */
const isOver: ReadonlySet<Followed> = new Set<Followed>(['refused', 'notEligible', 'nextReading'])

/** What the gate says of a message that is read once more. */
async function askAgain(
  app: App,
  source: Source,
  claim: IntakeClaim | FileClaim,
): Promise<Admission> {
  const askedAt = await app.store.now()
  const message = await source.connector.read(claim)
  if (!message.ok) return { decision: 'undecided', failure: message.failure }
  const at = { calendar: app.calendar, now: app.clock.now(), askedAt }
  return decide(message.value, claim.version, source, at)
}

/**
 * Files that come after their message was read, which may have become secret meanwhile: of that nothing is fetched any
 * more.
 */
export async function fetchLater(app: App, claim: FileClaim): Promise<void> {
  try {
    const source = sourceOf(app, claim.source)
    await app.store.fileClaims.renew(claim)
    const why = await whyNot(app, source, claim)
    if (why === null) await fetchOrPostpone(app, source, claim, null)
    else if (why !== 'withheld') await postponeAll(app, claim, claim.files, why)
  } catch (error) {
    if (error instanceof LeaseLost)
      return app.log.leaseLost({ source: claim.source, directive: claim.directiveId })
    const failure = 'ourMistake'
    app.log.fileFailed({ source: claim.source, directive: claim.directiveId, failure, error })
    await app.store.fileClaims.postpone(claim, claim.files, failure)
  }
}

/** Null where the gate still admits its message. One that never changes is known by its hash when its files come. */
async function whyNot(app: App, source: Source, claim: FileClaim): Promise<string | null> {
  if (await hearAcknowledging(app, { source: claim.source, resyncId: null }, () => {}))
    return 'waitsForOther'
  if (source.connector.can.revises !== 'inPlace') return null
  const admission = await askAgain(app, source, claim)
  switch (admission.decision) {
    case 'admitted':
      return (await withholdIfSecret(app, admission.admitted)) ? 'withheld' : null
    case 'refused': {
      const tally = new Tally()
      gather(app, source, tally, admission)
      await withholdGathered(app, source, null, tally)
      if (admission.secret.length > 0) return 'withheld'
      const outOf = await app.store.withholding.shownCount(claim.source)
      const few = await withholdFew(app, { source }, [claim.directiveId], 'doubtful', outOf)
      return few ? 'withheld' : 'fuse'
    }
    case 'undecided':
      return admission.failure.word
    // Its source shows it so in the next reading, which handles it.
    case 'recalled':
    case 'deferred':
    case 'ordered':
      return 'askAgain'
  }
}
