import { type ChildProcess, spawn } from 'node:child_process'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { acceleratedClock } from '#src/domain/clock.ts'
import { startService } from '#src/service.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { start, testApp } from '#test/support/app.ts'

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as net.AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

async function redisOn(port: number): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  )
  for (;;) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (up) return child
    await sleep(50)
  }
}

it('stops within ten seconds although its Redis is gone', async () => {
  const register = await openRegister([row(1)])
  const port = await freePort()
  const redis = await redisOn(port)
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  await using t = await testApp([profileAt(register.address)], { clock })
  const service = await startService(t.app, {
    queue: { kind: 'redis', url: `redis://127.0.0.1:${port}` },
    databaseUrl: t.url,
    pollMs: 200,
    sweepMs: 200,
  })
  await expect
    .poll(async () => (await t.app.store.overview.totals()).staged, { timeout: 20_000 })
    .toBe(1)
  redis.kill('SIGKILL')
  await sleep(1500)
  const ended = await Promise.race([
    service.stop().then(() => 'stopped'),
    sleep(12_000).then(() => 'still stopping'),
  ])
  const again = await redisOn(port)
  await sleep(500)
  again.kill('SIGKILL')
  await register.close()
  expect(ended).toBe('stopped')
})

it('goes on after every connection to Postgres was ended, again and again', async () => {
  const rows = Array.from({ length: 30 }, (_, n) => row(n + 1))
  const register = await openRegister(rows)
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  await using t = await testApp([profileAt(register.address)], { clock, leaseMs: 2000 })
  const service = await startService(t.app, {
    queue: { kind: 'postgres', url: t.url },
    databaseUrl: t.url,
    pollMs: 200,
    sweepMs: 200,
  })
  const killer = new pg.Client({ connectionString: t.url })
  await killer.connect()
  for (let n = 0; n < 8; n++) {
    await sleep(300)
    await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
  }
  await killer.end()
  await expect
    .poll(async () => (await t.app.store.overview.totals()).staged, { timeout: 40_000 })
    .toBe(30)
  rows.push(row(31))
  await expect
    .poll(async () => (await t.app.store.overview.totals()).staged, { timeout: 40_000 })
    .toBe(31)
  await service.stop()
  await register.close()
})

it('rings for what was written while the bell was cut off', async () => {
  const register = await openRegister([row(1)])
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  await using t = await testApp([profileAt(register.address)], { clock, leaseMs: 2000 })
  const service = await startService(t.app, {
    queue: { kind: 'postgres', url: t.url },
    databaseUrl: t.url,
    pollMs: 200,
    sweepMs: 600_000,
  })
  await expect
    .poll(async () => (await t.app.store.overview.totals()).staged, { timeout: 20_000 })
    .toBe(1)
  const killer = new pg.Client({ connectionString: t.url })
  await killer.connect()
  for (let n = 0; n < 5; n++) {
    await killer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'chidao-bell'`,
    )
    await sleep(1300)
  }
  const { rows } = await killer.query(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'chidao-bell'`,
  )
  await killer.end()
  await service.stop()
  await register.close()
  expect(rows).toEqual([{ n: 1 }])
})
