/** `chidao start --role worker` as an operator runs it, with a supervisor that starts again what has ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../../wiring.ts'
import { LogLines } from './log-lines.ts'

export interface WorkerOptions {
  readonly name: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logFile: string
}

const restartAfterMs = 1000
/** A service that is told to stop is gone after ten seconds; this is for one that hangs. */
const patienceMs = 30_000

export class WorkerProcess {
  readonly #options: WorkerOptions
  readonly #log: WriteStream
  #child: ChildProcess | null = null
  #ended: Promise<void> = Promise.resolve()
  #expected = false
  #closing = false
  /** What the process calls itself in its leases; null until it has started. */
  lease: string | null = null
  readonly lines = new LogLines()
  /** Ends that nobody asked for, of a process that had started. */
  endedByItself = 0

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 })
    this.#start()
  }

  /** Resolves when the process is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#expected = true
    const ended = this.#ended
    this.#child?.kill(signal)
    const byForce = setTimeout(() => this.#child?.kill('SIGKILL'), patienceMs)
    await ended
    clearTimeout(byForce)
  }

  stop(): void {
    this.#child?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child?.kill('SIGCONT')
  }

  async untilStarted(): Promise<void> {
    for (let n = 0; n < 3600 && this.lease === null; n++) await sleep(50)
    if (this.lease === null)
      throw new Error(`${this.#options.name} did not start; see ${this.#options.logFile}`)
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.end('SIGTERM')
    await new Promise<void>((resolve) => this.#log.end(() => resolve()))
  }

  #start(): void {
    this.lease = null
    this.#expected = false
    const child = spawn(join(root, 'bin/chidao'), ['start', '--role', 'worker'], {
      env: this.#options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stdout.pipe(this.#log, { end: false })
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.lines.read(line)
      if (!this.#log.writableEnded) this.#log.write(`${line}\n`)
      if (line.includes('"event":"started"')) this.lease = workerIn(line)
    })
    this.#ended = new Promise((resolve) => {
      child.once('close', () => {
        if (!this.#expected && this.lease !== null) this.endedByItself += 1
        resolve()
        if (!this.#closing) setTimeout(() => this.#closing || this.#start(), restartAfterMs)
      })
    })
  }
}

function workerIn(line: string): string | null {
  try {
    return (JSON.parse(line) as { worker?: string }).worker ?? null
  } catch {
    return null
  }
}
