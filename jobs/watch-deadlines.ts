import { z } from 'zod'
import { watch } from '#src/alerts/watch.ts'
import { admitWritings } from '#src/flow/admit-writings.ts'
import { defineJob, done } from './job.ts'

/** Warns before a legal deadline passes, records when one has, and tells people whatever else needs one of them. */
export const watchDeadlines = defineJob({
  name: 'watch-deadlines',
  lane: 'upkeep',
  input: z.object({}),
  async run(app) {
    // What was written in time is in time, however long it waited for the gate.
    await admitWritings(app)
    await watch(app)
    return done
  },
})
