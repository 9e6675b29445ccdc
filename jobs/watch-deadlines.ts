import { z } from 'zod'
import { watch } from '#src/alerts/watch.ts'
import { keepDeadlines } from '#src/flow/calendar-deadlines.ts'
import { defineJob, done } from './job.ts'

/** Brings the deadlines up to date, warns before a legal deadline passes, records when one has, and tells people whatever else needs one of them. */
export const watchDeadlines = defineJob({
  name: 'watch-deadlines',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    await keepDeadlines(app)
    await watch(app)
    return done
  },
})
