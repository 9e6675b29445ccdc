import { admitNext, admitWritings } from '#src/flow/admit-writings.ts'
import { claimSends, sendsAtOnce } from '#src/flow/send-due.ts'
import type { Job } from './job.ts'

/** What the tracking software wrote and the gate has not judged. The first is claimed and judged by one transaction. */
export const admitWritten: Job = {
  name: 'admit-writings',
  lane: 'send',
  most: 1,
  pieces: ({ writings }) => writings,
  claim: async (app) => ((await admitNext(app)) ? () => admitWritings(app) : null),
}

/** Acknowledgements, statuses and replies; replies in order per directive. */
export const sendOutbox: Job = {
  name: 'send-outbox',
  lane: 'send',
  pieces: ({ sends }) => Math.ceil(sends / sendsAtOnce),
  claim: claimSends,
}
