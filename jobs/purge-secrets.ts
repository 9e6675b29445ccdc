import { z } from 'zod'
import { purgeSecrets } from '#src/flow/purge.ts'
import { defineJob, done } from './job.ts'

/** What was withheld because its source says it is secret. */
export const purgeSecretsJob = defineJob({
  name: 'purge-secrets',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    await purgeSecrets(app)
    return done
  },
})
