import { createHash } from 'node:crypto'
import { createPostgresBackend, Queue, type Telemetry } from 'bullmq'
import type { Schedule } from '#config/schedule.ts'
import { jobs } from '#jobs/index.ts'
import type { Lane } from '#jobs/job.ts'
import type { JobName, Later } from './app.ts'
import './queue/steady-clients.ts'
import { queuePrefix, type RedisClient, type RedisPlace, redisAt } from './queue/redis.ts'

export const lanes: readonly Lane[] = ['urgent', 'normal', 'large', 'send', 'upkeep']

/** Reserved for each lane, so that urgent work finds a free hand during any backlog. */
export const handsPerLane: Readonly<Record<Lane, number>> = {
  urgent: 4,
  normal: 2,
  large: 1,
  send: 2,
  upkeep: 2,
}

/** Where the queue lives: in the store's own Postgres, in Redis, or nowhere. It only rings. */
export type QueuePlace = (
  | { readonly kind: 'postgres'; readonly url: string }
  | ({ readonly kind: 'redis' } & RedisPlace)
  | { readonly kind: 'none' }
) & {
  /** Traces what goes through the queue. */
  readonly telemetry?: Telemetry
}

export interface LaneQueues extends Later {
  /** The queues themselves, for whoever shows and counts them. */
  readonly lanes: ReadonlyMap<Lane, LaneQueue>
  /** True while nobody would hear a ring. */
  isAway(): boolean
  /** Registers the schedules; doing it again repairs an emptied queue. */
  schedule(schedules: readonly Schedule[], sources: readonly string[]): Promise<void>
  /** Removes the schedules that are not among these, of a source that left the configuration or of an older version. */
  forgetOthers(schedules: readonly Schedule[], sources: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** `app.later.*` spelled in BullMQ: one queue for each lane, rings deduplicated without losing one during a run. */
export async function openQueues(place: QueuePlace): Promise<LaneQueues> {
  if (place.kind === 'none') return noQueue
  const redis = place.kind === 'redis' ? redisAt(place, 'ring') : null
  redis?.on('error', () => {})
  const queues = new Map(lanes.map((lane) => [lane, openLane(lane, place, redis)]))
  const ready = Promise.all(
    [...queues.values()].map((queue) => {
      queue.on('error', () => {})
      return queue.waitUntilReady()
    }),
  )
  // A Redis that is away must not keep a service from starting: it works without one.
  await (redis ? within(ready, patienceMs) : ready)
  const laneOf = (job: JobName, input: Record<string, string>) => queues.get(jobs[job].lane(input))!

  return {
    lanes: queues,
    async ring(job, input) {
      const id = ringId(job, input)
      const added = laneOf(job, input).add(job, input, {
        deduplication: { id, keepLastIfActive: true },
        ...onceAndGone,
      })
      if (!(await within(added, patienceMs))) throw new QueueAway()
    },
    isAway: () => redis !== null && redis.status !== 'ready',
    async schedule(schedules, sources) {
      for (const { job, everyMs, input } of planned(schedules, sources)) {
        await laneOf(job, input).upsertJobScheduler(
          ringId(job, input),
          { every: everyMs },
          { name: job, data: input, opts: onceAndGone },
        )
      }
    },
    async forgetOthers(schedules, sources) {
      const wanted = new Set(
        planned(schedules, sources).map(({ job, input }) => ringId(job, input)),
      )
      for (const queue of queues.values()) {
        for (const { key } of await queue.getJobSchedulers(0, mostSchedules)) {
          if (key && !wanted.has(key)) await queue.removeJobScheduler(key)
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

export function tracedBy({ telemetry }: QueuePlace): { telemetry?: Telemetry } {
  return telemetry ? { telemetry } : {}
}

export type LaneQueue = ReturnType<typeof openLane>

function openLane(
  lane: Lane,
  place: Exclude<QueuePlace, { kind: 'none' }>,
  redis: RedisClient | null,
) {
  const traced = tracedBy(place)
  if (redis) return new Queue(lane, { ...traced, connection: redis, prefix: queuePrefix })
  const connection = postgresConnection((place as { url: string }).url)
  return new Queue(lane, { ...traced, connection }, createPostgresBackend)
}

/** Nobody heard the ring: whoever rang does the work itself, or the sweep rings again. */
export class QueueAway extends Error {}

const patienceMs = 2000
const mostSchedules = 10_000

const noQueue: LaneQueues = {
  lanes: new Map(),
  ring: async () => {
    throw new QueueAway()
  },
  isAway: () => true,
  schedule: async () => {},
  forgetOthers: async () => {},
  close: async () => {},
}

function planned(schedules: readonly Schedule[], sources: readonly string[]) {
  return schedules.flatMap(({ job, everyMs, per }) =>
    (per === 'source' ? sources.map((source) => ({ source })) : [{}]).map((input) => ({
      job,
      everyMs,
      input: input as Record<string, string>,
    })),
  )
}

/** Whether the work was done within this time; it throws what the work threw. */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  work.catch(() => {})
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Retries and errors live on the row in the store; a ring that ended leaves nothing behind. */
const onceAndGone = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 100 } }

/** BullMQ refuses ids that hold a colon or are bare integers. */
export function ringId(job: JobName, input: Record<string, string>): string {
  return `${job}-${createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 16)}`
}
