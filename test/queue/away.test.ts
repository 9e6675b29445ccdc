/** Work goes on while the queue is away, and goes on with the queue when that is back, with nobody touching anything. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openQueues } from '#src/queue.ts'
import { freePort, hasRedis, startRedis } from '#test/support/redis.ts'
import { running } from '#test/support/running.ts'

it('works without any queue, and sends what the units answer', async () => {
  await using s = await running({ kind: 'none' })
  await s.works()
  const { db } = s.t.app.store
  const { rows } = await db.raw(`select id from tracking.directives where files_complete limit 1`)
  const task = [{ description: 'Báo cáo', dueOn: null, lead: { code: 'H50.05', name: 'Sở A' } }]
  const { rows: assigned } = await db.raw(`select tracking.classify(?, ?, 'chuyên viên') as id`, [
    rows[0].id,
    JSON.stringify(task),
  ])
  const content = { outcome: 'completed', completedOn: '2026-03-04', explanation: 'xong' }
  await db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [assigned[0].id, JSON.stringify(content)])
  await expect
    .poll(async () => (await s.t.app.store.overview.wayBack()).delivered, { timeout: 20_000 })
    .toBe(1)
})

describe.skipIf(!hasRedis)('with Redis', () => {
  it('works on while it is away, and with it when it is back', async () => {
    await using redis = await startRedis()
    await using s = await running({ kind: 'redis', url: redis.url })
    await s.works()
    await redis.kill()
    await s.works()
    await redis.start()
    await s.works()
    const queues = await openQueues(
      { kind: 'redis', url: redis.url },
      await s.t.app.store.life.identity(),
    )
    await expect
      .poll(() => queues.lanes.get('urgent')!.getCompletedCount(), { timeout: 20_000 })
      .toBeGreaterThan(3)
    await queues.close()
  }, 120_000)

  it('comes back by itself after it was emptied', async () => {
    await using redis = await startRedis()
    await using s = await running({ kind: 'redis', url: redis.url })
    await s.works()
    await redis.empty()
    await s.works()
  }, 60_000)

  it('starts while it is away, works, and takes it into use', async () => {
    await using redis = await startRedis()
    await redis.kill()
    await using s = await running({ kind: 'redis', url: redis.url })
    await s.works()
    await redis.start()
    await s.works()
  }, 60_000)

  it('stops although it never came', async () => {
    const s = await running({ kind: 'redis', url: `redis://127.0.0.1:${await freePort()}` })
    const stopped = s.service.stop().then(() => 'stopped')
    expect(await Promise.race([stopped, sleep(15_000, 'still there')])).toBe('stopped')
    await s[Symbol.asyncDispose]()
  }, 60_000)
})
