import { z } from 'zod'
import { reconcile } from '#src/flow/reconcile.ts'
import { defineJob, done } from './job.ts'

/** Reads again whatever no reading has met to its end. */
export const reconcileSource = defineJob({
  name: 'reconcile-source',
  lane: 'upkeep',
  input: z.object({ source: z.string() }),
  async run(app, { source }) {
    await reconcile(app, source)
    return done
  },
})
