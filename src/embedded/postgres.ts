/** The Postgres that comes along: one server for each directory, which belongs to the process that started it. */
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Explained } from '../domain/errors.ts'
import { type Awaited, aloud, type Waiting, waitFor } from '../waiting.ts'
import { type Role, readAnnouncement } from './announcement.ts'
import { visit } from './guest.ts'
import { tryLock } from './kernel-lock.ts'
import { own } from './owner.ts'
import { type Place, preparePlace } from './place.ts'
import { isAlive } from './postmaster.ts'
import { type ServerOptions, stopLeftover } from './server.ts'

export interface EmbeddedPostgres extends AsyncDisposable {
  /** For node-postgres; the database is for the caller to name. */
  readonly connection: { host: string; port: number; user: string; password: string }
  urlOf(database: string): string
  /** True if this call started the server, false if it uses that of a service. */
  readonly started: boolean
  /** Stops the server if it is this process's: fast shutdown, waits until it is gone. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Everything of the server is kept here; made if missing. */
  readonly directory: string
  /** An owner refuses to be the second one. A guest uses the server of the owner, or one of its own until it ends. */
  readonly as: Role
  /** Server settings, before ours. */
  readonly settings?: Readonly<Record<string, string>>
  readonly waiting?: Waiting
}

/** Starts the server of this directory, or uses the one that runs. Fails with one sentence that says what to do. */
export async function openEmbeddedPostgres({
  directory,
  as,
  settings = {},
  waiting = aloud,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const place = preparePlace(directory)
    return await waitFor(
      () => tryToOpen(place, as, { settings, stop: waiting.stop }),
      () => holderOf(place),
      waiting,
    )
  } catch (error) {
    throw explained(error, directory)
  }
}

/** Whether a process uses the server of this directory. One that was left by a killed owner is stopped. */
export async function isInUse(directory: string): Promise<boolean> {
  const place = preparePlace(directory)
  const lock = tryLock(place.lockFile, place.keeper)
  if (!lock) return true
  try {
    await stopLeftover(place)
    return false
  } finally {
    lock.release()
  }
}

/** Root's data must lie where an unprivileged account gets to; everyone else's lie in their clone. */
export function defaultDataDirectory(root: string): string {
  if (process.getuid?.() !== 0) return join(root, '.chidao')
  const hash = createHash('sha256').update(realpathSync(root)).digest('hex').slice(0, 12)
  return join('/var/lib/chidao', hash)
}

/** Null while another process has the directory, and has no server for this one. */
async function tryToOpen(
  place: Place,
  as: Role,
  options: Pick<ServerOptions, 'settings' | 'stop'>,
): Promise<EmbeddedPostgres | null> {
  const lock = tryLock(place.lockFile, place.keeper)
  if (lock) {
    const { connection, shutDown } = await own(place, lock, as, options)
    return handle(connection, true, shutDown)
  }
  const holder = readAnnouncement(place)
  if (holder?.as !== 'owner') return null
  if (as === 'owner' && isAlive(holder.pid)) throw secondService(place, holder.pid)
  const guest = holder.port === null ? null : await visit(place, holder, holder.port)
  return guest && handle(guest.connection, false, guest.leave)
}

function secondService({ directory }: Place, pid: number): Explained {
  return new Explained(
    `Kho này đang do tiến trình ${pid} phục vụ. Process ${pid} runs the service on the embedded store in ${directory}, which serves one at a time. End that process first, or set CHIDAO_DATA to another directory, or set DATABASE_URL to a Postgres of your own, which any number of processes may share.`,
  )
}

function holderOf(place: Place): Awaited {
  const holder = readAnnouncement(place)
  const advice = `See ${place.logFile}, or end that process${holder ? ` (kill ${holder.pid})` : ''}; then run this again.`
  const named = holder ? ` ${holder.pid}` : ''
  return holder?.as === 'guest'
    ? {
        vi: `lệnh khác (tiến trình${named}) dùng xong Postgres kèm theo`,
        en: `another command (process${named}) that has the embedded Postgres of ${place.directory} to itself`,
        advice,
      }
    : {
        vi: `tiến trình${named} khởi động hoặc dừng Postgres kèm theo`,
        en: `process${named}, which starts or stops the embedded Postgres of ${place.directory}`,
        advice,
      }
}

function handle(
  connection: EmbeddedPostgres['connection'],
  started: boolean,
  leave: () => Promise<void>,
): EmbeddedPostgres {
  let left: Promise<void> | null = null
  const stop = () => (left ??= leave())
  const { host, port, user, password } = connection
  return {
    connection,
    started,
    urlOf: (database) =>
      `postgres://${user}:${password}@${host}:${port}/${encodeURIComponent(database)}`,
    stop,
    [Symbol.asyncDispose]: stop,
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
