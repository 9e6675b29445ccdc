import type { App, Source } from '../app.ts'
import type { Admitted, FileClaim, Staging } from '../store/admitted.ts'
import { LeaseLost } from '../store/lease.ts'
import type { Under } from '../store/staging.ts'
import { isSecretElsewhere, withholdIfSecret } from './refusal.ts'

/**
 * STAGE: intake, directive, revision, files that are announced and what the source is to be told, in one transaction.
 * The files follow: `fetch` is given what may be had at once. What fails stays as a row with its deadline and is tried
 * again, never dropped. `under`: the reading that brings a message for the first time, or the row of one that failed before.
 */
export async function stage(
  app: App,
  source: Source,
  under: Under,
  admitted: Admitted,
  fetch: (files: FileClaim) => Promise<void>,
): Promise<Staging['outcome']> {
  const { name } = source.profile
  if (isSecretElsewhere(app, name, admitted)) return 'notEligible'
  let staging: Staging
  try {
    staging = await write(app, under, admitted)
  } catch (error) {
    if (error instanceof LeaseLost || 'claim' in under) throw error
    const item = { ...admitted, classifyBy: admitted.deadline.deadlineAt }
    const failure = 'ourMistake'
    app.log.stagingFailed({ source: name, failure, error })
    return app.store.intake.fail(under.pass, item, failure, app.clock.now())
  }
  const { outcome, files, hasLarge } = staging
  if (outcome === 'notEligible' || (await withholdIfSecret(app, admitted))) return outcome
  if (hasLarge) app.later.ring('fetch-large-files')
  if (files) await fetch(files)
  return outcome
}

function write({ store, clock }: App, under: Under, admitted: Admitted): Promise<Staging> {
  return 'pass' in under
    ? store.intake.stage(under.pass, admitted, clock.now())
    : store.claims.restage(under.claim, admitted, clock.now())
}
