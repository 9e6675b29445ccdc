import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { openQueues, type QueuePlace } from '#src/queue.ts'
import { chidao } from '#test/cli/executable.ts'
import { hasRedis, startRedis } from '#test/support/redis.ts'
import { running } from '#test/support/running.ts'
import { testStore } from '#test/support/store.ts'

describe.skipIf(!hasRedis)('two stores on one Redis', () => {
  it('work side by side, and neither takes what was rung for the other', async () => {
    await using redis = await startRedis()
    const place = { kind: 'redis', url: redis.url } as const
    await using one = await running(place)
    await using other = await running(place)
    // The stores of tests are copies of one.
    expect(await identityOf(other)).toBe(await identityOf(one))
    await other.service.stop()
    await other.t.app.store.life.adopt({ actor: 'bài thử', reason: 'kho riêng' }, new Date())
    await using third = await running(place)
    await third.service.stop()
    await third.t.app.store.life.adopt({ actor: 'bài thử', reason: 'kho riêng' }, new Date())
    const ids = [await identityOf(one), await identityOf(other), await identityOf(third)]
    expect(new Set(ids).size).toBe(3)

    const queues = await Promise.all(ids.map((id) => openQueues(place, id)))
    await queues[1]!.ring('fetch-files')
    const waiting = async (at: number) => queues[at]!.lanes.get('large')!.getWaitingCount()
    expect([await waiting(1), await waiting(2)]).toEqual([1, 0])
    await one.works()
    expect([await waiting(1), await waiting(2)]).toEqual([1, 0])
    expect(one.t.logged.filter((line) => line.includes('jobFailed'))).toEqual([])

    const client = new Redis(redis.port, '127.0.0.1')
    const keys = await client.keys('*')
    client.disconnect()
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.filter((key) => !ids.some((id) => key.includes(id)))).toEqual([])
    for (const each of queues) await each.close()
  }, 120_000)
})

it('two stores on one Postgres have a queue each', async () => {
  await using one = await running((url) => ({ kind: 'postgres', url }))
  await using other = await testStore()
  const place: QueuePlace = { kind: 'postgres', url: other.url }
  const queues = await openQueues(place, await other.store.life.identity())
  await queues.ring('fetch-files')
  await one.works()
  expect(await queues.lanes.get('large')!.getWaitingCount()).toBe(1)
  expect(one.t.logged.filter((line) => line.includes('jobFailed'))).toEqual([])
  await queues.close()
}, 120_000)

describe('chidao store adopt', () => {
  it('gives the store another id, once more each time, and writes history', async () => {
    await using s = await testStore()
    const env = { DATABASE_URL: s.url, KEYS_DATABASE_URL: `${s.url}_keys` }
    const adopt = (...more: string[]) =>
      chidao(['store', 'adopt', '--reason', 'kho diễn tập', '--as', 'lan', ...more], env)
    const before = await s.store.life.identity()
    const refused = await adopt()
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('add --yes')])
    expect(await s.store.life.identity()).toBe(before)

    const { code, out, err } = await adopt('--yes', '--json')
    expect([code, err]).toEqual([0, ''])
    const after = await s.store.life.identity()
    expect(after).not.toBe(before)
    expect(JSON.parse(out)).toMatchObject({ before, after, actor: 'lan' })
    const again = await adopt('--yes')
    expect(again.out).toContain(after)
    expect(await s.store.life.identity()).not.toBe(after)
    const { rows } = await s.store.db.raw(
      `select actor, detail from sync.history where event = 'storeAdopted' order by at`,
    )
    expect(rows[0]).toEqual({
      actor: 'lan',
      detail: { before, after, reason: 'kho diễn tập' },
    })
    expect(rows).toHaveLength(2)
  })
})

function identityOf({ t }: Awaited<ReturnType<typeof running>>): Promise<string> {
  return t.app.store.life.identity()
}
