import { z } from 'zod'
import { defineJob, done } from './job.ts'

/** Chains what was written into the history since. */
export const sealHistory = defineJob({
  name: 'seal-history',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    // A backup that is older than what was just sealed is known by it.
    if ((await app.store.sealing.seal()) > 0) await app.store.life.raise()
    return done
  },
})
