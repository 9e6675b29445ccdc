import { createHash } from 'node:crypto'
import { createPostgresBackend, Queue } from 'bullmq'
import { Redis } from 'ioredis'
import type { Schedule } from '#config/schedule.ts'
import { jobs } from '#jobs/index.ts'
import type { Lane } from '#jobs/job.ts'
import type { JobName, Later } from './app.ts'

export const lanes: readonly Lane[] = ['urgent', 'normal', 'large', 'send', 'upkeep']

/** Where the queue lives: in the store's own Postgres, or in Redis. Either way it only rings. */
export type QueuePlace =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'redis'; readonly url: string }

export interface LaneQueues extends Later {
  /** Registers the schedules; doing it again repairs an emptied queue. */
  schedule(schedules: readonly Schedule[], sources: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** `app.later.*` spelled in BullMQ: one queue for each lane, rings deduplicated without losing one during a run. */
export async function openQueues(place: QueuePlace): Promise<LaneQueues> {
  const redis = place.kind === 'redis' ? redisAt(place.url) : null
  const queues = new Map(lanes.map((lane) => [lane, openLane(lane, place, redis)]))
  for (const queue of queues.values()) {
    queue.on('error', () => {})
    await queue.waitUntilReady()
  }
  const laneOf = (job: JobName, input: Record<string, string>) => queues.get(jobs[job].lane(input))!

  return {
    async ring(job, input) {
      const id = ringId(job, input)
      await laneOf(job, input).add(job, input, {
        deduplication: { id, keepLastIfActive: true },
        ...onceAndGone,
      })
    },
    async schedule(schedules, sources) {
      for (const { job, everyMs, per } of schedules) {
        for (const input of per === 'source' ? sources.map((source) => ({ source })) : [{}]) {
          await laneOf(job, input).upsertJobScheduler(
            ringId(job, input),
            { every: everyMs },
            { name: job, data: input, opts: onceAndGone },
          )
        }
      }
    },
    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()))
      redis?.disconnect()
    },
  }
}

/** A queue opens Postgres connections of its own, a handful per lane, in schema `queue`. */
export function postgresConnection(url: string) {
  return {
    connectionString: url,
    schema: 'queue',
    max: 2,
    application_name: 'chidao-queue',
    migrate: true,
  }
}

export function redisAt(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: true })
}

function openLane(lane: Lane, place: QueuePlace, redis: Redis | null) {
  if (redis) return new Queue(lane, { connection: redis, prefix: 'chidao' })
  return new Queue(lane, { connection: postgresConnection(place.url) }, createPostgresBackend)
}

/** Retries and errors live on the row in the store; a ring that ended leaves nothing behind. */
const onceAndGone = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 100 } }

/** BullMQ refuses ids that hold a colon or are bare integers. */
function ringId(job: JobName, input: Record<string, string>): string {
  return `${job}-${createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 16)}`
}
