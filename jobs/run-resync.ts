import type { Job } from './job.ts'

/** Opens the next windows of what administrators asked for, by the transaction that claims it. */
export const runResync: Job = {
  name: 'run-resync',
  lane: 'upkeep',
  pieces: ({ resyncs }) => resyncs,
  async claim(app) {
    const opened = await app.store.resyncs.advance(app.clock.now())
    return opened.length === 0 ? null : async () => app.later.ring('take-window')
  },
}
