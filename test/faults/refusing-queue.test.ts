/** A queue that answers and refuses, or takes rings and carries none: readings go on, and the log stays short. */
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { freePort, hasRedis, startRedis, type TestRedis } from '#test/support/redis.ts'
import { type Running, running } from '#test/support/running.ts'

const pollMs = 1000
const mostLinesAMinute = 20

/** How often each event was logged at warn or above since `from`, and what named the trouble of the queue. */
function troubles(s: Running, from: number) {
  const lines = s.t.logged
    .slice(from)
    .map(
      (line) =>
        JSON.parse(line) as { level: string; event: string; failure?: string; error?: string },
    )
    .filter(({ level }) => level !== 'info')
  const ofQueue = lines.filter(({ event }) => event === 'queueTrouble')
  return { lines, words: new Set(ofQueue.map(({ failure, error }) => failure ?? error)) }
}

/**
 * Documents that are issued while the queue is so are staged by the next readings, and so they are afterwards. Where the
 * trouble has a word of its own, the log says it before the end.
 */
async function worksWhile(
  s: Running,
  strike: () => Promise<unknown>,
  end: () => Promise<unknown>,
  word?: string,
) {
  await s.works()
  const from = s.t.logged.length
  const began = performance.now()
  await strike()
  // The first may be staged by a reading that was under way.
  for (let n = 0; n < 3; n++) expect(await s.works()).toBeLessThanOrEqual(3)
  const minutes = Math.ceil((performance.now() - began) / 60_000)
  if (word !== undefined)
    await expect.poll(() => [...troubles(s, from).words], { timeout: 30_000 }).toContain(word)
  const { lines } = troubles(s, from)
  expect(lines.length, JSON.stringify(lines)).toBeLessThanOrEqual(mostLinesAMinute * minutes)
  await end()
  await s.works()
}

describe.skipIf(!hasRedis)('Redis', () => {
  const cliOf =
    (redis: TestRedis) =>
    (...args: string[]) =>
      promisify(execFile)('redis-cli', ['-p', String(redis.port), ...args])

  type Cli = ReturnType<typeof cliOf>
  const faults: readonly (readonly [
    word: string,
    strike: (cli: Cli, redis: TestRedis) => Promise<unknown>,
    end: (cli: Cli) => Promise<unknown>,
  ])[] = [
    [
      'READONLY',
      async (cli) => cli('replicaof', '127.0.0.1', String(await freePort())),
      (cli) => cli('replicaof', 'no', 'one'),
    ],
    [
      'OOM',
      (cli) => cli('config', 'set', 'maxmemory', '1'),
      (cli) => cli('config', 'set', 'maxmemory', '0'),
    ],
    [
      'MISCONF',
      async (cli, redis) => {
        await rm(redis.directory, { recursive: true })
        await cli('config', 'set', 'save', '1 1')
        await expect
          .poll(async () => (await cli('set', 'x', '1')).stdout, { timeout: 20_000 })
          .toContain('MISCONF')
      },
      (cli) => cli('config', 'set', 'save', ''),
    ],
    [
      'NOPERM',
      (cli) => cli('acl', 'setuser', 'default', '-@write'),
      (cli) => cli('acl', 'setuser', 'default', '+@all'),
    ],
    [
      'NOPERM',
      (cli) => cli('acl', 'setuser', 'default', '-eval', '-evalsha'),
      (cli) => cli('acl', 'setuser', 'default', '+@all'),
    ],
    [
      'NOREPLICAS',
      (cli) => cli('config', 'set', 'min-replicas-to-write', '1'),
      (cli) => cli('config', 'set', 'min-replicas-to-write', '0'),
    ],
    [
      'WRONGTYPE',
      async (cli) => {
        const { stdout } = await cli('keys', '*')
        const [prefix] = /^\{chidao-.*?\}/m.exec(stdout)!
        await cli('flushall')
        for (const lane of ['urgent', 'upkeep'])
          for (const key of ['wait', 'meta', 'delayed', 'repeat', 'active'])
            await cli('set', `${prefix}:${lane}:${key}`, 'x')
      },
      (cli) => cli('flushall'),
    ],
    [
      'NOAUTH',
      async (cli) => {
        await cli('config', 'set', 'requirepass', 'x')
        await cli('-a', 'x', 'client', 'kill', 'type', 'normal')
      },
      (cli) => cli('-a', 'x', 'config', 'set', 'requirepass', ''),
    ],
  ]

  it.each(faults)(
    'that answers %s',
    async (word, strike, end) => {
      await using redis = await startRedis()
      await using s = await running({ kind: 'redis', url: redis.url }, { pollMs })
      const cli = cliOf(redis)
      await worksWhile(
        s,
        () => strike(cli, redis),
        () => end(cli),
        word,
      )
    },
    120_000,
  )

  it('whose cluster is down', async () => {
    await using redis = await startRedis([
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
    ])
    const cli = cliOf(redis)
    await cli('cluster', 'addslotsrange', '0', '16383')
    await expect
      .poll(async () => (await cli('cluster', 'info')).stdout, { timeout: 15_000 })
      .toContain('cluster_state:ok')
    const url = `redis-cluster://127.0.0.1:${redis.port}`
    await using s = await running({ kind: 'redis', url }, { pollMs })
    await worksWhile(
      s,
      () => cli('cluster', 'delslotsrange', '0', '16383'),
      () => cli('cluster', 'addslotsrange', '0', '16383'),
    )
  }, 120_000)

  it('that is silent', async () => {
    await using redis = await startRedis()
    await using s = await running({ kind: 'redis', url: redis.url }, { pollMs })
    await worksWhile(
      s,
      async () => redis.signal('SIGSTOP'),
      async () => redis.signal('SIGCONT'),
      'silent',
    )
  }, 120_000)

  it('keeps no core busy while it refuses', async () => {
    await using redis = await startRedis()
    await using s = await running({ kind: 'redis', url: redis.url }, { pollMs })
    await s.works()
    const cli = cliOf(redis)
    const scripts = async () => {
      const { stdout } = await cli('info', 'commandstats')
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stdout)![1])
    }
    await cli('config', 'set', 'maxmemory', '1')
    const before = await scripts()
    const began = performance.now()
    for (let n = 0; n < 3; n++) await s.works()
    const seconds = (performance.now() - began) / 1000
    // Thousands a second where nobody rests.
    expect(((await scripts()) - before) / seconds).toBeLessThan(200)
  }, 120_000)
})

/** Whoever works with the tables meanwhile takes them in another order. */
async function untilNoDeadlock(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work()
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error
    }
  }
}

describe('Postgres', () => {
  const faults: readonly (readonly [
    what: string,
    strike: (client: pg.Client) => Promise<unknown>,
    end: (client: pg.Client) => Promise<unknown>,
  ])[] = [
    [
      'without its schema',
      (c) => untilNoDeadlock(() => c.query('drop schema queue cascade')),
      async () => {},
    ],
    [
      'whose tables are locked',
      (c) =>
        untilNoDeadlock(async () => {
          await c.query('rollback')
          await c.query('begin')
          await c.query(
            'lock table queue.job, queue.meta, queue.scheduler in access exclusive mode',
          )
        }),
      (c) => c.query('rollback'),
    ],
    [
      'without one of its functions',
      (c) => c.query('alter function queue.move_to_active rename to gone'),
      (c) => c.query('alter function queue.gone rename to move_to_active'),
    ],
    [
      'without one of its tables',
      (c) => c.query('alter table queue.scheduler rename to gone'),
      (c) => c.query('alter table queue.gone rename to scheduler'),
    ],
    [
      'emptied',
      (c) =>
        untilNoDeadlock(() => c.query('truncate queue.job, queue.scheduler, queue.meta cascade')),
      async () => {},
    ],
  ]

  it.each(faults)(
    '%s',
    async (_what, strike, end) => {
      await using s = await running((url) => ({ kind: 'postgres', url }), { pollMs })
      const client = new pg.Client({ connectionString: s.t.url })
      await client.connect()
      try {
        await worksWhile(
          s,
          () => strike(client),
          () => end(client),
        )
      } finally {
        await client.end()
      }
    },
    120_000,
  )
})
