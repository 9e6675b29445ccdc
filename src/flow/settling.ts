import { type App, type Source, sourceOf } from '../app.ts'
import type { IntakeClaim } from '../store/admitted.ts'
import { LeaseLost } from '../store/lease.ts'
import { decide } from './deciding.ts'
import { withholdFew } from './doubt.ts'
import { fetchFiles } from './files.ts'
import { hearAcknowledging } from './other-sources.ts'
import { withholdCalled, withholdIfSecret } from './refusal.ts'
import { stage } from './stage.ts'

/** A row that failed or still misses files, taken up again under its own lease, nearest deadline first. */
export async function settle(app: App, claim: IntakeClaim): Promise<void> {
  try {
    const source = sourceOf(app, claim.source)
    // It waited for its turn in a batch: whose source was paused meanwhile is not asked.
    await app.store.claims.renew(claim)
    const unheard = await hearAcknowledging(app, claim.source, () => {})
    if (unheard) await app.store.claims.postpone(claim, 'waitsForOther')
    else if (claim.directiveId === null || claim.state === 'deferred')
      await admitAgain(app, source, claim)
    else if (await isStillAdmitted(app, source, claim, claim.directiveId))
      await fetchFiles(app, source, claim, null)
  } catch (error) {
    if (error instanceof LeaseLost)
      return app.log.leaseLost({ source: claim.source, intake: claim.id })
    app.log.stagingFailed({ source: claim.source, failure: 'ourMistake', error })
    await app.store.claims.postpone(claim, 'ourMistake')
  }
}

/**
 * Files come after their message was read, which may have become secret meanwhile: of that nothing is fetched any more.
 * A message that never changes is known by its hash when its files come.
 */
async function isStillAdmitted(
  app: App,
  source: Source,
  claim: IntakeClaim,
  directiveId: string,
): Promise<boolean> {
  if (source.connector.can.revises !== 'inPlace') return true
  const askedAt = await app.store.now()
  const message = await source.connector.read(claim)
  if (!message.ok) return postponed(message.failure.word)
  const at = { calendar: app.calendar, now: app.clock.now(), askedAt }
  const admission = decide(message.value, claim.version, source, at)
  switch (admission.decision) {
    case 'admitted':
      return !(await withholdIfSecret(app, admission.admitted))
    case 'refused':
      await withholdCalled(app, source, admission)
      return admission.secret.length > 0 || (await isWithheldFew()) ? false : postponed('fuse')
    case 'undecided':
      return postponed(admission.failure.word)
    // Its source shows it so in the next reading, which handles it.
    case 'recalled':
    case 'deferred':
    case 'ordered':
      return postponed('askAgain')
  }

  async function isWithheldFew(): Promise<boolean> {
    const outOf = await app.store.withholding.shownCount(claim.source)
    return withholdFew(app, { source }, [directiveId], 'doubtful', outOf)
  }

  async function postponed(why: string): Promise<false> {
    await app.store.claims.postpone(claim, why)
    return false
  }
}

async function admitAgain(app: App, source: Source, claim: IntakeClaim): Promise<void> {
  const askedAt = await app.store.now()
  const message = await source.connector.read(claim)
  if (!message.ok) return app.store.claims.postpone(claim, message.failure.word)
  const at = { calendar: app.calendar, now: app.clock.now(), askedAt }
  const admission = decide(message.value, claim.version, source, at)
  switch (admission.decision) {
    case 'admitted': {
      const { admitted, held } = admission
      const outcome = await stage(app, source, { claim }, admitted, held)
      if (outcome === 'askAgain') await app.store.claims.postpone(claim, 'askAgain')
      if (outcome === 'notEligible') await app.store.claims.forget(claim)
      return
    }
    case 'refused':
      await withholdCalled(app, source, admission)
      return app.store.claims.forget(claim)
    case 'ordered': {
      const outcome = await app.store.claims.order(claim, admission.order, at.now)
      if (outcome === 'deferred') await app.store.claims.postpone(claim, 'noSuchDirective')
      return
    }
    // Its source shows it so in the next reading, which handles it under a version of its own.
    case 'recalled':
    case 'deferred':
      return app.store.claims.forget(claim)
    case 'undecided':
      return app.store.claims.postpone(claim, admission.failure.word)
  }
}
