import { expect, it } from 'vitest'
import { buildServer } from '#src/ops/server.ts'
import { openQueues } from '#src/queue.ts'
import { openDatabase } from '#src/store/database.ts'
import { openStore } from '#src/store/store.ts'
import { testApp } from '#test/support/app.ts'
import { readMetrics } from './metrics-text.ts'
import { addAccounts, opsSettings, postgresServer, redisPlace, token } from './opened.ts'
import { startRelay } from './relay.ts'

/** A server whose store is reached through a relay, and its queue in a Redis that stays or goes. */
async function behindRelay() {
  const t = await testApp([])
  const relay = await startRelay(postgresServer())
  const places = await redisPlace()
  const keysUrl = t.url.replace(/$/, '_keys')
  const store = openStore(
    openDatabase({ url: relay.urlOf(t.url) }),
    openDatabase({ url: relay.urlOf(keysUrl), poolSize: 2 }),
    { leaseMs: 60_000 },
  )
  const queues = await openQueues(places.redis, 'kho')
  await addAccounts(t.app.store)
  const server = await buildServer({ ...t.app, store }, queues, opsSettings)
  const headers = { authorization: `Bearer ${token}` }
  // Once it knows that there are accounts it does not ask again.
  await server.inject({ url: '/login' })
  let redisIsUp = true
  return {
    t,
    relay,
    async ask(url: string) {
      const { statusCode, body } = await server.inject({ url, headers })
      return { status: statusCode, body }
    },
    async stopRedis() {
      redisIsUp = false
      await places[Symbol.asyncDispose]()
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      if (redisIsUp) await queues.close()
      for (const queue of queues.lanes.values()) void queue.disconnect().catch(() => {})
      await store.close()
      await relay[Symbol.asyncDispose]()
      if (redisIsUp) await places[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
    },
  }
}

it('is ready, is not while Postgres is stopped or hangs, and is again when it is back', async () => {
  await using s = await behindRelay()
  const ready = async () => {
    const { status, body } = await s.ask('/readyz')
    return { status, parts: JSON.parse(body).parts }
  }
  const good = { database: 'ok', keys: 'ok', migrations: 'ok', queue: 'ok' }
  const bad = { database: 'away', keys: 'away', migrations: 'unknown', queue: 'ok' }
  expect(await ready()).toEqual({ status: 200, parts: good })
  await s.relay.stop()
  expect(await ready()).toEqual({ status: 503, parts: bad })
  expect((await s.ask('/healthz')).status).toBe(200)
  await s.relay.start()
  await expect.poll(ready, { timeout: 20_000 }).toEqual({ status: 200, parts: good })
  s.relay.freeze(true)
  expect(await ready()).toEqual({ status: 503, parts: bad })
  expect((await s.ask('/healthz')).status).toBe(200)
  s.relay.freeze(false)
  await expect.poll(ready, { timeout: 20_000 }).toEqual({ status: 200, parts: good })
})

it('is not ready on a schema that is not up to date, and says what to do', async () => {
  await using s = await behindRelay()
  await s.t.app.store.db.raw(
    `delete from public.chidao_migration where id = (select max(id) from public.chidao_migration)`,
  )
  const { status, body } = await s.ask('/readyz')
  expect(status).toBe(503)
  expect(JSON.parse(body)).toMatchObject({
    ready: false,
    parts: { database: 'ok', migrations: 'pending' },
    why: [expect.stringContaining('chidao migrate')],
  })
})

it('stays ready without its queue, which only rings, and names it', async () => {
  await using s = await behindRelay()
  await s.stopRedis()
  const { status, body } = await s.ask('/readyz')
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({ ready: true, parts: { database: 'ok', queue: 'away' } })
  expect(JSON.parse(body).why).toEqual([expect.stringContaining('queue')])
  const samples = readMetrics((await s.ask('/metrics')).body)
  expect(samples.find(({ name }) => name === 'chidao_queue_up')?.value).toBe(0)
  expect(samples.filter(({ name }) => name === 'chidao_queue_jobs')).toEqual([])
})

it('names a queue that answers and carries nothing', async () => {
  await using s = await behindRelay()
  const { store } = s.t.app
  await store.sweepEnded()
  await store.db.raw(`update sync.ring set unheard_since = clock_timestamp() - interval '1 minute'`)
  const { status, body } = await s.ask('/readyz')
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({ ready: true, parts: { queue: 'away' } })
  expect(JSON.parse(body).why).toEqual([expect.stringContaining('carries nothing')])
  const samples = readMetrics((await s.ask('/metrics')).body)
  expect(samples.find(({ name }) => name === 'chidao_queue_up')?.value).toBe(0)
})

it('shows no numbers of yesterday while Postgres is away', async () => {
  await using s = await behindRelay()
  const named = async (prefix: string) =>
    readMetrics((await s.ask('/metrics')).body).filter(({ name }) => name.startsWith(prefix))
  expect((await named('chidao_backlog_rows')).length).toBe(5)
  await s.relay.stop()
  const up = await named('chidao_database_up')
  expect(up.map(({ value }) => value)).toEqual([0])
  for (const of of ['backlog', 'deadline', 'intake', 'outbox', 'gate', 'directives', 'staging'])
    expect(await named(`chidao_${of}`), of).toEqual([])
  expect((await named('process_cpu')).length).toBeGreaterThan(0)
})
