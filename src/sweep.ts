import type { Schedule } from '#config/schedule.ts'
import type { App } from './app.ts'
import { type LaneQueues, within } from './queue.ts'

const passesAtOnce = 50

export interface Sweep {
  close(): Promise<void>
}

/**
 * The repair that needs no queue: rings for whatever is due in Postgres and registers the schedules again,
 * because an emptied queue would otherwise stop polling for good without an error.
 */
export function startSweep(
  app: App,
  queues: LaneQueues,
  schedules: readonly Schedule[],
  everyMs: number,
): Sweep {
  let running: Promise<void> = Promise.resolve()
  let closed = false
  const timer = setInterval(() => {
    running = running.then(async () => {
      if (closed) return
      try {
        if (await app.store.sweepIsDue(everyMs)) await sweepOnce(app, queues, schedules, everyMs)
      } catch (error) {
        app.log.sweepFailed({ error })
      }
    })
  }, everyMs)
  return {
    async close() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}

async function sweepOnce(
  app: App,
  queues: LaneQueues,
  schedules: readonly Schedule[],
  everyMs: number,
): Promise<void> {
  await ringForDue(app)
  if (!queues.isAway()) await within(queues.schedule(schedules, [...app.sources.keys()]), everyMs)
  await app.store.sweepEnded()
}

/** Rings for everything that is due in Postgres. */
async function ringForDue(app: App): Promise<void> {
  const asked = await app.store.pauses.mayBeAsked(app.sources.keys(), app.clock.now())
  const retaken = await app.store.passes.retakeExpired()
  if (retaken > 0) app.log.retaken({ count: retaken })
  for (const { id, kind } of await app.store.passes.due(passesAtOnce, asked))
    await app.later.ring('take-window', { pass: id, kind })
  if ((await app.store.claims.dueCount()) > 0) {
    await app.later.ring('settle-intake', {})
    await app.later.ring('fetch-files', {})
  }
  if ((await app.store.writings.areDue()) || (await app.store.outbox.dueCount(asked)) > 0)
    await app.later.ring('send-outbox', {})
  if (await app.store.resyncs.areWanted()) await app.later.ring('run-resync', {})
}
