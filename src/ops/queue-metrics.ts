import { Gauge, type Registry } from 'prom-client'
import type { LaneQueues } from '../queue.ts'

const states = ['waiting', 'prioritized', 'active', 'delayed', 'failed'] as const

export interface LaneReading {
  readonly lane: string
  readonly jobs: Readonly<Record<string, number>>
  /** When the job that waits longest was added; null when none waits. */
  readonly oldestSince: number | null
}

export function readLanes({ lanes }: LaneQueues): Promise<LaneReading[]> {
  return Promise.all(
    [...lanes].map(async ([lane, queue]) => {
      const [jobs, oldest] = await Promise.all([
        queue.getJobCounts(...states),
        queue.getJobs(['waiting', 'prioritized'], 0, 0, true),
      ])
      const since = oldest.filter((job) => job !== undefined).map((job) => job.timestamp)
      return { lane, jobs, oldestSince: since.length > 0 ? Math.min(...since) : null }
    }),
  )
}

export interface QueueMetrics {
  /** Null: the queue does not answer. `silentMs`: for how long it has carried nothing, whatever it answers. */
  show(reading: readonly LaneReading[] | null, silentMs: number | null): void
}

export function queueMetrics(registry: Registry): QueueMetrics {
  const up = new Gauge({
    name: 'chidao_queue_up',
    help: '1 when the queue answered and its rings are heard. Without it nothing is lost, work is only later.',
    registers: [registry],
  })
  const jobs = new Gauge({
    name: 'chidao_queue_jobs',
    help: 'Rings in each lane, by state; of those that failed the last 200 are kept.',
    labelNames: ['lane', 'state'],
    registers: [registry],
  })
  const oldest = new Gauge({
    name: 'chidao_queue_oldest_waiting_seconds',
    help: 'How long the ring that waits longest in a lane has waited; 0 when none does.',
    labelNames: ['lane'],
    registers: [registry],
  })
  return {
    show(reading, silentMs) {
      up.set(reading && silentMs === null ? 1 : 0)
      jobs.reset()
      oldest.reset()
      for (const lane of reading ?? []) {
        for (const state of states) jobs.set({ lane: lane.lane, state }, lane.jobs[state] ?? 0)
        const waitedMs = lane.oldestSince === null ? 0 : Date.now() - lane.oldestSince
        oldest.set({ lane: lane.lane }, Math.max(0, waitedMs / 1000))
      }
    },
  }
}
