/** Processes of the bench, and what they cost: seconds of CPU and bytes of memory, read from /proc. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const ticksPerSecond = 100
const pageBytes = 4096

export interface Child extends AsyncDisposable {
  readonly pid: number
  /** The first line it prints. */
  readonly said: Promise<string>
  readonly ended: Promise<number | null>
  /** All it has printed so far. */
  readonly lines: string[]
}

export interface ChildOptions {
  readonly nodeOptions?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Where it says what is read here; the other goes to our standard error. */
  readonly speaksOn?: 'stdout' | 'stderr'
}

export function node(
  script: string,
  args: readonly string[] = [],
  options: ChildOptions = {},
): Child {
  const { nodeOptions = [], speaksOn = 'stdout', cwd, env = {} } = options
  const quiet = '--disable-warning=ExperimentalWarning'
  const child = spawn(process.execPath, [quiet, ...nodeOptions, script, ...args], {
    stdio:
      speaksOn === 'stdout' ? ['ignore', 'pipe', 'inherit'] : ['ignore', process.stderr, 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd ? { cwd } : {}),
  })
  return asChild(child)
}

export function asChild(child: ChildProcess): Child {
  const lines: string[] = []
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const said = new Promise<string>((resolve, reject) => {
    const reader = createInterface({ input: (child.stdout ?? child.stderr)! })
    reader.once('line', resolve)
    reader.on('line', (line) => lines.push(line))
    child.once('error', reject)
    void ended.then((code) => reject(new Error(`${child.spawnfile} ended (${code}) in silence`)))
  })
  said.catch(() => {})
  return {
    pid: child.pid!,
    said,
    ended,
    lines,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGTERM')
      const byForce = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(byForce)
    },
  }
}

/** Of the process and of those that it started and that are still its own. */
export function cpuSeconds(pid: number): number {
  return (
    family(pid)
      .flatMap((member) => statOf(member).slice(11, 15).map(Number))
      .reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond
  )
}

export function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes
}

/** The process and its children; a child that goes meanwhile is counted by its parent. */
function family(pid: number): number[] {
  const children = readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false
    return Number(statOf(Number(entry))[1]) === pid
  })
  return [pid, ...children.map(Number)]
}

/** The fields after the name: state, parent, … */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
