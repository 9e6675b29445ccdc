import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  constants,
  fchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Explained } from '../domain/errors.ts'
import type { Binaries } from './binaries.ts'
import { type GuardedChild, spawnGuarded } from './guarded-child.ts'
import { openLogFile, type Place, readPassword, syncDirectory, writePrivately } from './place.ts'
import { explainLog, sizeOfLog } from './server-log.ts'

export const superuser = 'chidao'

const initdbTimeoutMs = 180_000

/** Sees to it that there is a data directory of this version, and a password that it takes. */
export async function ensureCluster(
  place: Place,
  binaries: Binaries,
  stop?: AbortSignal,
): Promise<void> {
  for (const name of readdirSync(place.directory))
    if (name.startsWith('data.draft-'))
      rmSync(join(place.directory, name), { recursive: true, force: true })
  const version = versionOf(place.data)
  if (version === null) return createCluster(place, binaries, stop)
  if (version !== binaries.majorVersion) {
    throw new Explained(
      `Dữ liệu do bản PostgreSQL khác ghi. The data in ${place.data} were written by PostgreSQL ${version}, and this version brings PostgreSQL ${binaries.majorVersion}, which cannot read them. ` +
        `Go back to the version before, or set DATABASE_URL to a PostgreSQL that holds the data, or move ${place.directory} aside to begin with an empty store.`,
    )
  }
  checkOwner(place)
  if (readPassword(place) === null) await replaceLostPassword(place, binaries, stop)
}

/** Null when there are no data. Data are there whole or not at all, since they are renamed into place. */
function versionOf(data: string): string | null {
  try {
    return readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    if (!statSync(data, { throwIfNoEntry: false })) return null
    throw new Explained(
      `Thư mục có sẵn nhưng không phải dữ liệu PostgreSQL. ${data} exists, but holds no PostgreSQL data. Move it aside to begin with an empty store, or restore it from a backup.`,
    )
  }
}

function checkOwner({ data, account }: Place): void {
  const expected = account?.uid ?? process.getuid?.()
  const { uid } = statSync(data)
  if (expected !== undefined && uid !== expected)
    throw new Explained(
      `Sai chủ sở hữu thư mục dữ liệu. ${data} belongs to account ${uid}, but Postgres runs as account ${expected}. Correct it: chown -R ${expected} ${data}`,
    )
}

async function createCluster(
  place: Place,
  binaries: Binaries,
  stop: AbortSignal | undefined,
): Promise<void> {
  const password = randomBytes(24).toString('hex')
  // before the data exist: data whose password nobody knows would be worth nothing
  writePrivately(place, place.passwordFile, `${password}\n`)
  const draft = join(place.directory, `data.draft-${randomBytes(4).toString('hex')}`)
  mkdirSync(draft, { mode: 0o700 })
  if (place.account) chownSync(draft, place.account.uid, place.account.gid)
  const logFile = openLogFile(place)
  const passwordFile = openNamelessFile(place, password)
  const logStart = sizeOfLog(place)
  try {
    const child = spawnGuarded({
      command: binaries.initdb,
      args: (directory) => [
        ...[
          '-D',
          directory,
          '-U',
          superuser,
          `--pwfile=${process.platform === 'linux' ? '/proc/self/fd/5' : '/dev/fd/5'}`,
        ],
        ...['--auth=scram-sha-256', '--data-checksums', '--no-instructions'],
        ...[
          '--encoding=UTF8',
          '--locale=C',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
        ],
      ],
      account: place.account,
      directory: draft,
      logFile,
      extraFile: passwordFile,
    })
    if (!(await finishes(child, stop)) || versionOf(draft) === null)
      throw explainLog(place, logStart, 'The embedded Postgres could not be set up')
    renameSync(draft, place.data)
    syncDirectory(place.directory)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  } finally {
    closeSync(logFile)
    closeSync(passwordFile)
  }
}

/** Gone from the disk before the first byte of it is read; the server's account may read it through the descriptor. */
function openNamelessFile({ directory, account }: Place, text: string): number {
  const path = join(directory, `password.${randomBytes(4).toString('hex')}`)
  const writing = openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
  try {
    if (account) fchownSync(writing, account.uid, account.gid)
    const reading = openSync(path, 'r')
    rmSync(path)
    writeSync(writing, `${text}\n`)
    return reading
  } finally {
    rmSync(path, { force: true })
    closeSync(writing)
  }
}

/** For data that came back from a backup without the file beside them. Single-user mode reads the statement from a file. */
async function replaceLostPassword(
  place: Place,
  binaries: Binaries,
  stop: AbortSignal | undefined,
): Promise<void> {
  const password = randomBytes(24).toString('hex')
  const statement = openNamelessFile(place, `alter role ${superuser} password '${password}'`)
  const logFile = openLogFile(place)
  const logStart = sizeOfLog(place)
  try {
    const child = spawnGuarded({
      command: '/bin/sh',
      args: (directory) => [
        '-c',
        'exec "$@" <&5',
        'sh',
        binaries.postgres,
        '--single',
        '-D',
        directory,
        '-c',
        'log_min_messages=log',
        '-c',
        'log_error_verbosity=terse',
        'postgres',
      ],
      account: place.account,
      directory: place.data,
      logFile,
      extraFile: statement,
    })
    if (!(await finishes(child, stop)))
      throw explainLog(
        place,
        logStart,
        'The lost password of the embedded Postgres could not be replaced',
      )
  } finally {
    closeSync(logFile)
    closeSync(statement)
  }
  writePrivately(place, place.passwordFile, `${password}\n`)
}

async function finishes(child: GuardedChild, stop: AbortSignal | undefined): Promise<boolean> {
  const deadline = performance.now() + initdbTimeoutMs
  while (!child.hasEnded()) {
    if (stop?.aborted || performance.now() > deadline) {
      process.kill(child.pid, 'SIGKILL')
      stop?.throwIfAborted()
      return false
    }
    await sleep(10)
  }
  return child.exitCode() === 0
}
