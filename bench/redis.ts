/** A Redis of the bench's own, as durable as the product asks for: every second. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

export interface RedisServer extends AsyncDisposable {
  readonly url: string
  empty(): Promise<void>
}

/** Null where no redis-server is installed. */
export async function startRedis(): Promise<RedisServer | null> {
  const directory = await mkdtemp(join(tmpdir(), 'chidao-bench-'))
  const port = await freePort()
  const settings = ['--port', `${port}`, '--dir', directory, '--save', '', '--appendonly', 'yes']
  const child = spawn('redis-server', settings, { stdio: 'ignore' })
  const missing = await Promise.race([
    new Promise<true>((resolve) => child.once('error', () => resolve(true))),
    sleep(500, false),
  ])
  if (missing) return null
  const url = `redis://127.0.0.1:${port}`
  const client = new Redis(url, { maxRetriesPerRequest: null })
  await client.ping()
  return {
    url,
    async empty() {
      await client.flushall()
    },
    async [Symbol.asyncDispose]() {
      client.disconnect()
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
