import { inputOf, type PlannedTurn } from '#config/schedule.ts'
import type { App, Later } from './app.ts'
import { watchStore } from './flow/went-back.ts'
import type { LaneQueues } from './queue.ts'
import { isSilent } from './store/turns.ts'
import type { Bell } from './worker/bell.ts'

const passesAtOnce = 50
/** A head reading that a ring was lost for waits no longer than two polls, or this. */
const leastPatienceMs = 2_000

export interface Sweep {
  close(): Promise<void>
}

export interface Sweeping {
  readonly queues: LaneQueues
  readonly bell: Bell
  readonly hands: Later
  readonly planned: readonly PlannedTurn[]
  readonly everyMs: number
}

/**
 * The repair that needs no queue: does the schedules that are overdue, whatever the queue says, rings for whatever is due
 * in Postgres, and registers the schedules again, because an emptied queue would otherwise ring for none of them.
 */
export function startSweep(app: App, sweeping: Sweeping): Sweep {
  const { queues, bell, planned, everyMs } = sweeping
  let running: Promise<void> = Promise.resolve()
  let registering: Promise<unknown> | null = null
  let closed = false
  const timer = setInterval(() => {
    running = running.then(async () => {
      if (closed) return
      try {
        // Before anything is done under a store that may have lost commits.
        await withKeys(() => watchStore(app, app.clock.now()))
        if (!(await app.store.sweepIsDue(everyMs))) return
        await withKeys(() => app.store.life.raise())
        await sweepOnce(app, sweeping)
        // Whatever is due comes first: a queue that hangs keeps nothing back.
        registering ??= register().finally(() => {
          registering = null
        })
      } catch (error) {
        app.log.sweepFailed({ error })
      }
    })
  }, everyMs)

  /** The database of the keys may be away: what needs no key goes on. */
  async function withKeys(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      app.log.sweepFailed({ error })
    }
  }

  async function register(): Promise<void> {
    const now = await app.store.now()
    await bell.ask(() => queues.schedule(planned, now))
  }

  return {
    async close() {
      closed = true
      clearInterval(timer)
      await running
      await registering
    },
  }
}

async function sweepOnce(app: App, sweeping: Sweeping): Promise<void> {
  await doOverdue(app, sweeping)
  await ringForDue(app, sweeping)
  await app.store.sweepEnded()
}

/** Schedules that nobody began in time are begun here. A queue that works is never late by so much. */
async function doOverdue(app: App, { bell, hands, planned, everyMs }: Sweeping): Promise<void> {
  const { turns } = app.store
  const overdue = await turns.takeOverdue(planned, {
    queueRings: bell.rings(),
    slackMs: everyMs / 2,
  })
  for (const turn of overdue) await hands.ring(turn.job, inputOf(turn))
  if (overdue.length > 0) bell.carriesNothing(isSilent(await turns.silence()))
}

/** Rings for everything that is due in Postgres. */
async function ringForDue(app: App, { hands, planned }: Sweeping): Promise<void> {
  const asked = await app.store.pauses.mayBeAsked(app.sources.keys(), app.clock.now())
  const retaken = await app.store.passes.retakeExpired()
  if (retaken > 0) app.log.retaken({ count: retaken })
  const patienceMs = patienceOf(planned)
  for (const { id, kind, waitedMs } of await app.store.passes.due(passesAtOnce, asked)) {
    const isLost = kind === 'head' && waitedMs > patienceMs
    await (isLost ? hands : app.later).ring('take-window', { pass: id, kind })
  }
  if ((await app.store.claims.dueCount()) > 0 || (await app.store.fileClaims.areDue())) {
    await app.later.ring('settle-intake', {})
    await app.later.ring('fetch-files', {})
  }
  if ((await app.store.writings.areDue()) || (await app.store.outbox.dueCount(asked)) > 0)
    await app.later.ring('send-outbox', {})
  if (await app.store.resyncs.areWanted()) await app.later.ring('run-resync', {})
}

function patienceOf(planned: readonly PlannedTurn[]): number {
  const poll = planned.find(({ job }) => job === 'poll-source')
  return Math.max(2 * (poll?.everyMs ?? 0), leastPatienceMs)
}
