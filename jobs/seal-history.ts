import { z } from 'zod'
import { defineJob, done } from './job.ts'

/** Chains what was written into the history since. */
export const sealHistory = defineJob({
  name: 'seal-history',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    if ((await app.store.sealing.seal()) === null) app.log.historyCut({})
    return done
  },
})
