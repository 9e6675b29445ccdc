import type { Schedule } from '#config/schedule.ts'
import type { Later } from '../app.ts'

const lookMs = 500

/** Rings by its own clock for what a schedule of the queue would ring for, as long as there is no queue. */
export function startTicker(
  schedules: readonly Schedule[],
  sources: readonly string[],
  hands: Later,
  isWanted: () => boolean,
): { close(): void } {
  const planned = schedules.flatMap(({ job, everyMs, per }) =>
    (per === 'source' ? sources.map((source) => ({ source })) : [{}]).map((input) => ({
      job,
      everyMs,
      input: input as Record<string, string>,
      rungAt: 0,
    })),
  )
  const timer = setInterval(() => {
    if (!isWanted()) return
    const now = performance.now()
    for (const one of planned) {
      if (one.rungAt !== 0 && now - one.rungAt < one.everyMs) continue
      one.rungAt = now
      void hands.ring(one.job, one.input)
    }
  }, lookMs)
  return { close: () => clearInterval(timer) }
}
