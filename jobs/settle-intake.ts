import { smallFileBytes } from '#src/flow/files.ts'
import { claimRows, rowsAtOnce } from '#src/flow/settle-due.ts'
import type { Job } from './job.ts'

/**
 * What failed, or still misses small files, nearest deadline first. It takes one hand of the urgent lane at most: behind
 * the windows of a history, what a dead worker had half staged would wait for as long as those take.
 */
export const settleIntake: Job = {
  name: 'settle-intake',
  lane: 'urgent',
  most: 1,
  pieces: ({ rows }) => Math.ceil(rows / rowsAtOnce),
  claim: (app) => claimRows(app, { upTo: smallFileBytes }),
}
