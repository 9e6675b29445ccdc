import { z } from 'zod'
import { fetchDue } from '#src/flow/settle-due.ts'
import { defineJob, done } from './job.ts'

/** Large files, in a lane of their own. */
export const fetchFiles = defineJob({
  name: 'fetch-files',
  lane: 'large',
  input: z.object({}),
  async run(app) {
    await fetchDue(app, 'large')
    return done
  },
})
