import { createPostgresBackend, UnrecoverableError } from 'bullmq'
import type { Lane } from '#jobs/job.ts'
import type { App } from './app.ts'
import { queuePrefix, redisAt } from './queue/redis.ts'
import { type Ending, SteadyWorker } from './queue/steady-worker.ts'
import {
  lanes,
  mostHands,
  patienceMs,
  postgresConnection,
  type QueuePlace,
  tracedBy,
  within,
} from './queue.ts'
import type { Claimer } from './worker/claimer.ts'
import { ourMistake } from './worker/hands.ts'

/** BullMQ's defaults take a minute to notice a dead worker, and then give up. */
const livingThroughFailure = {
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 100,
  runRetryDelay: 500,
}

export interface Workers {
  /** Waits for what runs, so long: its lease runs out and another takes it. */
  close(graceMs: number): Promise<void>
}

/** Hears the rings of the queue: what is due is claimed and done under the ring, so that the boards show it. */
export async function startWorkers(
  app: App,
  place: QueuePlace,
  storeId: string,
  claimer: Claimer,
): Promise<Workers> {
  if (place.kind === 'none') return { close: async () => {} }
  const redis = place.kind === 'redis' ? redisAt(place, 'work') : null
  redis?.on('error', (error) => app.log.queueTrouble({ error }))
  const workers = lanes.map((lane) => {
    const options = {
      ...livingThroughFailure,
      ...tracedBy(place),
      // One more than there ever are hands: also while these are full it is heard that the queue lives.
      concurrency: mostHands[lane] + 1,
    }
    const run = () => answered(app, claimer, lane)
    const worker = redis
      ? new SteadyWorker(lane, run, { ...options, connection: redis, prefix: queuePrefix(storeId) })
      : new SteadyWorker(
          lane,
          run,
          { ...options, connection: postgresConnection(place.url) },
          createPostgresBackend,
        )
    worker.on('error', (error) => app.log.queueTrouble({ error }))
    return worker
  })
  const ready = Promise.all(workers.map((worker) => worker.waitUntilReady()))
  await (redis ? within(ready, patienceMs) : ready)
  return {
    async close(graceMs) {
      const closing = Promise.allSettled(workers.map((worker) => worker.close()))
      if (!(await within(closing, graceMs)))
        await within(Promise.allSettled(workers.map((worker) => worker.close(true))), 1000)
      redis?.disconnect()
    },
  }
}

async function answered(app: App, claimer: Claimer, lane: Lane): Promise<Ending> {
  app.store.rings.heard().catch((error: unknown) => app.log.queueTrouble({ error }))
  const done = await claimer.heed(lane)
  if (!done) return { ended: 'nothingDue' }
  if (done.ended === ourMistake)
    throw new UnrecoverableError(`${done.job}: a mistake of ours; see the log.`)
  return done
}
