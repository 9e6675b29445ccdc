import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root. `postgres` is there where its packages are installed, `nobody` everywhere. */
const unprivileged = ['postgres', 'nobody']

/**
 * Whom the server runs as: this process's own account (null) unless that is root; then whoever owns the
 * directory, else whoever owns the data already (an account that appears later must not change it).
 */
export function serverAccount(directory: string, dataDirectory: string): Account | null {
  if (process.getuid?.() !== 0) return null
  return (
    ownerOf(directory) ??
    ownerOf(dataDirectory) ??
    unprivilegedAccount(readFileSync('/etc/passwd', 'utf8'))
  )
}

/** Whether `account` gets to `path` and reads it, by the mode bits alone. */
export function reaches(account: Account | null, path: string): boolean {
  if (!account) return readable(path)
  for (let at = path; ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at)
    const bits = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode
    const needed = at === path ? 5 : 1
    if ((bits & needed) !== needed) return false
    if (at === dirname(at)) return true
  }
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function ownerOf(path: string): Account | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat && stat.uid !== 0 ? { uid: stat.uid, gid: stat.gid } : null
}

function unprivilegedAccount(passwd: string): Account {
  const entries = new Map(
    passwd.split('\n').map((line) => [line.split(':')[0], line.split(':')] as const),
  )
  for (const name of unprivileged) {
    const [, , uid, gid] = entries.get(name) ?? []
    // macOS writes nobody as -2
    if (uid && gid) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }
  }
  return { uid: 65534, gid: 65534 }
}
