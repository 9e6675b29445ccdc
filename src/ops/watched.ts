import { Counter, Histogram, type Registry } from 'prom-client'
import type { App } from '../app.ts'
import { type Around, aroundSources } from '../around.ts'
import type { Log } from '../log.ts'

/** The same app; what its log says and what its sources answer is counted in `registry` as well. */
export function watched(app: App, registry: Registry): App {
  const events = new Counter({
    name: 'chidao_events_total',
    help: 'Events of the log of this process, by name.',
    labelNames: ['event'],
    registers: [registry],
  })
  for (const event of Object.keys(app.log)) events.inc({ event }, 0)
  const operations = new Histogram({
    name: 'chidao_source_operation_seconds',
    help: 'What a source was asked by this process, with retries, by how it ended: ok or a failure word.',
    labelNames: ['source', 'operation', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers: [registry],
  })
  const timed: Around = async (source, operation, wordOf, ask) => {
    const began = performance.now()
    let outcome = 'ourMistake'
    try {
      const answer = await ask()
      outcome = wordOf(answer)
      return answer
    } finally {
      operations.observe({ source, operation, outcome }, (performance.now() - began) / 1000)
    }
  }
  return {
    ...app,
    log: counted(app.log, (event) => events.inc({ event })),
    sources: aroundSources(app.sources, timed),
  }
}

function counted(log: Log, count: (event: string) => void): Log {
  return Object.fromEntries(
    Object.entries(log).map(([event, say]) => [
      event,
      (fields: Parameters<typeof say>[0]) => {
        count(event)
        say(fields)
      },
    ]),
  ) as Log
}
