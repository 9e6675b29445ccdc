import { claimMessages } from '#src/flow/settle-due.ts'
import type { Job } from './job.ts'

/**
 * Messages that failed, nearest deadline first. It takes one hand of the urgent lane at most: behind the windows of a
 * history, what a dead worker left would wait for as long as those take.
 */
export const settleIntake: Job = {
  name: 'settle-intake',
  lane: 'urgent',
  most: 1,
  pieces: ({ messages }) => messages,
  claim: claimMessages,
}
