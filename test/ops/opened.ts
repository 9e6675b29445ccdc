import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { inject } from 'vitest'
import { type Access, csrfToken } from '#src/ops/access.ts'
import { type Ops, startOps } from '#src/ops/ops.ts'
import type { OpsSettings } from '#src/ops/settings.ts'
import { type LaneQueues, openQueues, type QueuePlace } from '#src/queue.ts'
import { sealPassword } from '#src/store/password.ts'
import type { Store } from '#src/store/store.ts'
import { leakDirectory, startLoudRedis } from '#test/leaks/servers.ts'
import { type TestApp, testApp } from '#test/support/app.ts'

export const password = 'một câu dài dễ nhớ của bài thử'
export const token = 'token-of-the-scraper'

export const opsSettings: OpsSettings = {
  host: '127.0.0.1',
  port: 0,
  token,
  role: 'all',
  https: false,
  proxies: [],
  sessions: { idleMs: 600_000, longestMs: 3_600_000 },
  lockOut: { failures: 5, forMs: 600_000 },
  directory: null,
}

export interface Opened extends AsyncDisposable {
  readonly t: TestApp
  readonly queues: LaneQueues
  readonly ops: Ops
  /** Every route there is, as Fastify was told, with two of the test's own. */
  readonly routes: readonly { method: string; url: string; access: Access }[]
  /** As a browser that shows a page would ask, where `as` is a person. */
  get(path: string, as?: Visitor, method?: string): Promise<Response>
  /** A form with its token, which is left out where it is null. */
  post(path: string, as: Visitor, fields?: Record<string, string>): Promise<Response>
  headersOf(as: Visitor): Record<string, string>
}

export type Visitor = 'anonymous' | 'viewer' | 'administrator' | 'scraper' | 'guesser'

let sealed: Promise<string> | null = null

/** Two accounts, `xem` and `quan-tri`, both with `password`. */
export async function addAccounts({ accounts }: Store): Promise<void> {
  sealed ??= sealPassword(password)
  const act = { actor: 'bài thử', reason: null, at: new Date() }
  const given = { password: await sealed }
  await accounts.add({ name: 'xem', shownName: 'Người xem', role: 'viewer', ...given }, act)
  await accounts.add(
    { name: 'quan-tri', shownName: 'Quản trị', role: 'administrator', ...given },
    act,
  )
}

/** The server over a store and a queue of the test's own; nobody works. */
export async function openedOps(
  settings: Partial<OpsSettings> & { accounts?: false } = {},
  place?: QueuePlace,
): Promise<Opened> {
  const t = await testApp([])
  const queues = await openQueues(
    place ?? { kind: 'postgres', url: t.url },
    await t.app.store.life.identity(),
  )
  const registered: { method: string; route: RouteOptions }[] = []
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route: RouteOptions) => {
      for (const method of [route.method].flat()) registered.push({ method, route })
    })
    addOwnRoutes(fastify)
  }
  const { accounts, ...others } = settings
  subscribe('fastify.initialization', watch)
  const ops = await startOps(t.app, queues, { ...opsSettings, ...others })
  unsubscribe('fastify.initialization', watch)
  const sessions = { viewer: '', administrator: '', guesser: 'x'.repeat(43) }
  if (accounts !== false) {
    await addAccounts(t.app.store)
    const expiry = settings.sessions ?? opsSettings.sessions
    sessions.viewer = await t.app.store.sessions.begin('xem', expiry)
    sessions.administrator = await t.app.store.sessions.begin('quan-tri', expiry)
  }
  const headersOf = (as: Visitor): Record<string, string> => {
    if (as === 'anonymous') return {}
    if (as === 'scraper') return { authorization: `Bearer ${token}` }
    return { cookie: `chidao=${sessions[as]}` }
  }
  return {
    t,
    queues,
    ops,
    headersOf,
    get routes() {
      return registered.map(({ method, route }) => ({
        method,
        url: route.url,
        access: route.config!.access!,
      }))
    },
    get: (path, as = 'administrator', method = 'GET') =>
      fetch(ops.address + path, { method, headers: headersOf(as), redirect: 'manual' }),
    async post(path, as, fields = {}) {
      const { csrf, cookie } = await formOf(ops.address, headersOf(as))
      return fetch(ops.address + path, {
        method: 'POST',
        headers: { ...headersOf(as), cookie, accept: 'text/html' },
        body: new URLSearchParams({ _csrf: csrf, ...fields }),
        redirect: 'manual',
      })
    },
    async [Symbol.asyncDispose]() {
      await ops.close()
      await queues.close()
      await t[Symbol.asyncDispose]()
    },
  }
}

/** A form's token with the cookies that belong to it, from the test's own page. */
export async function formOf(address: string, headers: Record<string, string>) {
  const page = await fetch(`${address}/own-page`, { headers })
  const csrf = await page.text()
  const given = page.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!)
  return { csrf, cookie: [headers.cookie, ...given].filter(Boolean).join('; ') }
}

/** A page with a form and an act, whatever pages the server has of its own. */
function addOwnRoutes(server: FastifyInstance): void {
  const { listen } = server
  server.listen = ((...where: Parameters<typeof listen>) => {
    server.get('/own-page', { config: { access: 'open' } }, csrfToken)
    server.post('/own-act', { config: { access: 'administrator' } }, async (request) => ({
      actor: request.viewer?.account,
    }))
    return listen.apply(server, where)
  }) as typeof listen
}

/** An address of the route: lane, job and file filled in. */
export function addressOf(url: string): string {
  return url
    .replace(':queueName', 'urgent')
    .replace(/:jobId|:schedulerId/, '1')
    .replace(':queueStatus', 'failed')
    .replace('/assets/*', '/assets/pages.css')
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
