import { claimFiles } from '#src/flow/settle-due.ts'
import type { Job } from './job.ts'

/** Large files, in a lane of their own. */
export const fetchFiles: Job = {
  name: 'fetch-files',
  lane: 'large',
  pieces: ({ largeFiles }) => largeFiles,
  claim: (app) => claimFiles(app, 'large'),
}
