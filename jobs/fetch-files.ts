import { claimFiles } from '#src/flow/settle-due.ts'
import type { Job } from './job.ts'

/** Small files that did not come with their message, by one hand of the urgent lane at most. */
export const fetchFiles: Job = {
  name: 'fetch-files',
  lane: 'urgent',
  most: 1,
  pieces: ({ smallFiles }) => smallFiles,
  claim: (app) => claimFiles(app, 'small'),
}

/** Large files, in a lane of their own. */
export const fetchLargeFiles: Job = {
  name: 'fetch-large-files',
  lane: 'large',
  pieces: ({ largeFiles }) => largeFiles,
  claim: (app) => claimFiles(app, 'large'),
}
