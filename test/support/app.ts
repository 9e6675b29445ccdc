import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Profile } from '#connectors/index.ts'
import type { App, Source } from '#src/app.ts'
import { type Clock, manualClock } from '#src/domain/clock.ts'
import { RefusedMemory } from '#src/domain/refused-memory.ts'
import { SecretDocuments } from '#src/domain/secret-documents.ts'
import { openLocalDisk } from '#src/files/local-disk.ts'
import { openCalendar } from '#src/flow/calendar-in-force.ts'
import { openLog } from '#src/log.ts'
import { migrate, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { openStore } from '#src/store/store.ts'
import { readCalendarFile, root } from '#src/wiring.ts'
import { testDatabase } from './database.ts'

export interface TestApp extends AsyncDisposable {
  readonly app: App
  readonly url: string
  readonly filesDirectory: string
  /** What the service logged, one JSON line each. */
  readonly logged: string[]
  /** Another worker on the same store, as a second process would be. */
  another(): Promise<App>
}

export const start = new Date('2026-03-04T02:00:00Z')

/** The whole app but for the queue, on databases and a folder of the test's own. Rings are kept in `rung`. */
export async function testApp(
  profiles: readonly Profile[],
  options: { clock?: Clock; leaseMs?: number } = {},
): Promise<TestApp> {
  const database = await testDatabase('tables')
  const filesDirectory = await mkdtemp(join(tmpdir(), 'chidao-files-'))
  const logged: string[] = []
  const leaseMs = options.leaseMs ?? 60_000
  const clock = options.clock ?? manualClock(start)
  const opened: App[] = []
  const another = async () => {
    const db = openDatabase({ url: database.url })
    const keysDb = openDatabase({ url: database.keysUrl, poolSize: 2 })
    await migrate(db)
    await migrateKeys(keysDb)
    const store = openStore(db, keysDb, { leaseMs })
    const shipped = readCalendarFile(join(root, 'config/calendar/vietnam.json'))
    const calendar = await openCalendar(store, shipped, clock.now())
    const sources = new Map<string, Source>()
    for (const profile of profiles) {
      const connector = connect(profile, {})
      await store.sources.register(profile.name, connector.can, 'f')
      sources.set(profile.name, { profile, connector, refused: new RefusedMemory() })
      await store.registries.follow(profile.name, profile.registries, clock.now())
    }
    const log = openLog({ level: 'info', stream: { write: (line) => void logged.push(line) } })
    const app: App = {
      store,
      files: await openLocalDisk(filesDirectory),
      sources,
      secrets: new SecretDocuments(),
      calendar,
      clock,
      log,
      later: { ring() {} },
      worker: randomUUID(),
      leaseMs,
    }
    opened.push(app)
    return app
  }
  return {
    app: await another(),
    url: database.url,
    filesDirectory,
    logged,
    another,
    async [Symbol.asyncDispose]() {
      for (const app of opened) {
        for (const { connector } of app.sources.values()) await connector.close()
        await app.store.close()
      }
      await database[Symbol.asyncDispose]()
      await rm(filesDirectory, { recursive: true, force: true })
    },
  }
}

/** Opens and takes every reading that is due, as the jobs would, until none is. */
export async function pullAll(app: App): Promise<void> {
  const { duePasses, pull } = await import('#test/support/claims.ts')
  const { openPasses } = await import('#src/flow/open-passes.ts')
  for (const source of app.sources.keys()) await openPasses(app, source)
  for (;;) {
    const due = await duePasses(app.store, 100)
    if (due.length === 0) return
    for (const { id } of due) await pull(app, id)
  }
}
