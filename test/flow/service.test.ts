import { afterAll, beforeAll, expect, it } from 'vitest'
import { acceleratedClock } from '#src/domain/clock.ts'
import { startService } from '#src/service.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { start, testApp } from '#test/support/app.ts'

let register: Awaited<ReturnType<typeof openRegister>>

beforeAll(async () => {
  register = await openRegister(
    [1, 2, 3, 4, 5, 6, 7].map((id) =>
      row(id, id === 4 ? { secret_id: 2, secret_name: 'Mật' } : {}),
    ),
  )
})
afterAll(() => register.close())

it('stages what a source issues by itself: schedules, lanes, workers and sweep on the same Postgres', async () => {
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  await using t = await testApp([profileAt(register.address)], { clock })
  const service = await startService(t.app, {
    queue: { kind: 'postgres', url: t.url },
    databaseUrl: t.url,
    pollMs: 200,
    sweepMs: 200,
  })
  await expect
    .poll(async () => (await t.app.store.overview.totals()).staged, { timeout: 20_000 })
    .toBe(6)
  await service.stop()
  const runs = await t.app.store.passes.recent(100)
  expect(runs.filter((run) => run.state === 'done').every((run) => run.balances)).toBe(true)
})

it('goes on polling after its queue was emptied', async () => {
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  await using t = await testApp([profileAt(register.address)], { clock })
  const service = await startService(t.app, {
    queue: { kind: 'postgres', url: t.url },
    databaseUrl: t.url,
    pollMs: 200,
    sweepMs: 200,
  })
  const heads = async () =>
    (await t.app.store.passes.recent(1000)).filter(
      (run) => run.kind === 'head' && run.state === 'done',
    ).length
  await expect.poll(heads, { timeout: 20_000 }).toBeGreaterThan(0)
  const { rows } = await t.app.store.db.raw(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables from pg_tables where schemaname = 'queue' and tablename not like '%migration%'`,
  )
  // The queue at work takes its locks in an order of its own.
  await expect
    .poll(
      () => t.app.store.db.raw(`truncate ${rows[0].tables} cascade`).then(() => 'emptied', told),
      { timeout: 20_000 },
    )
    .toBe('emptied')
  const before = await heads()
  await expect.poll(heads, { timeout: 20_000 }).toBeGreaterThan(before + 2)
  await service.stop()
})

it('stops without waiting for a source that never answers, and hands its reading back', async () => {
  const silent = await openRegister([row(1)])
  silent.state.fault = 'silent'
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  const profile = profileAt(silent.address)
  const patient = { ...profile, limits: { ...profile.limits, answerTimeoutMs: 3_600_000 } }
  await using t = await testApp([patient], { clock, leaseMs: 1000 })
  const service = await startService(t.app, {
    queue: { kind: 'postgres', url: t.url },
    databaseUrl: t.url,
    pollMs: 200,
    sweepMs: 200,
  })
  await expect.poll(() => silent.state.asked.length, { timeout: 20_000 }).toBeGreaterThan(0)
  await service.stop()
  silent.state.fault = null
  const next = await t.another()
  await expect.poll(() => next.store.passes.retakeExpired(), { timeout: 20_000 }).toBeGreaterThan(0)
  await silent.close()
})

function told(error: unknown): string {
  return (error as { code?: string }).code ?? 'unknown'
}
