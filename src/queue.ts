import { randomUUID } from 'node:crypto'
import { createPostgresBackend, Queue, type Telemetry } from 'bullmq'
import { laneOf } from '#jobs/index.ts'
import type { Lane } from '#jobs/job.ts'
import type { JobName } from './app.ts'
import './queue/steady-clients.ts'
import { queuePrefix, type RedisClient, type RedisPlace, redisAt } from './queue/redis.ts'
import { migrateQueue, schema } from './queue/tables.ts'

export const lanes: readonly Lane[] = ['urgent', 'normal', 'large', 'send', 'upkeep']

/** Of a process, reserved for each lane, so that urgent work finds a free hand during any backlog. */
export const handsPerLane: Readonly<Record<Lane, number>> = {
  urgent: 4,
  normal: 2,
  large: 2,
  send: 2,
  upkeep: 2,
}

/**
 * What goes on for long waits for a far side, and gives its place to others: so a source that answers a byte a second holds
 * up no other. Together with those that wait a lane has no more than these.
 */
export const mostHands: Readonly<Record<Lane, number>> = { ...handsPerLane, urgent: 24 }

/** Where the queue lives: in the store's own Postgres, in Redis, or nowhere. It only rings. */
export type QueuePlace = (
  | { readonly kind: 'postgres'; readonly url: string }
  | ({ readonly kind: 'redis' } & RedisPlace)
  | { readonly kind: 'none' }
) & {
  /** Traces what goes through the queue. */
  readonly telemetry?: Telemetry
}

export interface LaneQueues {
  /** The queues themselves, for whoever shows and counts them. Empty where there is none. */
  readonly lanes: ReadonlyMap<Lane, LaneQueue>
  /** Wakes somebody for the lane of this work. Throws what the queue answers, and where it does not in good time. */
  ring(job: JobName): Promise<void>
  /** Schedules are rows of the store: removes what an older version has left here. */
  forgetSchedules(): Promise<void>
  /** Makes again what was dropped, or left out of a backup. */
  mend(): Promise<void>
  /** Puts a ring of its own into a queue of its own and reads it back; throws what keeps it from that. */
  probe(): Promise<void>
  close(): Promise<void>
}

/**
 * One queue for each lane, in BullMQ. In a Redis that stores share the keys carry the store's id; a queue in Postgres lies
 * in the store's own database.
 */
export async function openQueues(place: QueuePlace, storeId: string): Promise<LaneQueues> {
  if (place.kind === 'none') return noQueue
  if (place.kind === 'postgres') await migrateQueue(place.url)
  const redis = place.kind === 'redis' ? redisAt(place, 'ring') : null
  redis?.on('error', () => {})
  const prefix = queuePrefix(storeId)
  const queues = new Map(lanes.map((lane) => [lane, openLane(lane, place, redis, prefix)]))
  const ready = Promise.all(
    [...queues.values()].map((queue) => {
      queue.on('error', () => {})
      return queue.waitUntilReady()
    }),
  )
  // A Redis that is away must not keep a service from starting: it works without one.
  await (redis ? within(ready, patienceMs) : ready)

  return {
    lanes: queues,
    async ring(job) {
      if (!(await within(ringOnce(queues.get(laneOf(job))!, job), patienceMs)))
        throw new QueueAway()
    },
    async forgetSchedules() {
      for (const queue of queues.values()) {
        for (const { key } of await queue.getJobSchedulers(0, mostSchedules))
          if (key) await queue.removeJobScheduler(key)
      }
    },
    async mend() {
      if (place.kind === 'postgres') await migrateQueue(place.url)
    },
    async probe() {
      const probed = opened(`check-${randomUUID()}`, async (queue) => {
        const { id } = await queue.add('check', {}, onceAndShown)
        if (!id || !(await queue.getJob(id))) throw new QueueAway()
        await queue.obliterate({ force: true })
      })
      if (!(await within(probed, probeMs))) throw new QueueAway()
    },
    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()))
      redis?.disconnect()
    },
  }

  /** Does this with a queue on connections of its own. */
  async function opened(name: string, work: (queue: LaneQueue) => Promise<void>): Promise<void> {
    const queue = openLane(name, place as Exclude<QueuePlace, { kind: 'none' }>, redis, prefix)
    queue.on('error', () => {})
    try {
      await queue.waitUntilReady()
      await work(queue)
    } finally {
      await queue.close()
    }
  }
}

/**
 * One that waits wakes whoever is free, and need not wait twice. BullMQ's own deduplication holds on to a ring while it is
 * heard, and for good where a dead process heard it by a wrong clock.
 */
async function ringOnce(queue: LaneQueue, job: JobName): Promise<void> {
  const waiting = await queue.getRanges(['waiting'], 0, 0)
  if (waiting.length === 0) await queue.add(job, {}, onceAndShown)
}

/** A queue opens Postgres connections of its own, a handful per lane, in schema `queue`. */
export function postgresConnection(url: string) {
  return {
    connectionString: url,
    schema,
    max: 2,
    application_name: 'chidao-queue',
    // A table that somebody holds fails one ring, and does not keep the connections for all that follow.
    options: '-c lock_timeout=30000',
  }
}

export function tracedBy({ telemetry }: QueuePlace): { telemetry?: Telemetry } {
  return telemetry ? { telemetry } : {}
}

export type LaneQueue = ReturnType<typeof openLane>

function openLane(
  name: string,
  place: Exclude<QueuePlace, { kind: 'none' }>,
  redis: RedisClient | null,
  prefix: string,
) {
  const traced = tracedBy(place)
  if (redis) return new Queue(name, { ...traced, connection: redis, prefix })
  const connection = postgresConnection((place as { url: string }).url)
  return new Queue(name, { ...traced, connection }, createPostgresBackend)
}

/** It did not take the ring in good time. */
export class QueueAway extends Error {}

export const patienceMs = 2_000
/** It opens connections of its own first, and on a busy machine that is most of it. */
const probeMs = 10_000
const mostSchedules = 10_000

const noQueue: LaneQueues = {
  lanes: new Map(),
  ring: async () => {
    throw new QueueAway()
  },
  forgetSchedules: async () => {},
  mend: async () => {},
  probe: async () => {},
  close: async () => {},
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

/** Retries and errors live on the row in the store. What ended stays a while for whoever looks at the board. */
const onceAndShown = { attempts: 1, removeOnComplete: { count: 200 }, removeOnFail: { count: 200 } }
