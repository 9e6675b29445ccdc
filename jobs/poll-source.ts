import { z } from 'zod'
import { keepDeadlines } from '#src/flow/calendar-deadlines.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { defineJob, done } from './job.ts'

/** Brings the deadlines up to date, opens the passes a source needs now and rings for them. */
export const pollSource = defineJob({
  name: 'poll-source',
  lane: 'upkeep',
  input: z.object({ source: z.string() }),
  async run(app, { source }) {
    await keepDeadlines(app)
    await openPasses(app, source)
    return done
  },
})
