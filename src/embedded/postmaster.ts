import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Place } from './place.ts'

/** A setting without meaning to Postgres: it shows, to us and in `ps`, whose server a process is. */
export const placeSetting = 'chidao.data'

/** Also true of a process that has ended and was not reaped yet. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether `pid` is the server on this data, and not a stranger to whom the system gave the same number later. */
export function isPostmasterOf(place: Place, pid: number): boolean {
  const mark = `${placeSetting}=${place.data}`
  return (
    isAlive(pid) &&
    (process.platform === 'linux'
      ? argumentsOf(pid).includes(mark)
      : commandLineOf(pid).includes(mark))
  )
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function commandLineOf(pid: number): string {
  return (
    spawnSync('/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout ?? ''
  )
}
