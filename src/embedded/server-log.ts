import { readFileSync, statSync } from 'node:fs'
import { Explained } from '../domain/errors.ts'
import type { Place } from './place.ts'

export type StartFailure = 'portTaken' | 'stillInUse' | 'other'

const maxLineLength = 300

export function sizeOfLog({ logFile }: Place): number {
  return statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
}

/** What kept the server from starting, by what it logged from byte `start` on. */
export function startFailure(place: Place, start: number): StartFailure {
  const text = logSince(place, start)
  if (/could not create any TCP\/IP sockets|Address already in use/.test(text)) return 'portTaken'
  if (/pre-existing shared memory block|lock file ".*" already exists/.test(text))
    return 'stillInUse'
  return 'other'
}

/** One sentence with what to do; only for what a server or initdb logged before it took connections. */
export function explainLog(place: Place, start: number, what: string): Explained {
  const text = logSince(place, start)
  const orElse = 'or set DATABASE_URL to a Postgres of your own.'
  if (/No space left on device|Disk quota exceeded/i.test(text))
    return new Explained(
      `Ổ đĩa đầy. ${what}: the disk of ${place.directory} is full. Free some space, ${orElse}`,
    )
  if (/wrong ownership|Permission denied|Operation not permitted/i.test(text))
    return new Explained(
      `Tài khoản của Postgres không có quyền. ${what}: its account may not use ${place.directory}. Give the directory back to the account that made it, ${orElse}`,
    )
  if (/could not look up effective user ID/.test(text))
    return new Explained(
      `Tài khoản không có tên trên máy này. ${what}: this account has no name on this machine. Give it an entry in /etc/passwd, ${orElse}`,
    )
  if (/error while loading shared libraries|not found|cannot execute|Exec format/i.test(text))
    return new Explained(
      `Chương trình Postgres không chạy được trên máy này. ${what}: its programs do not run on this machine (${lastComplaint(text)}). Set DATABASE_URL to a Postgres of your own.`,
    )
  return new Explained(
    `Postgres kèm theo không khởi động được. ${what}: ${lastComplaint(text)}. See ${place.logFile}, ${orElse}`,
  )
}

function logSince({ logFile }: Place, start: number): string {
  return readFileSync(logFile).subarray(start).toString('utf8')
}

function lastComplaint(text: string): string {
  const lines = text.split('\n').filter(Boolean)
  const line =
    lines.findLast((candidate) => /FATAL|PANIC|error:/.test(candidate)) ??
    lines.at(-1) ??
    'it gave no reason'
  return line.replace(/^.*?(FATAL|PANIC|error):\s*/, '').slice(0, maxLineLength)
}
