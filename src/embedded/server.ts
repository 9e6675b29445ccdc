import { spawn } from 'node:child_process'
import { chownSync, closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Explained } from '../domain/errors.ts'
import type { Account } from './account.ts'
import { isAlive } from './lock.ts'

export interface ServerProcess {
  readonly pid: number
  readonly port: number
  readonly logFile: string
  hasEnded(): boolean
  /** The last line of its log that says why, for a person. */
  lastWords(): string
}

interface Start {
  readonly home: string
  readonly data: string
  readonly bin: string
  readonly account: Account
  readonly settings: Readonly<Record<string, string>>
}

/** Nothing of a refused statement may reach the server's log; nobody but this machine may connect. */
const fixedSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  log_min_error_statement: 'panic',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
}
const modestSettings = {
  max_connections: '100',
  shared_buffers: '64MB',
  dynamic_shared_memory_type: 'posix',
}

export async function startServer({
  home,
  data,
  bin,
  account,
  settings,
}: Start): Promise<ServerProcess> {
  await clearTheWay(data)
  const port = await freePort()
  const logFile = join(home, 'log')
  rmSync(logFile, { force: true })
  const log = openSync(logFile, 'w', 0o600)
  if (account) chownSync(logFile, account.uid, account.gid)
  const given = Object.entries({
    ...modestSettings,
    ...settings,
    ...fixedSettings,
    port: String(port),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // The shell only forbids core dumps, which would hold what memory holds, and becomes the server.
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -c 0; exec "$0" "$@"', join(bin, 'postgres'), '-D', data, ...given],
    {
      ...account,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: ['ignore', log, log],
    },
  )
  closeSync(log)
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  child.on('error', () => {
    ended = true
  })
  child.unref()
  if (!child.pid)
    throw new Explained(
      'The embedded Postgres could not be started: no process could be made. Set DATABASE_URL to a Postgres of your own.',
    )
  return {
    pid: child.pid,
    port,
    logFile,
    hasEnded: () => ended,
    lastWords: () => lastWords(logFile),
  }
}

const fastShutdownMs = 20_000

/** Fast shutdown, then the hard way; returns when the process is gone. */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(pid)) return
    process.kill(pid, signal)
    if (await gone(pid, patienceMs)) return
  }
}

/** A lock file left behind: by a server still ending, which is waited for, or by nobody, which is removed. */
async function clearTheWay(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (isAlive(pid) && isServerOf(pid, data)) {
    await gone(pid, 5_000)
    await stopServer(pid)
  }
  rmSync(file, { force: true })
}

function isServerOf(pid: number, data: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data)
  } catch {
    return process.platform !== 'linux'
  }
}

async function gone(pid: number, patienceMs: number): Promise<boolean> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    if (!isAlive(pid)) return true
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return !isAlive(pid)
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) =>
    probe.once('error', reject).listen(0, '127.0.0.1', resolve),
  )
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

function lastWords(logFile: string): string {
  const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n') : []
  const reason =
    lines.findLast((line) => /FATAL|PANIC|ERROR|could not/.test(line)) ??
    lines.findLast((line) => line !== '') ??
    'it said nothing.'
  return reason.replace(/^.*?(FATAL|PANIC|ERROR): {2}/, '').replace(/\.?$/, '.')
}
