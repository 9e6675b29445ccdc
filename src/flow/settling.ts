import { type App, type Source, sourceOf } from '../app.ts'
import type { IntakeClaim } from '../store/admitted.ts'
import { LeaseLost } from '../store/lease.ts'
import { decide } from './deciding.ts'
import { fetchFiles } from './files.ts'
import { hearAcknowledging } from './other-sources.ts'
import { withholdCalled } from './refusal.ts'
import { stage } from './stage.ts'

/** A row that failed or still misses files, taken up again under its own lease, nearest deadline first. */
export async function settle(app: App, claim: IntakeClaim): Promise<void> {
  try {
    const source = sourceOf(app, claim.source)
    // It waited for its turn in a batch: whose source was paused meanwhile is not asked.
    await app.store.claims.renew(claim)
    if (claim.directiveId && claim.state !== 'deferred') await fetchFiles(app, source, claim, null)
    else await admitAgain(app, source, claim)
  } catch (error) {
    if (error instanceof LeaseLost)
      return app.log.leaseLost({ source: claim.source, intake: claim.id })
    app.log.stagingFailed({ source: claim.source, failure: 'ourMistake', error })
    await app.store.claims.postpone(claim, 'ourMistake')
  }
}

async function admitAgain(app: App, source: Source, claim: IntakeClaim): Promise<void> {
  const unheard = await hearAcknowledging(app, claim.source, () => {})
  if (unheard) return app.store.claims.postpone(claim, 'waitsForOther')
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
