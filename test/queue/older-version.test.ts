/** What an older version left in a queue, and what somebody took out of it, with a queue in Postgres and in Redis. */
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type LaneQueues, openQueues, type QueuePlace } from '#src/queue.ts'
import { testDatabase } from '#test/support/database.ts'
import { hasRedis, startRedis } from '#test/support/redis.ts'
import { running } from '#test/support/running.ts'

async function redisOrNone(kind: string) {
  return kind === 'redis' ? startRedis() : null
}

describe.each(['postgres', 'redis'] as const)('a queue in %s', (kind) => {
  const test = it.skipIf(kind === 'redis' && !hasRedis)

  test('loses the schedules, and takes the rings of an older version for rings', async () => {
    await using redis = await redisOrNone(kind)
    const place = (url: string): QueuePlace =>
      redis ? { kind: 'redis', url: redis.url } : { kind: 'postgres', url }
    await using before = await running(place)
    await before.works()
    await before.service.stop()
    const { store } = before.t.app
    const queues = await openQueues(place(before.t.url), await store.life.identity())
    const upkeep = queues.lanes.get('upkeep')!
    await upkeep.upsertJobScheduler('old', { every: 200 }, { name: 'poll-source', data: {} })
    await upkeep.add('take-window', { pass: 'x', kind: 'recheck' })
    await upkeep.add('no-such-job', {})
    expect(await schedulesOf(queues)).toBe(1)

    const { startService } = await import('#src/service.ts')
    await using _after = await startService(before.t.app, {
      queue: place(before.t.url),
      databaseUrl: before.t.url,
      pollMs: 300,
      sweepMs: 200,
    })
    await before.works()
    await expect.poll(() => schedulesOf(queues), { timeout: 20_000 }).toBe(0)
    await expect.poll(() => upkeep.getWaitingCount(), { timeout: 20_000 }).toBe(0)
    expect(before.t.logged.filter((line) => line.includes('jobFailed'))).toEqual([])
    await queues.close()
  }, 120_000)

  test('takes a ring on trial, and keeps nothing of it', async () => {
    await using redis = await redisOrNone(kind)
    await using database = await testDatabase()
    const place: QueuePlace = redis
      ? { kind: 'redis', url: redis.url }
      : { kind: 'postgres', url: database.url }
    const queues = await openQueues(place, 'kho')
    await queues.probe()
    for (const queue of queues.lanes.values())
      expect(await queue.getJobCountByTypes('waiting', 'completed', 'failed')).toBe(0)
    await queues.close()
  }, 60_000)

  test('has one ring of a lane waiting, however many ring', async () => {
    await using redis = await redisOrNone(kind)
    await using database = await testDatabase()
    const place: QueuePlace = redis
      ? { kind: 'redis', url: redis.url }
      : { kind: 'postgres', url: database.url }
    const queues = await openQueues(place, 'kho')
    for (let n = 0; n < 20; n++) await queues.ring('take-head')
    await queues.ring('settle-intake')
    await queues.ring('take-window')
    expect(await queues.lanes.get('urgent')!.getWaitingCount()).toBe(1)
    expect(await queues.lanes.get('normal')!.getWaitingCount()).toBe(1)
    await queues.close()
  }, 60_000)
})

it('makes its schema in Postgres again when it was dropped', async () => {
  await using database = await testDatabase()
  const queues = await openQueues({ kind: 'postgres', url: database.url }, 'kho')
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('drop schema queue cascade')
  await client.end()
  await expect(queues.ring('take-head')).rejects.toThrow()
  await queues.mend()
  await queues.ring('take-head')
  expect(await queues.lanes.get('urgent')!.getWaitingCount()).toBe(1)
  await queues.close()
}, 60_000)

async function schedulesOf({ lanes }: LaneQueues): Promise<number> {
  const found = await Promise.all([...lanes.values()].map((queue) => queue.getJobSchedulers()))
  return found.flat().length
}
