import type { Connector } from '#connectors/connector.ts'
import type { Source } from './app.ts'

/** Carries out what a source is asked; `wordOf` says how an answer ended: ok or a failure word. */
export type Around = <T>(
  source: string,
  operation: string,
  wordOf: (answer: T) => string,
  ask: () => Promise<T>,
) => Promise<T>

/** The same sources; everything they are asked goes through `around`, for whoever counts or traces it. */
export function aroundSources(
  sources: ReadonlyMap<string, Source>,
  around: Around,
): ReadonlyMap<string, Source> {
  return new Map([...sources].map(([name, source]) => [name, aroundSource(source, around)]))
}

function aroundSource({ connector, ...source }: Source, around: Around): Source {
  const { source: name } = connector
  const inside: Connector = {
    source: name,
    can: connector.can,
    places: connector.places,
    list: (...asked) => around(name, 'list', wordOfAnswer, () => connector.list(...asked)),
    read: (...asked) => around(name, 'read', wordOfAnswer, () => connector.read(...asked)),
    openFiles: (...asked) =>
      around(name, 'openFiles', wordOfAnswer, () => connector.openFiles(...asked)),
    send: (...asked) => around(name, 'send', wordOfSend, () => connector.send(...asked)),
    lookUp: (...asked) => around(name, 'lookUp', wordOfAnswer, () => connector.lookUp(...asked)),
    ...(connector.findDocument && {
      findDocument: (delivery) =>
        around(name, 'findDocument', wordOfAnswer, () => connector.findDocument!(delivery)),
    }),
    decode: (item) => connector.decode(item),
    clockAheadMs: () => connector.clockAheadMs(),
    unmetKeys: () => connector.unmetKeys(),
    close: () => connector.close(),
  }
  return { ...source, connector: inside }
}

type AnyAnswer = { readonly ok: boolean; readonly failure?: { readonly word: string } }

function wordOfAnswer(answer: AnyAnswer): string {
  return answer.ok ? 'ok' : (answer.failure?.word ?? 'malformed')
}

function wordOfSend(outcome: Awaited<ReturnType<Connector['send']>>): string {
  return outcome.word === 'delivered' ? 'ok' : outcome.word
}
