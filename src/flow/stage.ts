import type { Message } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import { DiskFull } from '../files/file-store.ts'
import type { Admitted, IntakeClaim } from '../store/admitted.ts'
import { LeaseLost } from '../store/lease.ts'
import { filesNowOrLater } from './files.ts'
import type { Reading } from './pass.ts'
import { isSecretElsewhere, withholdIfSecret } from './refusal.ts'

/**
 * STAGE: intake, directive, revision and what the source is to be told, in one transaction; then the files,
 * encrypted. What fails stays as a row with its deadline and is tried again, never dropped.
 */
export async function stage(
  app: App,
  source: Source,
  pass: Reading['pass'],
  admitted: Admitted,
  held: Message['held'],
) {
  if (isSecretElsewhere(app, pass.source, admitted)) return 'notEligible'
  let claim: IntakeClaim | null
  try {
    const staging = await app.store.intake.stage(pass, admitted, app.clock.now())
    if (staging.outcome !== 'notEligible' && (await withholdIfSecret(app, admitted)))
      return staging.outcome
    if (!staging.claim) return staging.outcome
    claim = staging.claim
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    const item = { ...admitted, classifyBy: admitted.deadline.deadlineAt }
    return app.store.intake.fail(pass, item, told(error), app.clock.now())
  }
  try {
    return await filesNowOrLater(app, source, claim, held)
  } catch (error) {
    // The row was withheld or taken over while its files came: the reading itself goes on.
    if (error instanceof LeaseLost) app.log.leaseLost({ source: pass.source, intake: claim.id })
    else await app.store.claims.postpone(claim, told(error))
    return 'pending'
  }

  function told(error: unknown): string {
    const failure = error instanceof DiskFull ? 'diskFull' : 'ourMistake'
    app.log.stagingFailed({ source: source.profile.name, failure, error })
    return failure
  }
}
