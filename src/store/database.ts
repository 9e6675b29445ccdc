import type { EventEmitter } from 'node:events'
import { isIP } from 'node:net'
import knex, { type Knex } from 'knex'
import pg from 'pg'
import { aloud } from '../waiting.ts'
import { migrationSource } from './migrations/index.ts'
import { oneAtATime } from './schema-lock.ts'
import { applyFunctions } from './sql/functions.ts'

/** Postgres `date` is a calendar date: read as text, or it becomes midnight in the process's zone. */
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize?: number
  /** A process that was stopped inside a transaction holds its locks no longer than a lease. */
  readonly leaseMs?: number
  /** Acts with the rights of this role alone, of which the login must be a member. */
  readonly role?: string
}

/** A pool on the database at `url`, with the settings under which nothing of a statement reaches the server's log. */
export function openDatabase({
  url,
  poolSize = 12,
  leaseMs = 15_000,
  role,
}: DatabaseOptions): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'chidao',
      options: [
        ...(role === undefined ? [] : [`-c role=${role}`]),
        '-c timezone=UTC',
        // A search is estimated at many times its cost, and would be compiled for longer than it takes.
        '-c jit=off',
        `-c idle_in_transaction_session_timeout=${Math.max(1000, leaseMs)}`,
        // A session of somebody else that sits on a row holds up one statement, not the reading of a source.
        `-c lock_timeout=${Math.max(500, Math.floor(leaseMs / 3))}`,
      ].join(' '),
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    },
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 10_000, ...dropReadOnly() },
    acquireConnectionTimeout: 15_000,
    // It would write to standard output, also between the lines of `--json`.
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
    migrations: {
      migrationSource,
      schemaName: 'public',
      tableName: 'chidao_migration',
      disableTransactions: false,
    },
  })
}

/**
 * A session stays read-only after its database has become writable, and after its server has become a standby: what it
 * says once, it says for good.
 */
function dropReadOnly() {
  const readOnly = new WeakSet<pg.Client>()
  return {
    afterCreate(client: pg.Client & { connection: EventEmitter }, done: (error: null) => void) {
      client.connection.on('errorMessage', ({ code }: { code?: string }) => {
        if (code === readOnlyTransaction) readOnly.add(client)
      })
      done(null)
    },
    validate: (client: pg.Client) => !readOnly.has(client),
  }
}

const readOnlyTransaction = '25006'

/** Works, but can neither change nor remove what the history says (docs/decisions/0010). */
export const serviceRole = 'chidao_service'

/** Whether the login of this connection may act with the rights of the service alone. */
export async function mayServe(db: Knex): Promise<boolean> {
  const { rows } = await db.raw(
    `select coalesce((select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = ?), false) as may`,
    [serviceRole],
  )
  return rows[0].may
}

/** Brings the schema up to date; two processes at once wait for each other, and a killed one leaves nothing locked. */
export function migrate(db: Knex, waiting = aloud): Promise<readonly string[]> {
  const work = async () => {
    await db.migrate.forceFreeMigrationsLock()
    const [, applied] = (await db.migrate.latest()) as [number, string[]]
    await applyFunctions(db)
    return applied
  }
  return oneAtATime(db, work, waiting)
}

export async function migrationStatus(db: Knex): Promise<{ applied: string[]; pending: string[] }> {
  const [applied, pending] = (await db.migrate.list()) as [
    { name: string }[],
    (string | { file: string })[],
  ]
  return {
    applied: applied.map((row) => row.name),
    pending: pending.map((entry) => (typeof entry === 'string' ? entry : entry.file)),
  }
}

/** One clear sentence for the ways in which a database cannot be reached; the password is never in it. */
export function explainDatabaseError(error: unknown, url: string): string {
  const { host, database, user } = placeOf(url)
  const { code, name } = error as Error & { code?: string }
  switch (code ?? name) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `Postgres không trả lời. No Postgres answers at ${host}. Start it, or correct DATABASE_URL.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Không có máy chủ mang tên này. The host ${host} of DATABASE_URL is not known. Correct the name.`
    case '28P01':
    case '28000':
      return `Postgres từ chối tài khoản. Postgres at ${host} refused user "${user}": wrong password or no access. Correct DATABASE_URL or DATABASE_URL_FILE.`
    case '3D000':
      return `Chưa có cơ sở dữ liệu. Postgres at ${host} has no database "${database}". Create it: createdb ${database}`
    case '42501':
      return `Tài khoản thiếu quyền. User "${user}" may not create what the store needs in database "${database}". Grant it CREATE on the database.`
    case '53300':
      return `Postgres hết kết nối. Postgres at ${host} has no free connection. Raise max_connections or lower CHIDAO_POOL_SIZE.`
    case '53100':
      return `Ổ đĩa của Postgres đã đầy. The disk of Postgres at ${host} is full. Free some space; nothing was lost, and the work goes on by itself.`
    default:
      return `Không dùng được Postgres. Postgres at ${host} could not be used (${code ?? name}). See its log.`
  }
}

function placeOf(url: string): { host: string; database: string; user: string } {
  try {
    const parsed = new URL(url)
    const host = isIP(parsed.hostname) === 6 ? `[${parsed.hostname}]` : parsed.hostname
    return {
      host: `${host || 'localhost'}:${parsed.port || 5432}`,
      database: parsed.pathname.slice(1),
      user: decodeURIComponent(parsed.username),
    }
  } catch {
    return { host: 'the address of DATABASE_URL (not a URL)', database: '', user: '' }
  }
}
