import { smallFileBytes } from '#src/flow/files.ts'
import { claimRows, rowsAtOnce } from '#src/flow/settle-due.ts'
import type { Job } from './job.ts'

/** Large files, in a lane of their own. */
export const fetchFiles: Job = {
  name: 'fetch-files',
  lane: 'large',
  pieces: ({ rows }) => Math.ceil(rows / rowsAtOnce),
  claim: (app) => claimRows(app, { largerThan: smallFileBytes }),
}
