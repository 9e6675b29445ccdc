/** One way in which work is found, with a queue in Postgres, in Redis and with none; whatever the queue does. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { handsPerLane, type LaneQueues, openQueues, type QueuePlace } from '#src/queue.ts'
import { startWorkers } from '#src/worker.ts'
import { hasRedis, startRedis } from '#test/support/redis.ts'
import { headReadings, type Running, running } from '#test/support/running.ts'

const hourMs = 3_600_000
/** Nothing of this is found by a sweep. */
const noSweep = { pollMs: hourMs, sweepMs: hourMs }
const wait = { timeout: 60_000, interval: 50 }

const kinds = ['postgres', 'redis', 'none'] as const

async function started(kind: (typeof kinds)[number], settings: Parameters<typeof running>[1] = {}) {
  const redis = kind === 'redis' ? await startRedis() : null
  const placeAt = (url: string): QueuePlace =>
    redis
      ? { kind: 'redis', url: redis.url }
      : kind === 'none'
        ? { kind }
        : { kind: 'postgres', url }
  const s = await running(placeAt, settings)
  const { db } = s.t.app.store
  return {
    ...s,
    db,
    place: placeAt(s.t.url),
    count: async (sql: string) => Number((await db.raw(sql)).rows[0].n),
    /** Its turn is over, and the next is not due. */
    async rested(job = 'poll-source') {
      const at = `select count(*) as n from sync.schedule where job = '${job}' and ended_at is not null and lease_until is null and due_at > clock_timestamp()`
      await expect.poll(() => this.count(at), wait).toBe(1)
    },
    async turnsOf(job: string): Promise<number> {
      return this.count(`select sum(lease_epoch) as n from sync.schedule where job = '${job}'`)
    },
    queues: async () => openQueues(placeAt(s.t.url), await s.t.app.store.life.identity()),
    async [Symbol.asyncDispose]() {
      await s[Symbol.asyncDispose]()
      await redis?.[Symbol.asyncDispose]()
    },
  }
}

describe.each(kinds)('with a queue in %s', (kind) => {
  const test = it.skipIf(kind === 'redis' && !hasRedis)
  const withQueue = it.skipIf(kind === 'none' || (kind === 'redis' && !hasRedis))

  test('polls a fresh store at once, and reads what that opens without a sweep', async () => {
    await using s = await started(kind, noSweep)
    await expect.poll(async () => (await s.t.app.store.overview.totals()).staged, wait).toBe(1)
    const finished = `select count(*) as n from sync.pass where kind in ('head', 'deep', 'backfill') and state in ('due', 'running')`
    await expect.poll(() => s.count(finished), wait).toBe(0)
  }, 120_000)

  test('polls at its interval although the sweeps are far apart', async () => {
    await using s = await started(kind, { pollMs: 300, sweepMs: hourMs })
    for (let n = 0; n < 3; n++) await s.works()
  }, 120_000)

  test('carries out a resync that was rung for without a sweep', async () => {
    await using s = await started(kind, noSweep)
    await s.rested()
    const { store, clock } = s.t.app
    const scope = { source: [...s.t.app.sources.keys()][0]!, refs: null, thorough: false }
    const days = { from: '2026-01-05', until: '2026-03-04' }
    const by = { actor: 'lan', reason: 'thử' }
    const id = await store.resyncs.request({ ...scope, ...days }, by, clock.now())
    s.t.app.later.ring('run-resync')
    await expect.poll(async () => (await store.resyncs.one(id))!.state, wait).toBe('done')
  }, 120_000)

  test.each([
    ['in 2062', `'2062-07-01'`],
    ['two hours ahead, because the clock stepped back', `due_at + interval '2 hours'`],
  ])(
    'does a turn that is due %s now',
    async (_what, at) => {
      await using s = await started(kind, { pollMs: hourMs })
      await s.rested()
      const before = await s.turnsOf('poll-source')
      await s.db.raw(
        `update sync.schedule set due_at = ${at}, lease_owner = gen_random_uuid(),
         lease_until = clock_timestamp() + interval '2 hours' where job = 'poll-source'`,
      )
      await expect.poll(() => s.turnsOf('poll-source'), wait).toBe(before + 1)
      await s.rested()
    },
    120_000,
  )

  test('does the turns that were missed once', async () => {
    await using s = await started(kind, { pollMs: hourMs })
    await s.rested()
    const before = await s.turnsOf('poll-source')
    await s.db.raw(`update sync.schedule set due_at = due_at - interval '40 days'`)
    await s.rested()
    for (let n = 0; n < 3; n++) await swept(s)
    expect(await s.turnsOf('poll-source')).toBe(before + 1)
  }, 120_000)

  test('does no turn twice, however many processes there are', async () => {
    await using s = await started(kind, { pollMs: hourMs })
    const others = [await s.another(), await s.another()]
    await s.rested('tidy-files')
    let tidied = 0
    for (const { files } of [s.t.app, ...others.map(({ app }) => app)]) {
      const { removeOrphans } = files
      Object.assign(files, {
        removeOrphans: (...given: Parameters<typeof removeOrphans>) => {
          tidied++
          return removeOrphans(...given)
        },
      })
    }
    for (let n = 1; n <= 5; n++) {
      await s.db.raw(`update sync.schedule set due_at = clock_timestamp() where job = 'tidy-files'`)
      await s.rested('tidy-files')
      for (let more = 0; more < 3; more++) await swept(s)
      expect(tidied).toBe(n)
    }
  }, 120_000)

  test('does a turn, a reading and a row whose process is gone when their leases are over', async () => {
    await using s = await started(kind, { pollMs: hourMs })
    await s.rested()
    const before = await s.turnsOf('poll-source')
    const gone = randomUUID()
    await s.db.raw(
      `update sync.schedule set due_at = clock_timestamp() - interval '1 second', lease_owner = :gone,
         lease_until = clock_timestamp() + interval '1 second' where job = 'poll-source'`,
      { gone },
    )
    await expect.poll(() => s.turnsOf('poll-source'), wait).toBe(before + 1)
    await s.rested()
    const readings = await s.count(headReadings)
    await s.db.raw(
      `insert into sync.pass (source, kind, window_from, window_until, upper_bound, opened_at, state, lease_owner, lease_until)
       select name, 'resync', '2026-03-01', '2026-03-05', now(), now(), 'running', :gone, clock_timestamp() + interval '1 second' from sync.source`,
      { gone },
    )
    const ended = `select count(*) as n from sync.pass where kind = 'resync' and state = 'done'`
    await expect.poll(() => s.count(ended), wait).toBe(1)
    expect(await s.count(headReadings)).toBe(readings)
  }, 120_000)

  test('reads what is newest first, behind a thousand windows of the history', async () => {
    await using s = await started(kind, { pollMs: hourMs })
    await s.rested()
    const open = `select count(*) as n from sync.pass where state in ('due', 'running')`
    await expect.poll(() => s.count(open), wait).toBe(0)
    s.register.state.delayMs = 100
    await s.db.raw(
      `insert into sync.pass (source, kind, window_from, window_until, upper_bound, opened_at)
       select name, 'backfill', date '2000-01-01' + n, date '2000-01-01' + n, now(), now() from sync.source, generate_series(1, 1000) n`,
    )
    const done = `select count(*) as n from sync.pass where window_until < '2010-01-01' and state = 'done'`
    await expect.poll(() => s.count(done), wait).toBeGreaterThan(0)
    const before = await s.count(done)
    s.issue()
    await s.db.raw(`update sync.schedule set due_at = clock_timestamp() where job = 'poll-source'`)
    await expect.poll(async () => (await s.t.app.store.overview.totals()).staged, wait).toBe(2)
    expect((await s.count(done)) - before).toBeLessThan(200)
    // Of one lane as well: what was opened last is of the newest days.
    const deep = `insert into sync.pass (source, kind, window_from, window_until, upper_bound, opened_at) select name, 'deep', '2026-01-01', '2026-03-05', now(), now() from sync.source`
    await s.db.raw(deep)
    await expect
      .poll(
        () => s.count(`select count(*) as n from sync.pass where kind = 'deep' and state = 'due'`),
        wait,
      )
      .toBe(0)
    expect((await s.count(done)) - before).toBeLessThan(400)
    s.register.state.delayMs = 0
  }, 120_000)

  test('has no more hands in a lane than the lane has, whoever rings and sweeps', async () => {
    await using s = await started(kind, { pollMs: hourMs, sweepMs: 50 })
    await s.rested()
    s.register.state.delayMs = 50
    await s.db.raw(
      `insert into sync.pass (source, kind, window_from, window_until, upper_bound, opened_at)
       select name, 'backfill', date '2000-01-01' + n, date '2000-01-01' + n, now(), now() from sync.source, generate_series(1, 40) n`,
    )
    const underWay = `select count(*) as n from sync.pass where state = 'running' and kind in ('backfill', 'deep')`
    const left = `select count(*) as n from sync.pass where state in ('due', 'running')`
    const seen = new Set<number>()
    while ((await s.count(left)) > 0) {
      s.t.app.later.ring('take-window')
      seen.add(await s.count(underWay))
    }
    expect(Math.max(...seen)).toBe(handsPerLane.normal)
  }, 120_000)

  test('gets schedules back that are gone, as behind a backup', async () => {
    await using s = await started(kind)
    await s.works()
    await s.db.raw(`delete from sync.schedule`)
    for (let n = 0; n < 3; n++) await s.works()
  }, 120_000)

  test('leaves alone, and is not kept busy by, a schedule that it does not know', async () => {
    await using s = await started(kind, { pollMs: hourMs })
    await s.rested()
    await s.db.raw(
      `insert into sync.schedule (job, source, every_ms) values ('of-a-later-version', '', 1)`,
    )
    let looks = 0
    const { store } = s.t.app
    const { look } = store
    Object.assign(store, {
      look: (...given: Parameters<typeof look>) => {
        looks++
        return look(...given)
      },
    })
    for (let n = 0; n < 5; n++) await swept(s)
    expect(looks).toBeLessThan(40)
    expect(await s.turnsOf('of-a-later-version')).toBe(0)
  }, 120_000)

  test('goes on with everything else while one table is locked', async () => {
    await using s = await started(kind)
    await s.works()
    const client = new pg.Client({ connectionString: s.t.url })
    await client.connect()
    await client.query('begin')
    await client.query('lock table sync.writing, sync.sweep in access exclusive mode')
    for (let n = 0; n < 2; n++) await s.works()
    await client.query('rollback')
    await client.end()
    await s.works()
  }, 120_000)

  test('lets a turn that always fails wait for its next', async () => {
    await using s = await started(kind, { pollMs: hourMs })
    await s.rested('seal-history')
    let sealed = 0
    Object.assign(s.t.app.store.sealing, {
      seal: async () => {
        sealed++
        throw new Error('of the test')
      },
    })
    const before = await s.turnsOf('seal-history')
    await s.db.raw(
      `update sync.schedule set due_at = clock_timestamp(), phase = 0.5, every_ms = 86400000 where job = 'seal-history'`,
    )
    await expect.poll(() => sealed, wait).toBe(1)
    await s.rested('seal-history')
    for (let n = 0; n < 3; n++) await swept(s)
    expect(sealed).toBe(1)
    expect(await s.turnsOf('seal-history')).toBe(before + 1)
    expect(s.t.logged.filter((line) => line.includes('jobFailed'))).toHaveLength(1)
  }, 120_000)

  withQueue(
    'goes on behind a queue that answers and does no work, and says so',
    async () => {
      await using s = await started(kind)
      await s.works()
      const queues = await s.queues()
      for (const queue of queues.lanes.values()) await queue.pause()
      await settled(queues)
      for (let n = 0; n < 3; n++) expect(await s.works()).toBeLessThanOrEqual(3)
      const { rings } = s.t.app.store
      await s.db.raw(`update sync.ring set unheard_since = unheard_since - interval '1 minute'`)
      expect(await rings.silentMs()).not.toBeNull()
      await expect
        .poll(
          () => s.t.logged.some((line) => line.includes('queueTrouble') && line.includes('silent')),
          wait,
        )
        .toBe(true)
      for (const queue of queues.lanes.values()) {
        expect((await queue.getRanges(['waiting'], 0, -1)).length).toBeLessThanOrEqual(3)
        await queue.resume()
      }
      await expect.poll(() => rings.silentMs(), wait).toBeNull()
      await s.works()
      await queues.close()
    },
    120_000,
  )

  withQueue(
    'goes on behind a queue whose workers take rings and hang',
    async () => {
      await using s = await started(kind)
      await s.works()
      const id = await s.t.app.store.life.identity()
      const hanging = { wake() {}, heed: () => new Promise<null>(() => {}), close: async () => {} }
      const workers = []
      for (let n = 0; n < 3; n++) workers.push(await startWorkers(s.t.app, s.place, id, hanging))
      for (let n = 0; n < 5; n++) expect(await s.works()).toBeLessThanOrEqual(3)
      for (const one of workers) await one.close(0)
    },
    120_000,
  )

  withQueue(
    'leaves on the boards what was done, how it ended and how long it took, and no more of it than is read',
    async () => {
      await using s = await started(kind, { pollMs: 100 })
      const queues = await s.queues()
      const urgent = queues.lanes.get('urgent')!
      await expect
        .poll(() => urgent.getCompletedCount(), { ...wait, timeout: 100_000 })
        .toBeGreaterThan(50)
      const ended = await urgent.getCompleted()
      expect(ended.map(({ data }) => data)).toEqual(ended.map(() => ({})))
      expect(ended.map(({ returnvalue }) => returnvalue)).toContainEqual({
        job: 'take-head',
        ended: 'done',
        ms: expect.any(Number),
      })
      const heads = ended.filter(({ returnvalue }) => returnvalue.job === 'take-head')
      expect(heads.length).toBeGreaterThan(ended.length / 2)
      for (const queue of queues.lanes.values()) expect(await queue.getJobSchedulers()).toEqual([])
      await queues.close()
    },
    120_000,
  )
})

/** One more sweep has come to its end. */
async function swept({ t }: Pick<Running, 't'>): Promise<void> {
  const { db } = t.app.store
  const last = async () =>
    Number((await db.raw(`select ended_at as at from sync.sweep`)).rows[0].at)
  const before = await last()
  await expect.poll(last, wait).toBeGreaterThan(before)
}

/** Nobody is at a ring any more. */
async function settled({ lanes }: LaneQueues): Promise<void> {
  for (const queue of lanes.values()) await expect.poll(() => queue.getActiveCount(), wait).toBe(0)
}
