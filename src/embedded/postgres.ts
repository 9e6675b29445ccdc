/** The Postgres that comes along: one server for each directory, which belongs to the process that started it. */
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Explained } from '../domain/errors.ts'
import { type Guest, visit } from './guest.ts'
import { tryLock } from './kernel-lock.ts'
import { type Owner, own } from './owner.ts'
import { type Place, preparePlace } from './place.ts'

export interface EmbeddedPostgres extends AsyncDisposable {
  /** For node-postgres; the database is for the caller to name. */
  readonly connection: { host: string; port: number; user: string; password: string }
  urlOf(database: string): string
  /** True if this call started the server, false if it uses one that was running. */
  readonly started: boolean
  /**
   * Stops the server if it is this process's: fast shutdown, waits until it is gone. `ifIdle` stops it only when
   * nobody else is connected; otherwise it is left to the next process that takes care of it.
   */
  stop(options?: { ifIdle?: boolean }): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Everything of the server is kept here; made if missing. */
  readonly directory: string
  /** Server settings, before ours. */
  readonly settings?: Readonly<Record<string, string>>
}

const retryMs = 50
/** Longer than any stop of the process that holds the lock. */
const patienceMs = 120_000

/** Starts the server of this directory, or uses the one that runs. Fails with one sentence that says what to do. */
export async function openEmbeddedPostgres({
  directory,
  settings = {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await open(preparePlace(directory), settings)
  } catch (error) {
    throw explained(error, directory)
  }
}

/** Root's data must lie where an unprivileged account gets to; everyone else's lie in their clone. */
export function defaultDataDirectory(root: string): string {
  if (process.getuid?.() !== 0) return join(root, '.chidao')
  const hash = createHash('sha256').update(realpathSync(root)).digest('hex').slice(0, 12)
  return join('/var/lib/chidao', hash)
}

async function open(
  place: Place,
  settings: Readonly<Record<string, string>>,
): Promise<EmbeddedPostgres> {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    const lock = tryLock(place.lockFile, place.keeper)
    if (lock) {
      try {
        return ownersHandle(await own(place, lock, settings))
      } catch (error) {
        lock.release()
        throw error
      }
    }
    const guest = await visit(place, settings)
    if (guest) return guestsHandle(guest)
    await sleep(retryMs)
  }
  throw new Explained(
    `Tiến trình khác đang giữ Postgres kèm theo. Another process holds ${place.directory}, but its Postgres does not answer after ${patienceMs / 60_000} minutes. See ${place.logFile}, or end that process.`,
  )
}

function ownersHandle(owner: Owner): EmbeddedPostgres {
  return handle(owner.connection, owner.started, ({ ifIdle }) =>
    ifIdle ? owner.leave() : owner.shutDown(),
  )
}

function guestsHandle(guest: Guest): EmbeddedPostgres {
  return handle(guest.connection, false, async ({ ifIdle }) => {
    const hadInherited = guest.owner() !== null
    const owner = await guest.leave()
    await (hadInherited && !ifIdle ? owner?.shutDown() : owner?.leave())
  })
}

function handle(
  connection: EmbeddedPostgres['connection'],
  started: boolean,
  leave: (options: { ifIdle?: boolean }) => Promise<void>,
): EmbeddedPostgres {
  let left: Promise<void> | null = null
  const stop = (options: { ifIdle?: boolean } = {}) => (left ??= leave(options))
  const { host, port, user, password } = connection
  return {
    connection,
    started,
    urlOf: (database) =>
      `postgres://${user}:${password}@${host}:${port}/${encodeURIComponent(database)}`,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}

function explained(error: unknown, directory: string): unknown {
  const orElse = 'or set DATABASE_URL to a Postgres of your own.'
  switch (String((error as NodeJS.ErrnoException).code)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Explained(
        `Ổ đĩa đầy. The embedded Postgres cannot be kept in ${directory}: the disk is full. Free some space, ${orElse}`,
        1,
        { cause: error },
      )
    case 'EACCES':
    case 'EPERM':
      return new Explained(
        `Tài khoản này không có quyền dùng thư mục. The embedded Postgres cannot use ${directory}: this account has no access. Give it access, choose another directory with CHIDAO_DATA, ${orElse}`,
        1,
        { cause: error },
      )
    case 'EROFS':
      return new Explained(
        `Thư mục chỉ đọc. The embedded Postgres cannot use ${directory}: it is read-only. Choose another directory with CHIDAO_DATA, ${orElse}`,
        1,
        { cause: error },
      )
    default:
      return error
  }
}
