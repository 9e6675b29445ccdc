import type { Message } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { DiskFull } from '../files/file-store.ts'
import type { Admitted, IntakeClaim, Staging } from '../store/admitted.ts'
import { LeaseLost } from '../store/lease.ts'
import type { Under } from '../store/staging.ts'
import { filesNowOrLater } from './files.ts'
import { isSecretElsewhere, withholdIfSecret } from './refusal.ts'

/**
 * STAGE: intake, directive, revision and what the source is to be told, in one transaction; then the files,
 * encrypted. What fails stays as a row with its deadline and is tried again, never dropped. `under`: the reading that
 * brings a message for the first time, or the row of one that failed before.
 */
export async function stage(
  app: App,
  source: Source,
  under: Under,
  admitted: Admitted,
  held: Message['held'],
): Promise<Staging['outcome']> {
  const { name } = source.profile
  if (isSecretElsewhere(app, name, admitted)) return 'notEligible'
  let claim: IntakeClaim | null
  try {
    const staging = await write(app, under, admitted)
    if (staging.outcome === 'notEligible') return 'notEligible'
    if ((await withholdIfSecret(app, admitted)) || !staging.claim) return staging.outcome
    claim = staging.claim
  } catch (error) {
    if (error instanceof LeaseLost || 'claim' in under) throw error
    const item = { ...admitted, classifyBy: admitted.deadline.deadlineAt }
    return app.store.intake.fail(under.pass, item, told(error), app.clock.now())
  }
  try {
    return await filesNowOrLater(app, source, claim, held)
  } catch (error) {
    // The row was withheld or taken over while its files came: the reading itself goes on.
    if (error instanceof LeaseLost) app.log.leaseLost({ source: name, intake: claim.id })
    else await app.store.claims.postpone(claim, told(error))
    return 'pending'
  }

  function told(error: unknown): string {
    const failure = error instanceof DiskFull ? 'diskFull' : 'ourMistake'
    app.log.stagingFailed({ source: name, failure, error })
    return failure
  }
}

function write({ store, clock }: App, under: Under, admitted: Admitted): Promise<Staging> {
  return 'pass' in under
    ? store.intake.stage(under.pass, admitted, clock.now())
    : store.claims.restage(under.claim, admitted, clock.now())
}
