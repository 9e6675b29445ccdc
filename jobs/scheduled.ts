import type { App, JobName } from '#src/app.ts'
import { Heartbeat } from '#src/flow/heartbeat.ts'
import type { Turn } from '#src/store/schedules.ts'
import type { Job, Lane } from './job.ts'

/** A job that config/schedule.ts plans: a turn of its schedule is claimed. `source` is empty where it is the fleet's. */
export function scheduled(
  name: JobName,
  { lane, most }: { lane: Lane; most?: number },
  run: (app: App, source: string) => Promise<void>,
): Job {
  return {
    name,
    lane,
    ringsOn: true,
    ...(most && { most }),
    pieces: ({ turns }) => turns[name] ?? 0,
    async claim(app) {
      const turn = await app.store.schedules.claim(name, app.worker, app.sources.keys())
      return turn && (() => inTurn(app, turn, run))
    },
  }
}

async function inTurn(
  app: App,
  turn: Turn,
  run: (app: App, source: string) => Promise<void>,
): Promise<string> {
  const { schedules } = app.store
  using _heartbeat = new Heartbeat(app.leaseMs, () => schedules.renew(turn))
  let isOurs = true
  try {
    await run(app, turn.source)
  } finally {
    // Also of one that failed: it waits for its next turn.
    isOurs = await schedules.end(turn)
  }
  return isOurs ? 'done' : 'notOurs'
}
