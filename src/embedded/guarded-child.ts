import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { Explained } from '../domain/errors.ts'
import { type Account, reaches } from './account.ts'

export interface Guard {
  /** Sends the watcher home without touching what it watched. */
  disarm(): Promise<void>
}

export interface GuardedChild extends Guard {
  readonly pid: number
  readonly ended: Promise<void>
  hasEnded(): boolean
  /** Null while it runs, and when a signal ended it. */
  exitCode(): number | null
}

export interface GuardedSpawn {
  readonly command: string
  readonly args: (directory: string) => readonly string[]
  readonly account: Account | null
  /** Handed over as an open descriptor where the account does not reach it by its path. */
  readonly directory: string
  readonly logFile: number
  /** Becomes descriptor 5 of the child. */
  readonly extraFile?: number
}

/**
 * A watcher reads descriptor 3, our end of which the kernel closes when we die, however we die. A line means "go
 * home"; an end without one means that we are gone: stop Postgres, fast, and after ten seconds at once.
 */
const watch = `
  trap '' HUP INT QUIT TERM
  if read -r word <&3; then exit 0; fi
  kill -INT "$pid"
  n=0
  while [ $n -lt 100 ] && kill -0 "$pid"; do sleep 0.1; n=$((n + 1)); done
  kill -QUIT "$pid"
`

/** No core file, and no memory in what a handler of core dumps is given. Twice in the background, so that the watcher is no child of Postgres, which would report its end. */
const watchedCommand = `
  ulimit -c 0
  { echo 0 >/proc/self/coredump_filter; } 2>/dev/null
  pid=$$
  ( ( ${watch} ) </dev/null >/dev/null 2>&1 4<&- 5<&- & )
  exec "$@" 3<&-
`

/** Nothing of ours is in it: the environment of a process may hold credentials. */
const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Runs a command that ends with this process, even when this one is killed with SIGKILL. */
export function spawnGuarded({
  command,
  args,
  account,
  directory,
  logFile,
  extraFile,
}: GuardedSpawn): GuardedChild {
  const byPath = process.platform !== 'linux' || reaches(account, directory)
  const descriptor = byPath ? null : openSync(directory, 'r')
  try {
    const child = spawn(
      '/bin/sh',
      ['-c', watchedCommand, 'sh', command, ...args(byPath ? directory : '/proc/self/fd/4')],
      {
        ...(account ?? {}),
        cwd: '/',
        env: environment,
        detached: true,
        stdio: ['ignore', logFile, logFile, 'pipe', descriptor ?? 'ignore', extraFile ?? 'ignore'],
      },
    )
    return guardedChild(child)
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

function guardedChild(child: ChildProcess): GuardedChild {
  child.once('error', () => {})
  if (child.pid === undefined)
    throw new Explained(
      'Không chạy được Postgres kèm theo. The embedded Postgres cannot be run: no process could be made under its account. Set DATABASE_URL to a Postgres of your own.',
    )
  const pid = child.pid
  const pipe = child.stdio[3] as Duplex & { ref(): void; unref(): void }
  pipe.on('error', () => {})
  pipe.unref()
  child.unref()
  let over = false
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over = true
      // the process id may soon be another's: the watcher must not act on it any more
      if (pipe.writable) pipe.end('over\n')
      resolve()
    }
    child.once('exit', end)
  })
  return {
    pid,
    ended,
    hasEnded: () => over,
    exitCode: () => child.exitCode,
    disarm: () =>
      new Promise((resolve) =>
        pipe.writable ? pipe.end('go home\n', () => resolve()) : resolve(),
      ),
  }
}
