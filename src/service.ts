import { plannedTurns } from '#config/schedule.ts'
import type { App } from './app.ts'
import { type Ops, startOps } from './ops/ops.ts'
import type { OpsSettings } from './ops/settings.ts'
import { type LaneQueues, openQueues, type QueuePlace, within } from './queue.ts'
import { listenForOutbox, type Bell as OutboxBell } from './store/bell.ts'
import { openBell } from './worker/bell.ts'
import { type Claimer, startClaimer } from './worker/claimer.ts'
import { startWorkers, type Workers } from './worker.ts'

export interface ServiceOptions {
  readonly queue: QueuePlace
  readonly databaseUrl: string
  readonly pollMs: number
  readonly sweepMs: number
  /** How often it is looked who must be alerted; a minute by default. */
  readonly alertsMs?: number
  /** Left out: no server. */
  readonly ops?: OpsSettings | null
  /** Told while it starts, it starts no further and closes what is open. */
  readonly stop?: AbortSignal
}

export interface Service extends AsyncDisposable {
  /** Where the ops server answers; null where there is none. */
  readonly address: string | null
  /** Finishes or hands back what it holds within ten seconds. */
  stop(): Promise<void>
}

const graceMs = 7_000
const partMs = 1_000

/** The background service over an app: the claimer, the workers of the queue, the outbox bell, and the ops server. */
export function startService(app: App, options: ServiceOptions): Promise<Service> {
  const { stop } = options
  return started(app, async (parts) => {
    const storeId = await app.store.life.identity()
    const queues = await heeding(stop, openQueues(options.queue, storeId))
    parts.queues = queues
    // The server listens first: a port that is taken is found before any work begins.
    if (options.ops) parts.ops = await startOps(app, queues, options.ops)
    stop?.throwIfAborted()
    const counted = parts.ops?.app ?? app
    const planned = plannedTurns(options, [...app.sources.keys()])
    await app.store.schedules.keep(planned)
    await app.store.schedules.forgetOthers(planned)
    await app.store.rings.expect(options.queue.kind !== 'none')
    stop?.throwIfAborted()
    const trouble = (error: unknown) => app.log.queueTrouble({ error })
    const claimer = startClaimer(counted, {
      planned,
      everyMs: options.sweepMs,
      onSilence() {
        app.log.queueTrouble({ failure: 'silent' })
        queues.mend().catch(trouble)
      },
    })
    parts.claimer = claimer
    // The ops server counts what goes through an app of its own.
    counted.later = app.later = openBell(app, queues, claimer.wake)
    parts.workers = await heeding(stop, startWorkers(counted, options.queue, storeId, claimer))
    parts.outbox = listenForOutbox(options.databaseUrl, () => app.later.ring('send-outbox'))
    queues.forgetSchedules().catch(trouble)
    app.log.started({ worker: app.worker, count: app.sources.size })
  })
}

/** Only the ops server, beside whoever does the work. */
export function startOpsOnly(
  app: App,
  { queue, ops, stop }: { queue: QueuePlace; ops: OpsSettings; stop?: AbortSignal },
): Promise<Service> {
  return started(app, async (parts) => {
    parts.queues = await heeding(stop, openQueues(queue, await app.store.life.identity()))
    parts.ops = await startOps(app, parts.queues, ops)
    stop?.throwIfAborted()
  })
}

/** What a start has opened so far. */
interface Parts {
  queues?: LaneQueues
  ops?: Ops
  claimer?: Claimer
  workers?: Workers
  outbox?: OutboxBell
}

/** A start that fails, or is told to stop, is ended like a service that had started. */
async function started(app: App, start: (parts: Parts) => Promise<void>): Promise<Service> {
  const parts: Parts = {}
  try {
    await start(parts)
  } catch (error) {
    await end(app, parts)
    throw error
  }
  let ended: Promise<void> | null = null
  const stop = () => {
    ended ??= end(app, parts)
    return ended
  }
  return { address: parts.ops?.address ?? null, stop, [Symbol.asyncDispose]: stop }
}

async function end(app: App, { queues, ops, claimer, workers, outbox }: Parts): Promise<void> {
  if (workers) app.log.stopping({ worker: app.worker })
  // Each part has its bound: a queue that is away must not keep back what is handed to the others.
  const resting = claimer?.close(graceMs)
  await within(Promise.allSettled([outbox?.close(), ops?.close()]), partMs)
  await Promise.all([workers?.close(graceMs), resting])
  if (claimer) await app.store.handBack(app.worker)
  if (queues) await within(queues.close(), partMs)
  if (workers) app.log.stopped({ worker: app.worker })
}

/** What the queue opens may wait for long, and nothing is lost with it: a stop does not wait as well. */
function heeding<T>(stop: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!stop) return work
  const told = new Promise<never>((_resolve, reject) => {
    const tell = () => reject(stop.reason)
    if (stop.aborted) tell()
    else stop.addEventListener('abort', tell, { once: true })
  })
  return Promise.race([work, told])
}
