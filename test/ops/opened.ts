import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { inject } from 'vitest'
import { type Ops, startOps } from '#src/ops/ops.ts'
import type { OpsSettings } from '#src/ops/settings.ts'
import { type LaneQueues, openQueues, type QueuePlace } from '#src/queue.ts'
import { leakDirectory, startLoudRedis } from '#test/leaks/servers.ts'
import { type TestApp, testApp } from '#test/support/app.ts'

export const password = 'mật khẩu của bài thử'
export const token = 'token-of-the-scraper'

export interface Opened extends AsyncDisposable {
  readonly t: TestApp
  readonly queues: LaneQueues
  readonly ops: Ops
  /** Every route there is, as Fastify was told. */
  readonly routes: readonly { method: string; url: string }[]
  get(path: string, as?: Visitor, method?: string): Promise<Response>
}

export type Visitor = 'anonymous' | 'operator' | 'scraper' | 'guesser'

const headersOf: Readonly<Record<Visitor, Record<string, string>>> = {
  anonymous: {},
  operator: { authorization: basic(password) },
  scraper: { authorization: `Bearer ${token}` },
  guesser: { authorization: basic(`${password}?`) },
}

/** The server over a store and a queue of the test's own; nobody works. */
export async function openedOps(
  settings: Partial<OpsSettings> = {},
  place?: QueuePlace,
): Promise<Opened> {
  const t = await testApp([])
  const queues = await openQueues(place ?? { kind: 'postgres', url: t.url })
  const routes: { method: string; url: string }[] = []
  const watch = (message: unknown) =>
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', (route: RouteOptions) => {
      for (const method of [route.method].flat()) routes.push({ method, url: route.url })
    })
  subscribe('fastify.initialization', watch)
  const ops = await startOps(t.app, queues, {
    host: '127.0.0.1',
    port: 0,
    password,
    token,
    role: 'all',
    ...settings,
  })
  unsubscribe('fastify.initialization', watch)
  return {
    t,
    queues,
    ops,
    routes,
    get: (path, as = 'operator', method = 'GET') =>
      fetch(ops.address + path, { method, headers: headersOf[as], redirect: 'manual' }),
    async [Symbol.asyncDispose]() {
      await ops.close()
      await queues.close()
      await t[Symbol.asyncDispose]()
    },
  }
}

/** An address of the route: lane, job and file filled in. */
export function addressOf(url: string): string {
  return url
    .replace(':queueName', 'urgent')
    .replace(/:jobId|:schedulerId/, '1')
    .replace(':queueStatus', 'failed')
    .replace('*', 'js/main.js')
}

export interface QueuePlaces extends AsyncDisposable {
  readonly redis: QueuePlace
}

/** A Redis of the test's own. */
export async function redisPlace(): Promise<QueuePlaces> {
  const directory = leakDirectory()
  const redis = await startLoudRedis(directory.path)
  return {
    redis: { kind: 'redis', url: redis.url },
    async [Symbol.asyncDispose]() {
      await redis[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

export function postgresServer(): URL {
  return new URL(inject('postgresUrl'))
}

function basic(given: string): string {
  return `Basic ${Buffer.from(`chidao:${given}`).toString('base64')}`
}
