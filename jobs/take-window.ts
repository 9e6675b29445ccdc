import { z } from 'zod'
import { pull } from '#src/flow.ts'
import { defineJob, done } from './job.ts'

/** One reading of one window: the head of a source ahead of its history. */
export const takeWindow = defineJob({
  name: 'take-window',
  lane: ({ kind }) => (kind === 'head' ? 'urgent' : kind === 'recheck' ? 'upkeep' : 'normal'),
  input: z.object({
    pass: z.uuid(),
    kind: z.enum(['head', 'deep', 'backfill', 'recheck', 'resync']),
  }),
  async run(app, { pass, kind }) {
    await pull(app, pass)
    // Its next window need not wait for the next tick.
    if (kind === 'resync') await app.later.ring('run-resync', {})
    return done
  },
})
