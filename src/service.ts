import { schedules } from '#config/schedule.ts'
import type { App, Later } from './app.ts'
import { openQueues, type QueuePlace } from './queue.ts'
import { listenForOutbox } from './store/bell.ts'
import { startSweep } from './sweep.ts'
import { startWorkers } from './worker.ts'

export interface ServiceOptions {
  readonly queue: QueuePlace
  readonly databaseUrl: string
  readonly pollMs: number
  readonly sweepMs: number
}

export interface Service {
  /** Finishes or hands back what it holds within ten seconds. */
  stop(): Promise<void>
}

const graceMs = 8_000

/** The background service over an app: lanes, workers, schedules, the sweep, and the outbox bell. */
export async function startService(app: App, options: ServiceOptions): Promise<Service> {
  const queues = await openQueues(options.queue)
  const planned = schedules(options)
  app.later = quietly(app, queues)
  await queues.schedule(planned, [...app.sources.keys()])
  const workers = await startWorkers(app, options.queue)
  const sweep = startSweep(app, queues, planned, options.sweepMs)
  const bell = listenForOutbox(options.databaseUrl, () => void app.later.ring('send-outbox', {}))
  for (const source of app.sources.keys()) await app.later.ring('poll-source', { source })
  app.log.started({ worker: app.worker, count: app.sources.size })
  return {
    async stop() {
      app.log.stopping({ worker: app.worker })
      await Promise.all([bell.close(), sweep.close()])
      await workers.close(graceMs)
      await app.store.handBack(app.worker)
      await queues.close()
      app.log.stopped({ worker: app.worker })
    },
  }
}

/** A ring that fails costs promptness only: the sweep rings again. */
function quietly(app: App, later: Later): Later {
  return {
    ring: (job, input) =>
      later.ring(job, input).catch((error: unknown) => app.log.queueTrouble({ job, error })),
  }
}
