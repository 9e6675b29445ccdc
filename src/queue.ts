import { createHash, randomUUID } from 'node:crypto'
import { createPostgresBackend, Queue, type Telemetry } from 'bullmq'
import { inputOf, type PlannedTurn } from '#config/schedule.ts'
import { jobs } from '#jobs/index.ts'
import type { Lane } from '#jobs/job.ts'
import type { JobName, Later } from './app.ts'
import './queue/steady-clients.ts'
import { queuePrefix, type RedisClient, type RedisPlace, redisAt } from './queue/redis.ts'
import { isSchemaMissing, migrateQueue, schema, unlockWhatIsAhead } from './queue/tables.ts'

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
  /** Registers the schedules; doing it again repairs an emptied queue, and brings back what a wrong clock put far ahead. */
  schedule(planned: readonly PlannedTurn[], now: Date): Promise<void>
  /** Removes the schedules that are not among these, of a source that left the configuration or of an older version. */
  forgetOthers(planned: readonly PlannedTurn[]): Promise<void>
  /** Puts a ring of its own into a queue of its own and reads it back; throws what keeps it from that. */
  probe(): Promise<void>
  close(): Promise<void>
}

/**
 * `app.later.*` spelled in BullMQ: one queue for each lane, rings deduplicated without losing one during a run. In a Redis
 * that stores share the keys carry the store's id; a queue in Postgres lies in the store's own database.
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
  const laneOf = (job: JobName, input: Record<string, string>) => queues.get(jobs[job].lane(input))!
  const mayRepair = onceEvery(repairEveryMs)
  const mayUnlock = onceEvery(repairEveryMs)

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
    async schedule(planned, now) {
      try {
        for (const turn of planned) await register(laneOf(turn.job, inputOf(turn)), turn, now)
      } catch (error) {
        if (place.kind === 'postgres' && isSchemaMissing(error) && mayRepair())
          await migrateQueue(place.url)
        throw error
      }
      if (place.kind === 'postgres' && mayUnlock()) await unlockWhatIsAhead(place.url, now)
    },
    async forgetOthers(planned) {
      const wanted = new Set(planned.map((turn) => ringId(turn.job, inputOf(turn))))
      for (const queue of queues.values()) {
        for (const { key } of await queue.getJobSchedulers(0, mostSchedules)) {
          if (key && !wanted.has(key)) await queue.removeJobScheduler(key)
        }
      }
    },
    async probe() {
      const probed = opened(`check-${randomUUID()}`, async (queue) => {
        const { id } = await queue.add('check', {}, onceAndGone)
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
 * BullMQ keeps a next time that is there, and computes it by the clock of whichever process ran the job last. One that
 * lies further ahead than it can is set anew; a process whose own clock is wrong sets none.
 */
async function register(queue: LaneQueue, turn: PlannedTurn, now: Date): Promise<void> {
  const { job, everyMs } = turn
  if (Math.abs(Date.now() - now.getTime()) > everyMs) return
  const input = inputOf(turn)
  const id = ringId(job, input)
  const upsert = () =>
    queue.upsertJobScheduler(id, { every: everyMs }, { name: job, data: input, opts: onceAndGone })
  const next = nextTimeOf(await upsert())
  if (next === null || next <= now.getTime() + 2 * everyMs) return
  await queue.removeJobScheduler(id)
  await upsert()
}

/** The id of a scheduled job ends with the milliseconds for which it is planned. */
function nextTimeOf(planned: { id?: string } | undefined): number | null {
  const [, milliseconds] = /:(\d+)$/.exec(planned?.id ?? '') ?? []
  return milliseconds === undefined ? null : Number(milliseconds)
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

/** Nobody heard the ring: whoever rang does the work itself, or the sweep rings again. */
export class QueueAway extends Error {}

export const patienceMs = 2_000
/** It opens connections of its own first, and on a busy machine that is most of it. */
const probeMs = 10_000
const mostSchedules = 10_000

const repairEveryMs = 60_000

function onceEvery(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - last < ms) return false
    last = performance.now()
    return true
  }
}

const noQueue: LaneQueues = {
  lanes: new Map(),
  ring: async () => {
    throw new QueueAway()
  },
  schedule: async () => {},
  forgetOthers: async () => {},
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

/** Retries and errors live on the row in the store; a ring that ended leaves nothing behind. */
const onceAndGone = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 100 } }

/** BullMQ refuses ids that hold a colon or are bare integers. */
export function ringId(job: JobName, input: Record<string, string>): string {
  return `${job}-${createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 16)}`
}
