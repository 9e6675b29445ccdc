import { watch } from '#src/alerts/watch.ts'
import { admitWritings } from '#src/flow/admit-writings.ts'
import { scheduled } from './scheduled.ts'

/** Warns before a legal deadline passes, records when one has, and tells people whatever else needs one of them. */
export const watchDeadlines = scheduled('watch-deadlines', { lane: 'upkeep' }, async (app) => {
  // What was written in time is in time, however long it waited for the gate.
  await admitWritings(app)
  await watch(app)
})
