import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { Explained } from '../domain/errors.ts'

const waitMs = 60_000
const lookEveryMs = 50

/** Runs `action` while no other process holds the lock file. A lock whose process is gone is broken. */
export async function underLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + waitMs
  while (!take(file)) {
    breakIfStale(file)
    if (performance.now() > giveUpAt)
      throw new Explained(
        `Another process has been starting or stopping the embedded Postgres for a minute. If none is running, remove ${file}.`,
      )
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
  try {
    return await action()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600)
    writeSync(handle, `${process.pid} ${startOf(process.pid)}`)
    closeSync(handle)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

function breakIfStale(file: string): void {
  try {
    const [pid, start] = readFileSync(file, 'utf8').split(' ')
    const beingWritten = !start && Date.now() - statSync(file).mtimeMs < 1000
    if (beingWritten || (isAlive(Number(pid)) && startOf(Number(pid)) === start)) return
    // Renaming first, so that of two who break it only one removes what both saw.
    renameSync(file, `${file}.stale.${process.pid}`)
    rmSync(`${file}.stale.${process.pid}`, { force: true })
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
  }
}

/** Zombies count as gone: their files are nobody's any more. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
  return statusOf(pid)[0] !== 'Z'
}

/** Tells a process from a later one under the same number, where /proc says so. */
function startOf(pid: number): string {
  return statusOf(pid)[19] ?? '-'
}

function statusOf(pid: number): string[] {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return line.slice(line.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
