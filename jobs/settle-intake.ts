import { z } from 'zod'
import { smallFileBytes } from '#src/flow/files.ts'
import { settleDue } from '#src/flow/settle-due.ts'
import { defineJob, done } from './job.ts'

/** What failed, or still misses small files, nearest deadline first. */
export const settleIntake = defineJob({
  name: 'settle-intake',
  lane: 'normal',
  input: z.object({}),
  async run(app) {
    await settleDue(app, { upTo: smallFileBytes })
    return done
  },
})
