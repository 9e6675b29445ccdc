/** A Postgres and a Redis that hide nothing: no compression anywhere, every statement logged with its values. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { openEmbeddedPostgres } from '#src/embedded/postgres.ts'

export interface LoudPostgres extends AsyncDisposable {
  readonly data: string
  readonly logFile: string
  urlOf(database: string): string
  /** Everything that is only in its memory goes to its files. */
  flush(): Promise<void>
}

export function startLoudPostgres(directory: string): Promise<LoudPostgres> {
  return startPostgres(directory, {
    wal_keep_size: '4GB',
    log_min_messages: 'info',
    log_min_error_statement: 'info',
    log_error_verbosity: 'verbose',
    log_statement: 'all',
    log_parameter_max_length: '-1',
    log_parameter_max_length_on_error: '-1',
    log_lock_waits: 'on',
    log_min_duration_statement: '0',
  })
}

/** It compresses nothing, and nothing is tidied up by itself: what is gone is gone by what a test did. */
export async function startPostgres(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<LoudPostgres> {
  const server = await openEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    as: 'owner',
    settings: {
      max_connections: '200',
      fsync: 'off',
      autovacuum: 'off',
      wal_compression: 'off',
      ...settings,
    },
  })
  const admin = new pg.Client({ connectionString: server.urlOf('template1') })
  await admin.connect()
  // Every column of every table to come: stored as it is, inline or out of line, never compressed.
  await admin.query(`update pg_type set typstorage = 'e' where typstorage in ('x', 'm')`)
  await admin.end()
  return {
    data: join(directory, 'postgres/data'),
    logFile: join(directory, 'postgres/postgres.log'),
    urlOf: server.urlOf,
    async flush() {
      const client = new pg.Client({ connectionString: server.urlOf('postgres') })
      await client.connect()
      await client.query('select pg_switch_wal()')
      await client.query('checkpoint')
      await client.end()
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

export interface LoudRedis extends AsyncDisposable {
  readonly url: string
  /** Its append-only file and its snapshot. */
  readonly directory: string
  snapshot(): Promise<void>
  /** Every key with its value, as the commands tell it and as it is serialised. */
  contents(): AsyncIterable<[where: string, content: string | Uint8Array]>
  /** What the process has in memory, also of keys that are gone. */
  memory(): AsyncIterable<[where: string, content: Uint8Array]>
}

export async function startLoudRedis(directory: string): Promise<LoudRedis> {
  const home = join(directory, 'redis')
  await mkdir(home, { recursive: true })
  const port = await freePort()
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--save', ''].concat(
      ['--appendonly', 'yes', '--aof-use-rdb-preamble', 'no', '--appendfsync', 'always'],
      ['--auto-aof-rewrite-percentage', '0', '--rdbcompression', 'no', '--loglevel', 'debug'],
      ['--logfile', join(home, 'redis.log')],
    ),
    { stdio: 'ignore' },
  )
  const url = `redis://127.0.0.1:${port}`
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  redis.on('error', () => {})
  await redis.ping()
  return {
    url,
    directory: home,
    snapshot: async () => void (await redis.save()),
    async *contents() {
      for (const key of await redis.keys('*')) {
        yield [`the key ${key}`, key]
        yield [`${key} dumped`, (await redis.dumpBuffer(key)) ?? Buffer.alloc(0)]
        yield [key, JSON.stringify(await contentOf(redis, key))]
      }
    },
    memory: () => memoryOf(child),
    async [Symbol.asyncDispose]() {
      redis.disconnect()
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.call('zrange', key, 0, -1, 'WITHSCORES')
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      return redis.get(key)
  }
}

async function* memoryOf(child: ChildProcess): AsyncGenerator<[string, Uint8Array]> {
  const memory = await open(`/proc/${child.pid}/mem`, 'r')
  try {
    for (const line of readFileSync(`/proc/${child.pid}/maps`, 'utf8').split('\n')) {
      const [, from, until] = /^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 /.exec(line) ?? []
      if (!from || !until) continue
      const start = Number.parseInt(from, 16)
      const bytes = Buffer.alloc(Number.parseInt(until, 16) - start)
      // Pages that were mapped and never given cannot be read.
      const { bytesRead } = await memory
        .read(bytes, 0, bytes.length, start)
        .catch(() => ({ bytesRead: 0 }))
      yield [`memory from ${from}`, bytes.subarray(0, bytesRead)]
    }
  } finally {
    await memory.close()
  }
}

/** Where the account of the embedded Postgres gets to. */
export function leakDirectory(): AsyncDisposable & { readonly path: string } {
  const base = process.getuid?.() === 0 ? '/var/tmp' : (process.env.TMPDIR ?? '/tmp')
  const path = mkdtempSync(join(base, 'chidao-leaks-'))
  chmodSync(path, 0o711)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

export async function contentOfProcess(pid: number): Promise<[string, Buffer][]> {
  const parts = ['cmdline', 'environ', 'comm']
  return Promise.all(
    parts.map(async (part): Promise<[string, Buffer]> => {
      // A build that leaks may have died of it.
      const content = readFile(`/proc/${pid}/${part}`).catch(() => Buffer.alloc(0))
      return [part, await content]
    }),
  )
}
