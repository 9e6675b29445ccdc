import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Explained } from '../domain/errors.ts'
import { type Account, serverAccount } from './account.ts'

/** What lies where in the directory of one embedded server. */
export interface Place {
  readonly directory: string
  readonly data: string
  readonly lockFile: string
  readonly passwordFile: string
  readonly announcementFile: string
  readonly logFile: string
  /** Owner of the directory, and so of every file in it but the data. */
  readonly keeper: Account
  /** Whom the server runs as, and the data belongs to; null: this process's own account. */
  readonly account: Account | null
}

const maxLogBytes = 1_000_000

export function preparePlace(path: string): Place {
  // root's server runs as another account, which must get through to its data
  mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const directory = realpathSync(path)
  const { uid, gid } = statSync(directory)
  const own = process.getuid?.()
  if (own !== undefined && own !== 0 && own !== uid)
    throw new Explained(
      `Thư mục thuộc tài khoản khác. ${directory} belongs to account ${uid}, not to this one (${own}). Run as that account, or choose another directory with CHIDAO_DATA.`,
    )
  const data = join(directory, 'data')
  return {
    directory,
    data,
    lockFile: join(directory, 'lock'),
    passwordFile: join(directory, 'password'),
    announcementFile: join(directory, 'server.json'),
    logFile: join(directory, 'postgres.log'),
    keeper: { uid, gid },
    account: serverAccount(directory, data),
  }
}

/** Whole or not at all, durable, and for the keeper's eyes only. */
export function writePrivately(place: Place, path: string, text: string): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  const file = openSync(draft, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
  try {
    if (process.getuid?.() === 0) fchownSync(file, place.keeper.uid, place.keeper.gid)
    writeSync(file, text)
    fsyncSync(file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncDirectory(place.directory)
}

export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

/** A descriptor to append to; the log of before is set aside once it is large. */
export function openLogFile(place: Place): number {
  if ((lstatSync(place.logFile, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes)
    renameSync(place.logFile, `${place.logFile}.1`)
  const { O_CREAT, O_APPEND, O_WRONLY, O_NOFOLLOW } = constants
  const file = openSync(place.logFile, O_CREAT | O_APPEND | O_WRONLY | O_NOFOLLOW, 0o600)
  if (process.getuid?.() === 0) fchownSync(file, place.keeper.uid, place.keeper.gid)
  return file
}

export function readPassword(place: Place): string | null {
  try {
    return readFileSync(place.passwordFile, 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
