/** A schedule that a wrong clock put far ahead is brought back, with a queue in Postgres and in Redis. */
import pg from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { plannedTurns } from '#config/schedule.ts'
import { type LaneQueues, openQueues, type QueuePlace } from '#src/queue.ts'
import { testDatabase } from '#test/support/database.ts'
import { hasRedis, startRedis } from '#test/support/redis.ts'

const everyMs = 60_000
const planned = plannedTurns([{ job: 'poll-source', everyMs, per: 'source' }], ['nguon'])
const hourMs = 3_600_000

afterEach(() => void vi.useRealTimers())

/** Registers what is planned by a process whose clock is off by so much, while that of the database is right. */
async function registeredBy(queues: LaneQueues, aheadMs: number, database = new Date()) {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + aheadMs })
  try {
    await queues.schedule(planned, database)
  } finally {
    vi.useRealTimers()
  }
}

async function nextInMs(queues: LaneQueues): Promise<number | null> {
  const [one] = await queues.lanes.get('upkeep')!.getJobSchedulers()
  return one ? one.next! - Date.now() : null
}

async function places(): Promise<{ place: QueuePlace; url: string } & AsyncDisposable> {
  const database = await testDatabase()
  const { url } = database
  return {
    place: { kind: 'postgres', url },
    url,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

async function redisPlaces(): Promise<{ place: QueuePlace } & AsyncDisposable> {
  const redis = await startRedis()
  return {
    place: { kind: 'redis', url: redis.url },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  }
}

describe.each([
  ['Postgres', places],
  ['Redis', redisPlaces],
] as const)('%s', (name, open) => {
  const test = it.skipIf(name === 'Redis' && !hasRedis)

  test.each([
    ['seven hours', 7 * hourMs],
    ['five minutes', 5 * 60_000],
    ['a year', 365 * 24 * hourMs],
  ])(
    'brings back what was set %s ahead',
    async (_what, aheadMs) => {
      await using p = await open()
      const queues = await openQueues(p.place, 'kho')
      // Process and database were ahead together.
      await registeredBy(queues, aheadMs, new Date(Date.now() + aheadMs))
      expect(await nextInMs(queues)).toBeGreaterThan(aheadMs - everyMs)
      await registeredBy(queues, 0)
      expect(await nextInMs(queues)).toBeLessThanOrEqual(2 * everyMs)
      await queues.close()
    },
    60_000,
  )

  test('is told nothing by a process whose own clock is wrong', async () => {
    await using p = await open()
    const queues = await openQueues(p.place, 'kho')
    await registeredBy(queues, 7 * hourMs)
    expect(await nextInMs(queues)).toBeNull()
    await registeredBy(queues, 0)
    const next = await nextInMs(queues)
    await registeredBy(queues, -7 * hourMs)
    expect(Math.abs((await nextInMs(queues))! - next!)).toBeLessThan(everyMs)
    await queues.close()
  }, 60_000)

  test('keeps a next time that is right', async () => {
    await using p = await open()
    const queues = await openQueues(p.place, 'kho')
    await registeredBy(queues, 0)
    const [before] = await queues.lanes.get('upkeep')!.getJobSchedulers()
    for (let n = 0; n < 5; n++) await registeredBy(queues, 0)
    const [after] = await queues.lanes.get('upkeep')!.getJobSchedulers()
    expect(after!.next).toBe(before!.next)
    await queues.close()
  }, 60_000)

  test('takes a ring on trial, and keeps nothing of it', async () => {
    await using p = await open()
    const queues = await openQueues(p.place, 'kho')
    await queues.probe()
    for (const queue of queues.lanes.values())
      expect(await queue.getJobCountByTypes('waiting', 'completed', 'failed')).toBe(0)
    await queues.close()
  }, 60_000)
})

it('unlocks in Postgres what a dead process held by a clock that was ahead', async () => {
  await using p = await places()
  const queues = await openQueues(p.place, 'kho')
  await queues.ring('send-outbox', {})
  const client = new pg.Client({ connectionString: p.url })
  await client.connect()
  const aheadMs = Date.now() + 7 * hourMs
  await client.query(`update queue.job set state = 'active', locked_until_ms = ${aheadMs}`)
  await client.query(
    `insert into queue.meta (queue, field, value) values ('send', 'stalled-check', '${aheadMs}')
     on conflict (queue, field) do update set value = excluded.value`,
  )
  await queues.schedule(planned, new Date())
  const { rows } = await client.query(
    `select (select locked_until_ms from queue.job where name = 'send-outbox')::float8 as lock, (select value from queue.meta where queue = 'send' and field = 'stalled-check')::float8 as check`,
  )
  await client.end()
  expect(rows[0].lock).toBeLessThanOrEqual(Date.now())
  expect(rows[0].check).toBeLessThanOrEqual(Date.now())
  await queues.close()
}, 60_000)

it('makes its schema in Postgres again when it was dropped', async () => {
  await using p = await places()
  const queues = await openQueues(p.place, 'kho')
  const client = new pg.Client({ connectionString: p.url })
  await client.connect()
  await client.query('drop schema queue cascade')
  await client.end()
  await expect(queues.schedule(planned, new Date())).rejects.toThrow()
  await queues.schedule(planned, new Date())
  expect(await nextInMs(queues)).not.toBeNull()
  await queues.close()
}, 60_000)
