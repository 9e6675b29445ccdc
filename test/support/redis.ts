/** A redis-server of the test's own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** Skipped visibly where there is none; a failure where there must be one, as in CI. */
export const hasRedis = canRun('redis-server')
if (!hasRedis && process.env.REQUIRE_REDIS === '1')
  throw new Error('REQUIRE_REDIS is set and there is no redis-server: apt-get install redis-server')

function canRun(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export interface TestRedis extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Where it keeps what it saves. */
  readonly directory: string
  kill(): Promise<void>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** On the same port, with whatever its append-only file held. */
  start(): Promise<void>
  empty(): Promise<void>
}

export async function startRedis(args: readonly string[] = []): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'chidao-redis-'))
  const port = await freePort()
  let child: ChildProcess | null = null
  const redis: TestRedis = {
    port,
    directory,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = spawn(
        'redis-server',
        ['--port', String(port), '--dir', directory, '--save', '', ...args],
        { stdio: 'ignore' },
      )
      await listening(port)
    },
    signal: (signal) => void child?.kill(signal),
    async kill() {
      if (!child) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      child = null
    },
    async empty() {
      const client = new Redis(port, '127.0.0.1', { lazyConnect: true })
      await client.connect()
      await client.flushall()
      client.disconnect()
    },
    async [Symbol.asyncDispose]() {
      await redis.kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
  await redis.start()
  return redis
}

export async function freePort(): Promise<number> {
  const server = net.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (up) return
    await sleep(50)
  }
  throw new Error(`nothing listens on port ${port}`)
}
