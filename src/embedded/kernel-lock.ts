import { closeSync, constants, fchownSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export interface KernelLock {
  release(): void
}

const sqliteBusy = 5

/**
 * The lock at `path`, or null while anyone holds it, in this process or another. The kernel frees it when its
 * holder dies, however it dies, so there is no stale lock to judge by a process id. SQLite is the only way in
 * which Node reaches such a lock; the file stays empty. Not for network file systems.
 */
export function tryLock(path: string, owner: { uid: number; gid: number }): KernelLock | null {
  createOnce(path, owner)
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === sqliteBusy) return null
    throw error
  }
  let held = true
  return {
    release() {
      if (held) database.close()
      held = false
    },
  }
}

/** An existing file must not even be opened here: closing any descriptor of it would drop this process's lock. */
function createOnce(path: string, owner: { uid: number; gid: number }): void {
  try {
    const file = openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600)
    if (process.getuid?.() === 0) fchownSync(file, owner.uid, owner.gid)
    closeSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
