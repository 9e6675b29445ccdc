import { claimFiles } from '#src/flow/settle-due.ts'
import type { Job } from './job.ts'

/** Small files that did not come with their message. */
export const fetchFiles: Job = {
  name: 'fetch-files',
  lane: 'large',
  most: 1,
  pieces: ({ smallFiles }) => smallFiles,
  claim: (app) => claimFiles(app, 'small'),
}

/** Large files. Each of the two has a hand of its own. */
export const fetchLargeFiles: Job = {
  name: 'fetch-large-files',
  lane: 'large',
  most: 1,
  pieces: ({ largeFiles }) => largeFiles,
  claim: (app) => claimFiles(app, 'large'),
}
