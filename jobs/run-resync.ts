import { z } from 'zod'
import { runResyncs } from '#src/flow/resync.ts'
import { defineJob, done } from './job.ts'

/** The next windows of what administrators asked for. */
export const runResync = defineJob({
  name: 'run-resync',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    await runResyncs(app)
    return done
  },
})
