import { z } from 'zod'
import { fetchDue, settleDue } from '#src/flow/settle-due.ts'
import { defineJob, done } from './job.ts'

/**
 * What failed, and small files that are still waited for, nearest deadline first. It takes one hand of the urgent lane at most: behind
 * the windows of a history, what a dead worker had half staged would wait for as long as those take.
 */
export const settleIntake = defineJob({
  name: 'settle-intake',
  lane: 'urgent',
  input: z.object({}),
  async run(app) {
    await settleDue(app)
    await fetchDue(app, 'small')
    return done
  },
})
