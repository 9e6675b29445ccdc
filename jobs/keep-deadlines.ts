import { z } from 'zod'
import { keepDeadlines } from '#src/flow/calendar-deadlines.ts'
import { defineJob, done } from './job.ts'

/** Computes anew what still runs by a list of working days that is in force no more. */
export const keepDeadlinesJob = defineJob({
  name: 'keep-deadlines',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    await keepDeadlines(app)
    return done
  },
})
