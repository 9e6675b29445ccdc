import { z } from 'zod'
import { smallFileBytes } from '#src/flow/files.ts'
import { settleDue } from '#src/flow/settle-due.ts'
import { defineJob, done } from './job.ts'

/** Large files, in a lane of their own. */
export const fetchFiles = defineJob({
  name: 'fetch-files',
  lane: 'large',
  input: z.object({}),
  async run(app) {
    await settleDue(app, { largerThan: smallFileBytes })
    return done
  },
})
