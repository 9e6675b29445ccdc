import { type App, type Source, sourceOf } from '../app.ts'
import type { FileClaim, IntakeClaim } from '../store/admitted.ts'
import { LeaseLost } from '../store/lease.ts'
import { decide } from './deciding.ts'
import { withholdFew } from './doubt.ts'
import { postponeAll } from './files.ts'
import { hearAcknowledging } from './other-sources.ts'
import { withholdCalled, withholdIfSecret } from './refusal.ts'
import { fetch, stage } from './stage.ts'

/** A message that failed, or waited for what it is about, taken up again under its own lease, nearest deadline first. */
export async function settle(app: App, claim: IntakeClaim): Promise<void> {
  try {
    const source = sourceOf(app, claim.source)
    // It waited for its turn in a batch: whose source was paused meanwhile is not asked.
    await app.store.claims.renew(claim)
    const unheard = await hearAcknowledging(app, claim.source, () => {})
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

/**
 * Files that come after their message was read, which may have become secret meanwhile: of that nothing is fetched any
 * more.
 */
export async function fetchLater(app: App, claim: FileClaim): Promise<void> {
  try {
    const source = sourceOf(app, claim.source)
    await app.store.fileClaims.renew(claim)
    const why = await whyNot(app, source, claim)
    if (why === null) await fetch(app, source, claim, null)
    else if (why !== 'withheld') await postponeAll(app, claim, claim.files, why)
  } catch (error) {
    if (error instanceof LeaseLost)
      return app.log.leaseLost({ source: claim.source, directive: claim.directiveId })
    app.log.stagingFailed({ source: claim.source, failure: 'ourMistake', error })
    await postponeAll(app, claim, claim.files, 'ourMistake')
  }
}

/** Null where the gate still admits its message. One that never changes is known by its hash when its files come. */
async function whyNot(app: App, source: Source, claim: FileClaim): Promise<string | null> {
  if (await hearAcknowledging(app, claim.source, () => {})) return 'waitsForOther'
  if (source.connector.can.revises !== 'inPlace') return null
  const askedAt = await app.store.now()
  const message = await source.connector.read(claim)
  if (!message.ok) return message.failure.word
  const at = { calendar: app.calendar, now: app.clock.now(), askedAt }
  const admission = decide(message.value, claim.version, source, at)
  switch (admission.decision) {
    case 'admitted':
      return (await withholdIfSecret(app, admission.admitted)) ? 'withheld' : null
    case 'refused': {
      await withholdCalled(app, source, admission)
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
