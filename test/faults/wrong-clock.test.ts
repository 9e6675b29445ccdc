/** The clock of a machine is wrong and is put right: nothing that it wrote meanwhile keeps anything waiting. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { start } from '#test/support/app.ts'
import { testDatabase } from '#test/support/database.ts'
import { fakeTime, hasFakeTime } from '#test/support/fake-time.ts'
import { hasRedis, startRedis } from '#test/support/redis.ts'
import { headReadings, headReadingsUntilTheLast, running } from '#test/support/running.ts'
import { type ServiceProcess, startServiceProcess } from '#test/support/service-process.ts'

type Kind = 'postgres' | 'redis' | 'none'

/** Processes on one store, each with a clock of its own, over a source that issues what it is told to. */
async function fleet(kind: Kind) {
  const directory = await mkdtemp(join(tmpdir(), 'chidao-clock-'))
  const redis = kind === 'redis' ? await startRedis() : null
  const database = await testDatabase('tables')
  const rows: Row[] = [row(1)]
  const register = await openRegister(rows)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const clock = formatClock(acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 }))
  const processes: ServiceProcess[] = []
  const count = async (sql: string) => Number((await client.query(sql)).rows[0].n)

  return {
    client,
    async start() {
      const n = processes.length
      const time = await fakeTime(join(directory, `time-${n}`))
      const service = await startServiceProcess({
        directory: join(directory, `worker-${n}`),
        databaseUrl: database.url,
        keysUrl: database.keysUrl,
        profiles: [profileAt(register.address)],
        clock,
        everySeconds: 1,
        ...(redis ? { queueUrl: redis.url } : kind === 'none' ? { queueUrl: 'none' } : {}),
        env: time.env,
      })
      processes.push(service)
      await expect.poll(() => service.logged('started'), { timeout: 180_000 }).toBe(1)
      return { step: time.step, service }
    },
    /** What is issued now is staged; resolves with the head readings begun for it. */
    async works(): Promise<number> {
      const before = await count(headReadings)
      rows.push(row(rows.length + 1))
      await expect
        .poll(() => count('select count(*) as n from tracking.directives'), { timeout: 90_000 })
        .toBe(rows.length)
      return (await count(headReadingsUntilTheLast)) - before
    },
    mistakes: () => processes.reduce((sum, { logged }) => sum + logged('jobFailed'), 0),
    async [Symbol.asyncDispose]() {
      for (const { child } of processes) child.kill('SIGKILL')
      await Promise.all(processes.map(({ ended }) => ended))
      await client.end()
      await register.close()
      await database[Symbol.asyncDispose]()
      await redis?.[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const steps: readonly (readonly [Kind, string])[] = [
  ['postgres', '+7h'],
  ['redis', '+7h'],
  ['none', '+7h'],
  ['redis', '+2m'],
  ['postgres', '+10d'],
  ['none', '+10d'],
  ['redis', '-7h'],
  ['postgres', '-400d'],
  ['redis', '@2000-01-01 00:00:00'],
  ['postgres', '+30y'],
]

describe.skipIf(!hasFakeTime || !hasRedis)('the clock of a worker', () => {
  it.each(steps)(
    'with its queue in %s, at %s for a while and right again',
    async (kind, wrong) => {
      await using s = await fleet(kind)
      const { step } = await s.start()
      await s.works()
      await step(wrong)
      for (let n = 0; n < 3; n++) await s.works()
      await step('+0')
      // The first may be staged by a reading that was under way.
      for (let n = 0; n < 3; n++) expect(await s.works()).toBeLessThanOrEqual(3)
      expect(s.mistakes()).toBe(0)
    },
    600_000,
  )

  it.each(['postgres', 'redis'] as const)(
    'with its queue in %s, ahead until it is killed, while that of another is right',
    async (kind) => {
      await using s = await fleet(kind)
      const ahead = await s.start()
      await ahead.step('+7h')
      await s.start()
      for (let n = 0; n < 3; n++) await s.works()
      ahead.service.child.kill('SIGKILL')
      await ahead.service.ended
      await s.works()
      for (let n = 0; n < 3; n++) expect(await s.works()).toBeLessThanOrEqual(3)
    },
    600_000,
  )

  it('that steps to and fro', async () => {
    await using s = await fleet('postgres')
    const { step } = await s.start()
    await s.works()
    for (const wrong of ['+1h', '-1h', '+3d', '-3d']) {
      await step(wrong)
      expect(await s.works()).toBeLessThanOrEqual(3)
    }
    expect(s.mistakes()).toBe(0)
  }, 600_000)
})

describe('the clock of the whole machine, the database with it', () => {
  it('was ahead, and left every instant there', async () => {
    await using s = await running((url) => ({ kind: 'postgres', url }), { pollMs: 1000 })
    await s.works()
    const { db } = s.t.app.store
    const read = `select deep_read_at is not null as deep from sync.source`
    await expect.poll(async () => (await db.raw(read)).rows[0].deep, { timeout: 60_000 }).toBe(true)
    // Not beside one that is under way: of these only one lives.
    const abandoned = `insert into sync.pass (source, kind, window_from, window_until, upper_bound, opened_at, state, lease_owner, lease_until)
       select name, 'deep', '2026-03-01', '2026-03-05', '2026-03-14', clock_timestamp(), 'running', gen_random_uuid(), clock_timestamp() + interval '7 hours' from sync.source
       on conflict do nothing`
    await expect
      .poll(async () => (await db.raw(abandoned)).rowCount, { timeout: 60_000, interval: 20 })
      .toBe(1)
    await db.raw(`update sync.source set head_cursor = head_cursor + interval '10 days', deep_read_at = deep_read_at + interval '10 days',
      open_until = clock_timestamp() + interval '7 hours', sends_open_until = clock_timestamp() + interval '7 hours', last_answer_at = clock_timestamp() + interval '7 hours'`)
    await db.raw(
      `update sync.schedule set due_at = clock_timestamp() + interval '7 hours',
         lease_owner = gen_random_uuid(), lease_until = clock_timestamp() + interval '7 hours'`,
    )
    await db.raw(`update sync.ring set unheard_since = clock_timestamp() + interval '7 hours'`)
    for (let n = 0; n < 3; n++) expect(await s.works()).toBeLessThanOrEqual(3)
    await expect
      .poll(
        async () =>
          (
            await db.raw(
              `select head_cursor < '2026-03-06' and open_until is null as back from sync.source`,
            )
          ).rows[0].back,
        { timeout: 20_000 },
      )
      .toBe(true)
  }, 120_000)
})
