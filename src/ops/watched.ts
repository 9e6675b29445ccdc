import { Counter, Histogram, type Registry } from 'prom-client'
import type { Connector } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
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
  const timed = async <T>(
    source: string,
    operation: string,
    wordOf: (answer: T) => string,
    ask: () => Promise<T>,
  ): Promise<T> => {
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
    sources: new Map([...app.sources].map(([name, source]) => [name, timedSource(source, timed)])),
  }
}

type Timed = <T>(
  source: string,
  operation: string,
  wordOf: (answer: T) => string,
  ask: () => Promise<T>,
) => Promise<T>

function timedSource({ connector, ...source }: Source, timed: Timed): Source {
  const { source: name } = connector
  const around: Connector = {
    source: name,
    can: connector.can,
    list: (...asked) => timed(name, 'list', wordOfAnswer, () => connector.list(...asked)),
    read: (...asked) => timed(name, 'read', wordOfAnswer, () => connector.read(...asked)),
    openFiles: (...asked) =>
      timed(name, 'openFiles', wordOfAnswer, () => connector.openFiles(...asked)),
    send: (...asked) => timed(name, 'send', wordOfSend, () => connector.send(...asked)),
    lookUp: (...asked) => timed(name, 'lookUp', wordOfAnswer, () => connector.lookUp(...asked)),
    probe: () => timed(name, 'probe', wordOfAnswer, () => connector.probe()),
    decode: (item) => connector.decode(item),
    close: () => connector.close(),
  }
  return { ...source, connector: around }
}

type AnyAnswer = { readonly ok: boolean; readonly failure?: { readonly word: string } }

function wordOfAnswer(answer: AnyAnswer): string {
  return answer.ok ? 'ok' : (answer.failure?.word ?? 'malformed')
}

function wordOfSend(outcome: Awaited<ReturnType<Connector['send']>>): string {
  return outcome.word === 'delivered' ? 'ok' : outcome.word
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
