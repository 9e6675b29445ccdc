import { jobs } from '#jobs/index.ts'
import type { Lane } from '#jobs/job.ts'
import type { App, JobName, Later } from '../app.ts'
import { handsPerLane, lanes, ringId } from '../queue.ts'
import { begin } from './begin.ts'

interface Ring {
  readonly job: JobName
  readonly input: Record<string, string>
}

export interface Hands extends Later {
  /** Takes nothing new, and waits for what runs, so long. */
  close(graceMs: number): Promise<void>
}

/**
 * The work done in this process where no queue rings for it: the same jobs in the same lanes, one ring of a kind at a
 * time, and one that comes during its run is not lost.
 */
export function openHands(app: App): Hands {
  const waiting = new Map(lanes.map((lane) => [lane, new Map<string, Ring>()]))
  const running = new Map(lanes.map((lane) => [lane, new Map<string, Promise<void>>()]))
  const timers = new Set<NodeJS.Timeout>()
  let closed = false

  function takeUp(lane: Lane): void {
    const busy = running.get(lane)!
    for (const [id, ring] of waiting.get(lane)!) {
      if (closed || busy.size >= handsPerLane[lane]) return
      if (busy.has(id)) continue
      waiting.get(lane)!.delete(id)
      busy.set(
        id,
        run(ring).finally(() => {
          busy.delete(id)
          takeUp(lane)
        }),
      )
    }
  }

  async function run({ job, input }: Ring): Promise<void> {
    try {
      const outcome = await begin(app, job, input, 'hands')
      if (outcome.word === 'snooze') later({ job, input }, outcome.until)
      if (outcome.word === 'giveUp') app.log.jobGivenUp({ job })
    } catch (error) {
      app.log.jobFailed({ job, error })
    }
  }

  function later({ job, input }: Ring, until: Date): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        void hands.ring(job, input)
      },
      Math.max(0, until.getTime() - Date.now()),
    )
    timers.add(timer)
  }

  const hands: Hands = {
    async ring(job, input) {
      if (closed) return
      const lane = jobs[job].lane(input)
      waiting.get(lane)!.set(ringId(job, input), { job, input })
      takeUp(lane)
    },
    async close(graceMs) {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      const left = [...running.values()].flatMap((busy) => [...busy.values()])
      let enough: NodeJS.Timeout | undefined
      await Promise.race([
        Promise.allSettled(left),
        new Promise((resolve) => {
          enough = setTimeout(resolve, graceMs)
        }),
      ])
      clearTimeout(enough)
    },
  }
  return hands
}
