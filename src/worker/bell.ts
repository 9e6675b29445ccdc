import type { App, Later } from '../app.ts'
import { type LaneQueues, QueueAway, within } from '../queue.ts'

/** A queue that refused is asked again by the sweep, and left alone by everybody else until then, or for so long. */
const muteMs = 30_000
const patienceMs = 10_000

export interface Bell extends Later {
  /** False while the queue refuses, does not answer, or carries nothing. */
  rings(): boolean
  /** Whether the queue did this in good time. What it answers otherwise is logged, and mutes the bell for a while. */
  ask(work: () => Promise<void>): Promise<boolean>
  /** What is put into a queue that carries nothing is lost until it does again. */
  carriesNothing(nothing: boolean): void
}

/** Rings through the queue. What the queue does not take, for whatever reason, is done by hand at once. */
export function openBell(app: App, queues: LaneQueues, hands: Later): Bell {
  const hasQueue = queues.lanes.size > 0
  let mutedAt = Number.NEGATIVE_INFINITY
  let nothing = false

  const bell: Bell = {
    rings: () => hasQueue && !nothing && performance.now() - mutedAt >= muteMs,
    async ask(work) {
      if (!hasQueue) return false
      try {
        if (!(await within(work(), patienceMs))) throw new QueueAway()
        mutedAt = Number.NEGATIVE_INFINITY
        return true
      } catch (error) {
        mutedAt = performance.now()
        app.log.queueTrouble(error instanceof QueueAway ? { failure: 'silent' } : { error })
        return false
      }
    },
    async ring(job, input) {
      if (bell.rings() && (await bell.ask(() => queues.ring(job, input)))) return
      await hands.ring(job, input)
    },
    carriesNothing(now) {
      nothing = now
      if (now) app.log.queueTrouble({ failure: 'silent' })
    },
  }
  return bell
}
