import type { App } from '#src/app.ts'
import { pull } from '#src/flow.ts'
import type { PassKind } from '#src/store/passes.ts'
import type { Job, Piece } from './job.ts'

/** The newest of a source, ahead of its history. */
export const takeHead: Job = {
  name: 'take-head',
  lane: 'urgent',
  pieces: ({ heads }) => heads,
  claim: (app) => claimReading(app, ['head']),
}

export const takeWindow: Job = {
  name: 'take-window',
  lane: 'normal',
  pieces: ({ windows }) => windows,
  claim: (app) => claimReading(app, ['deep', 'resync', 'backfill', 'rolling']),
}

/** One hand at most: a source that answers slowly must not hold up the alerts. */
export const takeRecheck: Job = {
  name: 'take-recheck',
  lane: 'upkeep',
  most: 1,
  pieces: ({ rechecks }) => rechecks,
  claim: (app) => claimReading(app, ['recheck']),
}

async function claimReading(app: App, kinds: readonly PassKind[]): Promise<Piece | null> {
  const sources = [...app.sources.keys()]
  const pass = await app.store.passes.claim(app.worker, { kinds, sources, at: app.clock.now() })
  return (
    pass &&
    (async () => {
      const ended = await pull(app, pass)
      // Its next window need not wait for the next sweep.
      if (pass.kind === 'resync') app.later.ring('run-resync')
      return ended
    })
  )
}
