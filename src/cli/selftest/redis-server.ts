/** A Redis of the run's own, which keeps what it is told as an operator's would: an append-only file, synced each second. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { redisAt } from '../../queue/redis.ts'

export interface FaultyRedis extends AsyncDisposable {
  readonly url: string
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** On the same port, with what its append-only file held. */
  startAgain(): Promise<void>
  empty(): Promise<void>
  /** One command, by a client of its own. */
  tell(...words: string[]): Promise<void>
}

export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0
}

export async function startRedis(directory: string): Promise<FaultyRedis> {
  await mkdir(directory, { recursive: true })
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory]
  let child: ChildProcess | null = null
  const redis: FaultyRedis = {
    url,
    async startAgain() {
      child = spawn('redis-server', [...place, '--save', '', '--appendonly', 'yes'], {
        stdio: 'ignore',
      })
      await listening(port)
    },
    async end(signal) {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    },
    empty: () => redis.tell('flushall'),
    async tell(word, ...more) {
      const client = redisAt({ url }, 'work')
      client.on('error', () => {})
      try {
        await client.call(word!, ...more)
      } finally {
        client.disconnect()
      }
    },
    [Symbol.asyncDispose]: () => redis.end('SIGKILL'),
  }
  await redis.startAgain()
  return redis
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number): Promise<void> {
  for (let n = 0; n < 400; n++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (isUp) return
    await sleep(25)
  }
  throw new Error(`redis-server does not listen on port ${port}`)
}
