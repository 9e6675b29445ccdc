import type { App } from '../../app.ts'
import type { LaneQueues } from '../../queue.ts'
import { within } from '../within.ts'

export interface ScheduleState {
  readonly job: string
  readonly source: string | null
  readonly everyMs: number
  readonly nextAt: Date | null
  /** Known of what leaves a trace in the store. */
  readonly lastGoodAt: Date | null
  readonly missed: number
}

const answerMs = 1_000
const mostOfALane = 200
/** A demonstration polls every half second; nothing is late by seconds. */
const breathMs = 30_000

/** The schedules as the queue has them; null when it does not answer. All instants are of the machine's own clock. */
export async function readSchedules(
  app: App,
  { lanes }: LaneQueues,
): Promise<readonly ScheduleState[] | null> {
  try {
    const [known, sources] = await within(
      answerMs,
      Promise.all([
        Promise.all([...lanes.values()].map((queue) => queue.getJobSchedulers(0, mostOfALane))),
        app.store.overview.sources(),
      ]),
    )
    const answered = new Map(sources.map(({ name, lastAnswerAt }) => [name, lastAnswerAt]))
    return known
      .flat()
      .map(({ name, every, next, template }) => {
        const source = (template?.data as { source?: string } | undefined)?.source ?? null
        const lastGoodAt =
          name === 'poll-source' && source !== null ? (answered.get(source) ?? null) : null
        const everyMs = Number(every ?? 0)
        const nextAt = next === undefined ? null : new Date(next)
        return {
          job: name,
          source,
          everyMs,
          nextAt,
          lastGoodAt,
          missed: missedOf(nextAt, lastGoodAt, everyMs),
        }
      })
      .sort((a, b) => a.job.localeCompare(b.job) || (a.source ?? '').localeCompare(b.source ?? ''))
  } catch {
    return null
  }
}

/** How often it should have ended well since it last did, or been rung for since it was planned. */
function missedOf(nextAt: Date | null, lastGoodAt: Date | null, everyMs: number): number {
  const lateMs = Date.now() - (lastGoodAt?.getTime() ?? nextAt?.getTime() ?? Date.now())
  if (everyMs <= 0 || lateMs < breathMs) return 0
  return Math.max(0, Math.floor(lateMs / everyMs) - 1)
}
