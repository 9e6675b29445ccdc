import { z } from 'zod'
import { defineJob, done } from './job.ts'

/**
 * Chains what was written into the history since. A backup of a minute ago is told from the store as it is now: it may
 * show what was withheld meanwhile.
 */
export const sealHistory = defineJob({
  name: 'seal-history',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    await app.store.sealing.seal()
    // A backup that is older than this is known by it.
    await app.store.life.raise()
    return done
  },
})
