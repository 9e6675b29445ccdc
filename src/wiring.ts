/** Builds what a command asks for out of the configuration. Only `main` and the commands use it. */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { type Config, ConfigProblems, loadConfig } from '#config/config.ts'
import type { App, Later, Source } from './app.ts'
import { readCalendar, type WorkingCalendar } from './domain/calendar.ts'
import { type Clock, parseClock } from './domain/clock.ts'
import { Explained } from './domain/errors.ts'
import { RefusedMemory } from './domain/refused-memory.ts'
import { SecretDocuments } from './domain/secret-documents.ts'
import type { Role } from './embedded/announcement.ts'
import { defaultDataDirectory, isInUse, openEmbeddedPostgres } from './embedded/postgres.ts'
import type { FileStore } from './files/file-store.ts'
import { openLocalDisk } from './files/local-disk.ts'
import { openCalendar } from './flow/calendar-in-force.ts'
import { watchStore } from './flow/went-back.ts'
import { type Log, openLog } from './log.ts'
import type { QueuePlace } from './queue.ts'
import {
  explainDatabaseError,
  mayServe,
  migrate,
  openDatabase,
  serviceRole,
} from './store/database.ts'
import { migrateKeys } from './store/keys.ts'
import { memoryIn } from './store/memory-file.ts'
import { openStore, type Store } from './store/store.ts'
import { aloud, type Waiting } from './waiting.ts'

/** The project's own directory. */
export const root = join(import.meta.dirname, '..')

export function readConfig(sources: 'required' | 'optional'): Config {
  try {
    return loadConfig({ env: process.env, root, sources })
  } catch (error) {
    if (error instanceof ConfigProblems) throw new Explained(error.message, 2)
    throw error
  }
}

export interface Databases extends AsyncDisposable {
  readonly storeUrl: string
  readonly keysUrl: string
}

/** `owner`: the service, with which the embedded server goes. Everyone else uses the server of a running one. */
export async function openDatabases(config: Config, as: Role, waiting = aloud): Promise<Databases> {
  if (config.databaseUrl) {
    const keysUrl = config.keysDatabaseUrl ?? besides(config.databaseUrl, 'chidao_keys')
    await ensureDatabase(keysUrl, config.databaseUrl)
    return {
      storeUrl: config.databaseUrl,
      keysUrl,
      async [Symbol.asyncDispose]() {},
    }
  }
  await using parts = new AsyncDisposableStack()
  const embedded = parts.use(
    await openEmbeddedPostgres({ directory: join(dataDirectory(config), 'postgres'), as, waiting }),
  )
  const storeUrl = embedded.urlOf('chidao')
  const keysUrl = config.keysDatabaseUrl ?? embedded.urlOf('chidao_keys')
  await ensureDatabase(storeUrl, embedded.urlOf('postgres'))
  await ensureDatabase(keysUrl, embedded.urlOf('postgres'))
  const opened = parts.move()
  return { storeUrl, keysUrl, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Refuses a directory whose embedded Postgres somebody is using. */
export async function ensureNobodyUses(directory: string): Promise<void> {
  const home = join(directory, 'postgres')
  if (existsSync(home) && (await isInUse(home)))
    throw new Explained(
      `Tiến trình khác đang dùng thư mục này. Another process is using ${directory}. Stop it first, or set CHIDAO_DATA to another directory.`,
    )
}

export interface OpenStore extends AsyncDisposable {
  readonly databases: Databases
  readonly store: Store
}

export async function openTrackingStore(
  config: Config,
  as: Role,
  waiting = aloud,
): Promise<OpenStore> {
  await using parts = new AsyncDisposableStack()
  const databases = parts.use(await openDatabases(config, as, waiting))
  const keysDb = parts.adopt(openDatabase({ url: databases.keysUrl, poolSize: 4 }), close)
  const { stop } = waiting
  stop?.throwIfAborted()
  let db: Database
  try {
    db = parts.adopt(await openMigrated(config, databases.storeUrl, waiting), close)
    await migrateKeys(keysDb)
  } catch (error) {
    stop?.throwIfAborted()
    if (error instanceof Explained) throw error
    throw new Explained(explainDatabaseError(error, databases.storeUrl), 1, { cause: error })
  }
  const directory = dataDirectory(config)
  const memory = memoryIn(join(directory, 'last-seen.json'))
  const store = openStore(db, keysDb, { leaseMs: config.leaseMs, memory })
  // Lies in a backup, or was put there by whoever restored one: docs/backup.md.
  const note = join(directory, 'restored-from-backup')
  const isNoted = existsSync(note)
  await watchStore({ store, log: openLog({ level: 'info' }) }, await store.now(), isNoted)
  if (isNoted) rmSync(note, { force: true })
  const opened = parts.move()
  return { databases, store, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

const close = (db: Database) => db.destroy()

type Database = ReturnType<typeof openDatabase>

/** The schema is its owner's; everything after that is done with the rights of the service, where the login has them. */
async function openMigrated(config: Config, url: string, waiting: Waiting): Promise<Database> {
  const { poolSize, leaseMs } = config
  const owner = openDatabase({ url, poolSize: 2, leaseMs })
  try {
    await migrate(owner, waiting)
    const role = (await mayServe(owner)) ? { role: serviceRole } : {}
    return openDatabase({ url, poolSize, leaseMs, ...role })
  } finally {
    await owner.destroy()
  }
}

export interface OpenApp extends AsyncDisposable {
  readonly app: App
  readonly databases: Databases
  readonly queue: QueuePlace
}

export async function openApp(
  config: Config,
  options: { as: Role; log?: Log; clock?: Clock; stop?: AbortSignal },
): Promise<OpenApp> {
  const waiting = { ...aloud, stop: options.stop }
  await using parts = new AsyncDisposableStack()
  const { store, databases } = parts.use(await openTrackingStore(config, options.as, waiting))
  options.stop?.throwIfAborted()
  // The clock of this machine may be wrong, or step.
  await store.now()
  const real: Clock = { now: store.lastKnown }
  const clock = options.clock ?? parseClock(config.clock ?? 'wall', real)
  const calendar = await openCalendar(store, readCalendarFile(config.calendarFile), clock.now())
  const { connect } = await import('#connectors/index.ts')
  const sources = new Map<string, Source>()
  for (const profile of config.sources) {
    const connector = connect(profile, config.env)
    parts.defer(() => connector.close())
    await store.sources.register(profile.name, connector.can, fingerprint(profile.gate))
    sources.set(profile.name, { profile, connector, refused: new RefusedMemory() })
    await store.registries.follow(profile.name, profile.registries, clock.now())
  }
  const app: App = {
    store,
    files: await openFiles(config),
    sources,
    secrets: new SecretDocuments(),
    calendar,
    clock,
    log: options.log ?? openLog({ level: config.logLevel }),
    later: nobodyListens,
    worker: randomUUID(),
    leaseMs: config.leaseMs,
    alerts: config.alerts,
  }
  const opened = parts.move()
  return {
    app,
    databases,
    queue: queueOf(config, databases.storeUrl),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Where this configuration keeps its queue. */
export function queueOf({ queueUrl, queueAccess }: Config, storeUrl: string): QueuePlace {
  if (queueUrl === 'none') return { kind: 'none' }
  if (queueUrl) return { kind: 'redis', url: queueUrl, ...queueAccess }
  return { kind: 'postgres', url: storeUrl }
}

export function readCalendarFile(path: string): { calendar: WorkingCalendar; content: unknown } {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return { calendar: readCalendar(content), content }
  } catch (error) {
    throw new Explained(
      `Không dùng được lịch làm việc. The calendar ${path} cannot be used: ${(error as Error).message}`,
      2,
      {
        cause: error,
      },
    )
  }
}

/** A short command rings nobody: the service's own sweep sees what it wrote. */
const nobodyListens: Later = { ring() {} }

export function openFiles(config: Config): Promise<FileStore> {
  return openLocalDisk(join(dataDirectory(config), 'files'))
}

/** Where files and the embedded Postgres are kept. */
export function dataDirectory(config: Config): string {
  return config.dataDirectory ?? defaultDataDirectory(root)
}

function fingerprint(gate: unknown): string {
  return createHash('sha256').update(JSON.stringify(gate)).digest('hex').slice(0, 16)
}

function besides(url: string, database: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${database}`
  return parsed.toString()
}

/** Makes the database of `url` when it is not there yet: through the connection of `through`, if that is to the same server. */
async function ensureDatabase(url: string, through: string): Promise<void> {
  if (await isThere(url)) return
  const { host, pathname } = new URL(url)
  const server = host === new URL(through).host ? through : besides(url, 'postgres')
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
    const name = client.escapeIdentifier(decodeURIComponent(pathname.slice(1)))
    await client.query(`create database ${name}`).catch(ignoreAlreadyThere)
  } catch (error) {
    throw new Explained(explainDatabaseError(error, server), 1, { cause: error })
  } finally {
    await client.end().catch(() => {})
  }
}

/** Its own server is asked, and nobody else's: the keys may lie on another one than the store. */
async function isThere(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '3D000') return false
    throw new Explained(explainDatabaseError(error, url), 1, { cause: error })
  } finally {
    await client.end().catch(() => {})
  }
}

function ignoreAlreadyThere(error: { code?: string }): void {
  if (error.code !== '42P04' && error.code !== '23505') throw error
}
