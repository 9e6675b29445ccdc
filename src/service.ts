import { type PlannedTurn, plannedTurns, schedules } from '#config/schedule.ts'
import type { App } from './app.ts'
import { type Ops, startOps } from './ops/ops.ts'
import type { OpsSettings } from './ops/settings.ts'
import { type LaneQueues, openQueues, type QueuePlace, within } from './queue.ts'
import { listenForOutbox } from './store/bell.ts'
import { startSweep } from './sweep.ts'
import { type Bell, openBell } from './worker/bell.ts'
import { openHands } from './worker/hands.ts'
import { startWorkers } from './worker.ts'

export interface ServiceOptions {
  readonly queue: QueuePlace
  readonly databaseUrl: string
  readonly pollMs: number
  readonly sweepMs: number
  /** How often it is looked who must be alerted; a minute by default. */
  readonly alertsMs?: number
  /** Left out: no server. */
  readonly ops?: OpsSettings | null
}

export interface Service extends AsyncDisposable {
  /** Where the ops server answers; null where there is none. */
  readonly address: string | null
  /** Finishes or hands back what it holds within ten seconds. */
  stop(): Promise<void>
}

const graceMs = 7_000
const partMs = 1_000

/** The background service over an app: lanes, workers, schedules, the sweep, the outbox bell, and the ops server. */
export async function startService(app: App, options: ServiceOptions): Promise<Service> {
  const queues = await openQueues(options.queue)
  return withOps(app, queues, options.ops ?? null, async (ops) => {
    const counted = ops?.app ?? app
    const names = [...app.sources.keys()]
    const planned = plannedTurns(schedules(options), names)
    const hands = openHands(counted)
    const bell = openBell(app, queues, hands)
    // The ops server counts what goes through an app of its own.
    counted.later = app.later = bell
    await app.store.turns.expect(planned, options.queue.kind !== 'none')
    await within(register(app, queues, bell, planned), partMs * 5)
    const workers = await startWorkers(counted, options.queue)
    const sweeping = { queues, bell, hands, planned, everyMs: options.sweepMs }
    const sweep = startSweep(counted, sweeping)
    const outbox = listenForOutbox(
      options.databaseUrl,
      () => void app.later.ring('send-outbox', {}),
    )
    await app.later.ring('keep-deadlines', {})
    for (const source of names) await app.later.ring('poll-source', { source })
    app.log.started({ worker: app.worker, count: app.sources.size })
    return stoppable(ops?.address ?? null, async () => {
      app.log.stopping({ worker: app.worker })
      // Each part has its bound: a queue that is away must not keep back what is handed to the others.
      await within(Promise.allSettled([outbox.close(), sweep.close(), ops?.close()]), partMs)
      await Promise.all([workers.close(graceMs), hands.close(graceMs)])
      await app.store.handBack(app.worker)
      await within(queues.close(), partMs)
      app.log.stopped({ worker: app.worker })
    })
  })
}

/** Only the ops server, beside whoever does the work. */
export async function startOpsOnly(
  app: App,
  { queue, ops: settings }: { queue: QueuePlace; ops: OpsSettings },
): Promise<Service> {
  const queues = await openQueues(queue)
  return withOps(app, queues, settings, async (ops) =>
    stoppable(ops?.address ?? null, async () => {
      await ops?.close()
      await within(queues.close(), partMs)
    }),
  )
}

/** Stops once, however often it is told to. */
function stoppable(address: string | null, end: () => Promise<void>): Service {
  let ended: Promise<void> | null = null
  const stop = () => {
    ended ??= end()
    return ended
  }
  return { address, stop, [Symbol.asyncDispose]: stop }
}

/** The server listens first: a port that is taken is found before any work begins. */
async function withOps(
  app: App,
  queues: LaneQueues,
  settings: OpsSettings | null,
  start: (ops: Ops | null) => Promise<Service>,
): Promise<Service> {
  let ops: Ops | null = null
  try {
    ops = settings && (await startOps(app, queues, settings))
    return await start(ops)
  } catch (error) {
    await ops?.close()
    await queues.close()
    throw error
  }
}

/** A queue that is away stops nothing: its schedules are registered by the sweep. */
async function register(
  app: App,
  queues: LaneQueues,
  bell: Bell,
  planned: readonly PlannedTurn[],
): Promise<void> {
  const now = await app.store.now()
  await bell.ask(async () => {
    await queues.schedule(planned, now)
    await queues.forgetOthers(planned)
  })
}
