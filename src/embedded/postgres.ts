/**
 * The Postgres that comes with it: one server per data directory, on loopback, with a password. It goes with
 * the process that owns it, also on kill -9; whoever finds it running uses it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { Explained } from '../domain/errors.ts'
import { defaultDataDirectory, reachable, serverAccount } from './account.ts'
import { installBinaries } from './binaries.ts'
import { initialise } from './initialise.ts'
import { underLock } from './lock.ts'
import { type ServerProcess, startServer, stopServer } from './server.ts'
import { watchOver } from './watcher.ts'

export { defaultDataDirectory }

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly connection: Connection
  urlOf(database: string): string
  /** False when a server was running and is used. */
  readonly started: boolean
  /** Where its data files, log and password are. */
  readonly dataDirectory: string
  /** Stops the server if this process started it; `ifIdle`: only when no other client is connected. */
  stop(options?: { ifIdle?: boolean }): Promise<void>
}

export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export interface EmbeddedOptions {
  readonly directory: string
  /** Further server settings, `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

const host = '127.0.0.1'
const user = 'chidao'

export async function openEmbeddedPostgres({
  directory,
  settings = {},
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = serverAccount()
  const home = reachable(directory)
  const beside = dirname(home)
  mkdirSync(beside, { recursive: true, mode: account ? 0o755 : 0o700 })
  const data = join(home, 'data')

  return underLock(`${home}.lock`, async () => {
    const bin = installBinaries(account ? '/var/lib/chidao' : beside)
    const password = initialise({ home, data, bin, account, user })
    const running = await connectTo(home, password)
    if (running) return handle(running, null)

    const server = await startServer({ home, data, bin, account, settings })
    const presence = await untilItAnswers(server, password)
    writeFileSync(portFile(home), String(server.port), { mode: 0o600 })
    return handle({ presence, port: server.port }, server)
  })

  function handle(
    { presence, port }: { presence: pg.Client; port: number },
    server: ServerProcess | null,
  ): EmbeddedPostgres {
    const password = readFileSync(join(home, 'password'), 'utf8')
    const watcher = server && watchOver(server.pid)
    let stopped: Promise<void> | null = null
    const leave = async ({ ifIdle = false } = {}) => {
      if (!server) return presence.end().catch(() => {})
      await underLock(`${home}.lock`, async () => {
        const stays = ifIdle && (await othersAreConnected(presence))
        await presence.end().catch(() => {})
        watcher?.dismiss()
        if (!stays) await stopServer(server.pid)
      })
    }
    return {
      connection: { host, port, user, password },
      urlOf: (database) => `postgres://${user}:${password}@${host}:${port}/${database}`,
      started: server !== null,
      dataDirectory: home,
      stop(options) {
        stopped ??= leave(options)
        return stopped
      },
      [Symbol.asyncDispose]() {
        return this.stop()
      },
    }
  }
}

/** A client that stays connected as long as the handle lives, so that nobody takes the server for idle. */
async function connectTo(
  home: string,
  password: string,
): Promise<{ presence: pg.Client; port: number } | null> {
  if (!existsSync(portFile(home))) return null
  const port = Number(readFileSync(portFile(home), 'utf8'))
  const presence = await presenceAt(port, password)
  return presence instanceof pg.Client ? { presence, port } : null
}

const answerWithinMs = 60_000

async function untilItAnswers(server: ServerProcess, password: string): Promise<pg.Client> {
  for (const giveUpAt = performance.now() + answerWithinMs; performance.now() < giveUpAt; ) {
    const presence = await presenceAt(server.port, password)
    if (presence instanceof pg.Client) return presence
    if (server.hasEnded()) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Explained(
    `The embedded Postgres did not start: ${server.lastWords()} Its log is ${server.logFile}. Mend the cause, or set DATABASE_URL to a Postgres of your own.`,
  )
}

async function presenceAt(port: number, password: string): Promise<pg.Client | Error> {
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database: 'postgres',
    application_name: 'chidao-presence',
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    return error as Error
  }
}

async function othersAreConnected(presence: pg.Client): Promise<boolean> {
  try {
    const { rowCount } = await presence.query(
      `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`,
    )
    return rowCount !== 0
  } catch {
    return false
  }
}

function portFile(home: string): string {
  return join(home, 'port')
}
