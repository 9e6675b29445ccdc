import { purgeSecrets } from '#src/flow/purge.ts'
import { scheduled } from './scheduled.ts'

/** What was withheld because its source says it is secret. */
export const purgeSecretsJob = scheduled('purge-secrets', { lane: 'upkeep' }, async (app) => {
  await purgeSecrets(app)
})
