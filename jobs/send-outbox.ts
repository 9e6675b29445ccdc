import { z } from 'zod'
import { sendDue } from '#src/flow/send-due.ts'
import { defineJob, done } from './job.ts'

/** What the tracking software wrote, then acknowledgements, statuses and replies; replies in order per directive. */
export const sendOutbox = defineJob({
  name: 'send-outbox',
  lane: 'send',
  input: z.object({}),
  async run(app) {
    await sendDue(app)
    return done
  },
})
