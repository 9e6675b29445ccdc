/** What `chidao check` asks of a queue: to take something and give it back. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { answerWord } from '#src/log/answer-word.ts'
import { openQueues, type QueuePlace } from '#src/queue.ts'
import { testDatabase } from '#test/support/database.ts'
import { freePort, hasRedis, startRedis } from '#test/support/redis.ts'

describe.skipIf(!hasRedis)('Redis', () => {
  it.each([
    ['READONLY', async () => ['replicaof', '127.0.0.1', String(await freePort())]],
    ['OOM', async () => ['config', 'set', 'maxmemory', '1']],
    ['NOPERM', async () => ['acl', 'setuser', 'default', '-evalsha', '-eval']],
    ['NOREPLICAS', async () => ['config', 'set', 'min-replicas-to-write', '1']],
  ])(
    'that answers %s fails it with that word',
    async (word, strike) => {
      await using redis = await startRedis()
      const queues = await openQueues({ kind: 'redis', url: redis.url }, 'kho')
      await queues.probe()
      await promisify(execFile)('redis-cli', ['-p', String(redis.port), ...(await strike())])
      expect(answerWord(await queues.probe().catch((error) => error))).toBe(word)
      await queues.close()
    },
    60_000,
  )
})

it.each([
  ['is read-only', 'alter database current set default_transaction_read_only = on', '25006'],
  ['lacks a table', 'alter table queue.job rename to gone', '42P01'],
  ['lacks a function', 'drop function queue.add_job cascade', '42883'],
])(
  'Postgres that %s fails it with that code',
  async (_what, strike, code) => {
    await using database = await testDatabase()
    const place = { kind: 'postgres', url: database.url } as const
    const queues = await openQueues(place, 'kho')
    await queues.probe()
    await queues.close()
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const { rows } = await client.query('select quote_ident(current_database()) as name')
    await client.query(strike.replace('database current', `database ${rows[0].name}`))
    await client.end()
    const probed = await probeOf(place)
    expect(probed).toMatchObject({ code })
  },
  60_000,
)

/** What its probe throws, or what keeps it from being opened. */
async function probeOf(place: QueuePlace): Promise<unknown> {
  try {
    const queues = await openQueues(place, 'kho')
    try {
      await queues.probe()
    } finally {
      await queues.close()
    }
    return null
  } catch (error) {
    return error
  }
}
