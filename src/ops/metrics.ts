import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import type { App } from '../app.ts'
import type { LaneQueues } from '../queue.ts'
import { lately } from './pages/lately.ts'
import { queueMetrics, readLanes } from './queue-metrics.ts'
import type { Role } from './settings.ts'
import { readSignals, signalMetrics } from './signal-metrics.ts'
import { readStore, storeMetrics } from './store-metrics.ts'
import { readTotals, totalsMetrics } from './totals-metrics.ts'
import { within } from './within.ts'

export interface Metrics {
  readonly contentType: string
  /** Names and labels are an interface: docs/metrics.md. */
  render(app: App, queues: LaneQueues): Promise<string>
  refused(): void
}

/** Several scrapers share one count. */
const countedAnewMs = 10_000
const signalsAnewMs = 30_000
/** Of a store of years this takes a second, for which no scrape waits but the first. */
const totalsAnewMs = 30_000
const answerMs = 4_000

export function openMetrics(registry: Registry, role: Role): Metrics {
  collectDefaultMetrics({ register: registry })
  buildInfo(registry, role)
  const store = storeMetrics(registry)
  const totals = totalsMetrics(registry)
  const signals = signalMetrics(registry)
  const queue = queueMetrics(registry)
  const databaseUp = new Gauge({
    name: 'chidao_database_up',
    help: '1 when the store answered.',
    registers: [registry],
  })
  const databaseAnswer = new Gauge({
    name: 'chidao_database_answer_seconds',
    help: 'How long the store took to answer "select 1", with the wait for a connection.',
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'chidao_ops_refused_total',
    help: 'Requests to this server without a login or the token, and acts that a viewer may not do.',
    registers: [registry],
  })
  const storeReading = sharedFor(countedAnewMs, readStore)
  const totalsReading = lately(totalsAnewMs, readTotals)
  const signalReading = sharedFor(signalsAnewMs, readSignals)
  const laneReading = sharedFor(0, readLanes)

  return {
    contentType: registry.contentType,
    refused: () => refusals.inc(),
    async render(app, queues) {
      const [answerS, reading, counted, signalled, lanes, silentMs] = await Promise.all([
        orNull(databaseAnswerS(app)),
        orNull(storeReading(app)),
        orNull(totalsReading(app)),
        orNull(signalReading(app)),
        orNull(laneReading(queues)),
        orNull(app.store.rings.silentMs()),
      ])
      databaseUp.set(answerS === null ? 0 : 1)
      if (answerS === null) databaseAnswer.remove()
      else databaseAnswer.set(answerS)
      store.show(answerS === null ? null : reading)
      totals.show(answerS === null ? null : counted)
      signals.show(answerS === null ? null : signalled)
      queue.show(lanes, silentMs)
      return registry.metrics()
    },
  }
}

async function databaseAnswerS({ store }: App): Promise<number> {
  const began = performance.now()
  await store.db.raw('select 1')
  return (performance.now() - began) / 1000
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await within(answerMs, asked)
  } catch {
    return null
  }
}

/** Whoever asks while it is being read, or within `ms` of its end, is given the same reading; a failure is not kept. */
function sharedFor<A, T>(ms: number, read: (from: A) => Promise<T>): (from: A) => Promise<T> {
  let current: { reading: Promise<T>; until: number } | null = null
  return (from) => {
    if (current && performance.now() < current.until) return current.reading
    const mine = { reading: read(from), until: Number.POSITIVE_INFINITY }
    current = mine
    mine.reading.then(
      () => {
        mine.until = performance.now() + ms
      },
      () => {
        if (current === mine) current = null
      },
    )
    return mine.reading
  }
}

function buildInfo(registry: Registry, role: Role): void {
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  new Gauge({
    name: 'chidao_build_info',
    help: 'Always 1; the version, the Node that runs it, and the role of this process.',
    labelNames: ['version', 'node', 'role'],
    registers: [registry],
  }).set({ version: JSON.parse(manifest).version, node: process.versions.node, role }, 1)
}
