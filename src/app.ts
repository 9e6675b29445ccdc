import type { AlertSettings } from '#config/alerts.ts'
import type { SourceProfile } from '#config/sources.ts'
import type { Connector } from '#connectors/connector.ts'
import type { CalendarInForce } from './domain/calendar.ts'
import type { Clock } from './domain/clock.ts'
import type { RefusedMemory } from './domain/refused-memory.ts'
import type { SecretDocuments } from './domain/secret-documents.ts'
import type { FileStore } from './files/file-store.ts'
import type { Log } from './log.ts'
import type { Store } from './store/store.ts'

/** What a step of the flow may touch. `main` builds it, tests build a smaller one. */
export interface App {
  readonly store: Store
  readonly files: FileStore
  readonly sources: ReadonlyMap<string, Source>
  /** What any source says is secret, for all of them. */
  readonly secrets: SecretDocuments
  readonly calendar: CalendarInForce
  readonly clock: Clock
  readonly log: Log
  later: Later
  /** Names this process in every lease it takes. */
  readonly worker: string
  readonly leaseMs: number
  /** Left out: nobody is alerted. */
  readonly alerts?: AlertSettings
}

export interface Source {
  readonly profile: SourceProfile
  readonly connector: Connector
  readonly refused: RefusedMemory
}

/** Says that there may be work of this kind, whose truth is in Postgres: a lost ring costs promptness, never work. */
export interface Later {
  ring(job: JobName): void
}

export type JobName =
  | 'poll-source'
  | 'take-head'
  | 'take-window'
  | 'take-recheck'
  | 'settle-intake'
  | 'fetch-files'
  | 'fetch-large-files'
  | 'admit-writings'
  | 'send-outbox'
  | 'tidy-files'
  | 'purge-secrets'
  | 'run-resync'
  | 'reconcile-source'
  | 'list-again'
  | 'seal-history'
  | 'keep-deadlines'
  | 'watch-deadlines'

export function sourceOf(app: App, name: string): Source {
  const source = app.sources.get(name)
  if (!source)
    throw new Error(
      `The source "${name}" is in the store but not in the configuration. Add it to the sources file, or leave it paused.`,
    )
  return source
}
