import { z } from 'zod'
import { openPasses } from '#src/flow/open-passes.ts'
import { defineJob, done } from './job.ts'

/** Opens the passes a source needs now and rings for them. */
export const pollSource = defineJob({
  name: 'poll-source',
  lane: 'upkeep',
  input: z.object({ source: z.string() }),
  async run(app, { source }) {
    await openPasses(app, source)
    return done
  },
})
