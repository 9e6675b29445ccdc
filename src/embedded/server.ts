import { closeSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Explained } from '../domain/errors.ts'
import type { Binaries } from './binaries.ts'
import { type Guard, type GuardedChild, spawnGuarded } from './guarded-child.ts'
import { openLogFile, type Place } from './place.ts'
import { isAlive, isPostmasterOf, placeSetting } from './postmaster.ts'
import { explainLog, type StartFailure, sizeOfLog, startFailure } from './server-log.ts'

export interface Server extends Guard {
  readonly pid: number
  readonly port: number
  /** Resolves when it has ended by itself; never for one that this process did not start. */
  readonly ended: Promise<void>
}

export interface ServerOptions {
  readonly place: Place
  readonly binaries: Binaries
  readonly settings: Readonly<Record<string, string>>
  /** The port it had, for a server that comes back; otherwise a free one. */
  readonly port?: number
  /** Told while it starts, the server is stopped again. */
  readonly stop?: AbortSignal | undefined
}

/** Recovery after a crash reads up to max_wal_size again, and may take minutes on a slow disk. */
const startTimeoutMs = 300_000
const retryMs = 100
const pollMs = 10
const maxPortAttempts = 10

/** On the command line, where neither postgresql.conf nor ALTER SYSTEM can change them. */
const fixedSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // An error's own message may quote a value, so errors and warnings are not logged at all: only starts, stops and crashes.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
}

/** Starts the server on its data, and waits until it takes connections. Only whoever holds the lock may call this. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const deadline = performance.now() + startTimeoutMs
  let portAttempts = 0
  for (;;) {
    const port = options.port ?? (await freePort())
    const logStart = sizeOfLog(options.place)
    const { child, failure } = await launch(options, port, deadline)
    if (failure === null) return { pid: child.pid, port, ended: child.ended, disarm: child.disarm }
    if (failure === 'portTaken' && options.port === undefined && ++portAttempts < maxPortAttempts)
      continue
    if (failure === 'stillInUse' && performance.now() < deadline) {
      await sleep(retryMs)
      await stopLeftover(options.place)
      continue
    }
    throw explainLog(options.place, logStart, 'The embedded Postgres did not start')
  }
}

async function launch(
  { place, binaries, settings, stop }: ServerOptions,
  port: number,
  deadline: number,
): Promise<{ child: GuardedChild; failure: StartFailure | null }> {
  const logFile = openLogFile(place)
  const logStart = sizeOfLog(place)
  const all = { ...fixedSettings, ...settings, port: String(port), [placeSetting]: place.data }
  const child = spawnGuarded({
    command: binaries.postgres,
    args: (directory) => [
      '-D',
      directory,
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    account: place.account,
    directory: place.data,
    logFile,
  })
  closeSync(logFile)
  while (!isReady(place, child.pid)) {
    if (child.hasEnded()) return { child, failure: startFailure(place, logStart) }
    if (stop?.aborted || performance.now() > deadline) {
      await stopProcess(place, child.pid)
      stop?.throwIfAborted()
      throw new Explained(
        `Postgres kèm theo chưa sẵn sàng. The embedded Postgres was not ready after ${startTimeoutMs / 60_000} minutes. See ${place.logFile}; start again, and it goes on with its recovery.`,
      )
    }
    await sleep(pollMs)
  }
  return { child, failure: null }
}

/**
 * Fast shutdown: clients are disconnected, everything is written. Resolves when the process is gone. PostgreSQL 18
 * never ends when it is asked for that during recovery; at once is as safe, and costs the next start a recovery.
 */
export async function stopProcess(place: Place, pid: number): Promise<void> {
  const fast = { signal: 'SIGINT', waitMs: 10_000 } as const
  const atOnce = { signal: 'SIGQUIT', waitMs: 10_000 } as const
  const byForce = { signal: 'SIGKILL', waitMs: 5_000 } as const
  const steps = isReady(place, pid) ? [fast, atOnce, byForce] : [atOnce, byForce]
  for (const { signal, waitMs } of steps) {
    if (!isPostmasterOf(place, pid)) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const until = performance.now() + waitMs
    while (performance.now() < until) {
      if (!isPostmasterOf(place, pid)) return
      await sleep(pollMs)
    }
  }
}

/** Whoever started it is gone, so it is about to stop too, or nobody ever will stop it. */
export async function stopLeftover(place: Place): Promise<void> {
  const pid = Number(pidFile(place)[0] ?? 0)
  if (!pid || !isAlive(pid)) return
  if (isPostmasterOf(place, pid)) return stopProcess(place, pid)
  // Postgres would take a stranger that has the number now, or a process not yet reaped, for a running server
  rmSync(join(place.data, 'postmaster.pid'), { force: true })
}

function isReady(place: Place, pid: number): boolean {
  const lines = pidFile(place)
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

function pidFile({ data }: Place): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
