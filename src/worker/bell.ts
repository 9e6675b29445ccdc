import { laneOf } from '#jobs/index.ts'
import type { Lane } from '#jobs/job.ts'
import type { App, JobName, Later } from '../app.ts'
import { type LaneQueues, QueueAway } from '../queue.ts'

/**
 * Rings through the queue, so that any process may hear it, and wakes this one where there is none or it does not take the
 * ring. Of what is rung while a ring of the same lane is under way, one ring is made.
 */
export function openBell(app: App, queues: LaneQueues, wake: (lane: Lane) => void): Later {
  if (queues.lanes.size === 0) return { ring: (job) => wake(laneOf(job)) }
  const ringing = new Map<Lane, { next: JobName | null }>()

  async function ringThrough(job: JobName): Promise<void> {
    // A store that does not answer is told of elsewhere.
    await app.store.rings.rung().catch(() => {})
    try {
      await queues.ring(job)
    } catch (error) {
      app.log.queueTrouble(error instanceof QueueAway ? { failure: 'silent' } : { error })
      wake(laneOf(job))
    }
  }

  async function begin(lane: Lane, job: JobName): Promise<void> {
    const one = { next: null }
    ringing.set(lane, one)
    await ringThrough(job)
    ringing.delete(lane)
    if (one.next) void begin(lane, one.next)
  }

  return {
    ring(job) {
      const lane = laneOf(job)
      const underWay = ringing.get(lane)
      if (underWay) underWay.next = job
      else void begin(lane, job)
    },
  }
}
