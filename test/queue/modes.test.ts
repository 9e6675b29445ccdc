/** One source to its end with a queue in Postgres, in Redis, and with none at all: three times the same store. */
import { expect, it } from 'vitest'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { acceleratedClock } from '#src/domain/clock.ts'
import type { QueuePlace } from '#src/queue.ts'
import { startService } from '#src/service.ts'
import { start, testApp } from '#test/support/app.ts'
import { hasRedis, startRedis } from '#test/support/redis.ts'

const from = '2026-02-16'
const credentials = { systemId: 'sys.ba', secret: 'bi-mat-ba-cach' }

async function storeAfter(place: (postgres: string) => QueuePlace): Promise<unknown> {
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  const register = makeRegister({ seed: 21, from, until: '2026-03-02', perWorkingDay: 4 })
  await using simulator = await startSimulator({
    register,
    clock,
    token: 'x',
    faults: { seed: 21, rates: { serverError: 0.03, dropped: 0.03 } },
    axis: { ...credentials, organId: axisOffices.self.organId, agencies: [] },
  })
  const live = { importFrom: from, liveFrom: from }
  await using t = await testApp(
    [
      simulatedRestProfile({ baseUrl: simulator.url, token: 'x', ...live }),
      simulatedVxpProfile({ baseUrl: simulator.axis!.url, ...credentials, ...live }),
    ],
    { clock, leaseMs: 5000 },
  )
  const { db } = t.app.store
  await using service = await startService(t.app, {
    queue: place(t.url),
    databaseUrl: t.url,
    pollMs: 500,
    sweepMs: 300,
  })
  const open = async () => {
    const { rows } = await db.raw(
      `select (select count(*) from sync.pass where kind in ('backfill', 'deep') and state in ('due', 'running'))
         + (select count(*) from sync.intake where state = 'failed') + (select count(*) from sync.directive_file where state = 'waiting')
         + (select count(*) from sync.outbox where state <> 'delivered')
         + (select count(*) from sync.writing)
         + (select count(*) from sync.source where deep_read_at is null) as open`,
    )
    return rows[0].open
  }
  await expect.poll(open, { timeout: 60_000, interval: 200 }).toBe(0)
  const replied = await db.raw(
    `select id from tracking.directives where source = 'qlvb-tinh' order by code limit 3`,
  )
  for (const [n, { id }] of replied.rows.entries()) {
    const task = [{ description: 'Báo cáo', dueOn: null, lead: { code: 'H50.05', name: 'Sở A' } }]
    const { rows } = await db.raw(`select tracking.classify(?, ?, 'chuyên viên') as id`, [
      id,
      JSON.stringify(task),
    ])
    const content = { outcome: 'completed', completedOn: '2026-03-04', explanation: `xong ${n}` }
    await db.raw(`select tracking.reply(?, ?, 'đơn vị')`, [rows[0].id, JSON.stringify(content)])
  }
  await expect.poll(open, { timeout: 60_000, interval: 200 }).toBe(0)
  await service.stop()
  const { rows: directives } = await db.raw(
    `select d.source, d.source_ref, d.code, d.subject, d.revision, d.deadline_date, d.classified_at is not null as classified,
       (select array_agg(f.name || ' ' || f.sha256 order by f.position) from sync.directive_file f where f.directive_id = d.id) as files,
       (select array_agg(i.state || ' ' || i.business order by i.transport_ref, i.version) from sync.intake i where i.directive_id = d.id) as intake,
       (select array_agg(o.kind || ' ' || coalesce(o.detail ->> 'code', '') || ' ' || o.state order by o.kind, o.detail ->> 'code') from sync.outbox o where o.directive_id = d.id) as outbox
     from sync.directive d order by 1, 2`,
  )
  const { rows: acknowledged } = await db.raw(
    `select count(*) as n from sync.outbox where kind = 'acknowledge'`,
  )
  const { rows: unbalanced } = await db.raw(
    `select from sync.pass_balance where state in ('done', 'open') and not balances`,
  )
  const { rows: totals } = await db.raw(
    `select distinct source, window_from, seen, allowed, not_eligible, undecided from sync.pass where kind = 'deep' and state = 'done' and source = 'qlvb-tinh'`,
  )
  const replies = simulator.replies().length
  return { directives, acknowledged, unbalanced, totals, replies }
}

it.skipIf(!hasRedis)(
  'ends in the same store with a queue in Postgres, in Redis, and with none',
  async () => {
    await using redis = await startRedis()
    const postgres = (await storeAfter((url) => ({ kind: 'postgres', url }))) as {
      directives: unknown[]
      unbalanced: unknown[]
      replies: number
    }
    expect(postgres.directives.length).toBeGreaterThan(40)
    expect(postgres).toMatchObject({ unbalanced: [], replies: 3 })
    expect(await storeAfter(() => ({ kind: 'redis', url: redis.url }))).toEqual(postgres)
    expect(await storeAfter(() => ({ kind: 'none' }))).toEqual(postgres)
  },
  240_000,
)
