import { createPostgresBackend, DelayedError, type Job as Ring, UnrecoverableError } from 'bullmq'
import { jobs } from '#jobs/index.ts'
import type { Outcome } from '#jobs/job.ts'
import type { App, JobName } from './app.ts'
import { queuePrefix, redisAt } from './queue/redis.ts'
import { SteadyWorker } from './queue/steady-worker.ts'
import { lockMs } from './queue/tables.ts'
import {
  handsPerLane,
  lanes,
  patienceMs,
  postgresConnection,
  type QueuePlace,
  tracedBy,
  within,
} from './queue.ts'
import { begin } from './worker/begin.ts'

/** BullMQ's defaults take a minute to notice a dead worker, and then give up. */
const livingThroughFailure = {
  lockDuration: lockMs,
  stalledInterval: 5_000,
  maxStalledCount: 100,
  runRetryDelay: 500,
}

export interface Workers {
  /** Finishes what runs, or hands it back when `graceMs` is over: its lease runs out and another takes it. */
  close(graceMs: number): Promise<void>
}

export async function startWorkers(app: App, place: QueuePlace, storeId: string): Promise<Workers> {
  if (place.kind === 'none') return { close: async () => {} }
  const redis = place.kind === 'redis' ? redisAt(place, 'work') : null
  redis?.on('error', (error) => app.log.queueTrouble({ error }))
  const workers = lanes.map((lane) => {
    const options = {
      ...livingThroughFailure,
      ...tracedBy(place),
      concurrency: handsPerLane[lane],
    }
    const run = (ring: Ring, token?: string) => answer(app, ring, token)
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

/** A job's outcome spelled in BullMQ. */
async function answer(app: App, ring: Ring, token: string | undefined): Promise<void> {
  const job = jobs[ring.name as JobName]
  const outcome = job ? await runJob(app, ring) : ({ word: 'giveUp', why: 'no such job' } as const)
  switch (outcome.word) {
    case 'done':
      return
    case 'snooze':
      await ring.moveToDelayed(Math.floor(outcome.until.getTime()), token)
      throw new DelayedError()
    case 'giveUp':
      app.log.jobGivenUp({ job: ring.name })
      throw new UnrecoverableError(outcome.why)
  }
}

async function runJob(app: App, ring: Ring): Promise<Outcome> {
  try {
    return await begin(app, ring.name as JobName, ring.data, 'queue')
  } catch (error) {
    app.log.jobFailed({ job: ring.name, error })
    throw new UnrecoverableError('A mistake of ours; see the log. The sweep rings again.')
  }
}
