/** A whole service over both faces of the simulator, and everything it shows to anybody: by route, alert and trace. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { makeRegister, type Register } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { startService } from '#src/service.ts'
import { openTracing } from '#src/tracing/tracing.ts'
import { openMailServer, openReceiver, quiet, secret, textOf } from '#test/alerts/receivers.ts'
import { addAccounts, opsSettings } from '#test/ops/opened.ts'
import { testApp } from '#test/support/app.ts'
import { openCollector } from '#test/tracing/collector.ts'
import { wait } from './run.ts'

const since = { importFrom: '2026-03-02', liveFrom: '2026-03-02' }
const end = new Date('2026-03-20T09:00:00+07:00')
/** Of each kind of thing that has a page of its own. */
const most = 6

export const visitors = ['anonymous', 'viewer', 'administrator'] as const
export type Visitor = (typeof visitors)[number]

export interface Answer {
  readonly path: string
  readonly status: number
  /** Its headers as well: they, too, are shown. */
  readonly said: string
}

export interface Shown {
  readonly register: Register
  readonly paged: ReturnType<typeof simulatedRestProfile>
  readonly answers: Readonly<Record<Visitor, readonly Answer[]>>
  readonly routes: readonly string[]
  readonly alerts: readonly string[]
  readonly traces: string
  readonly admitted: readonly { readonly subject: string; readonly code: string }[]
}

export async function showEverything(seed: string): Promise<Shown> {
  const clock = manualClock(end)
  const register = makeRegister({
    seed,
    from: since.importFrom,
    until: '2026-03-19',
    perWorkingDay: 6,
    secretShare: 0.5,
  })
  await using simulator = await startSimulator({
    register,
    clock,
    token: 'token-of-the-source',
    faults: { seed, rates: { serverError: 0.02, detailError: 0.05 }, atMost: 1 },
    axis: {
      systemId: 'sys.shown.01',
      secret: 'secret-of-the-axis',
      organId: axisOffices.self.organId,
    },
  })
  const paged = simulatedRestProfile({
    baseUrl: simulator.url,
    token: 'token-of-the-source',
    ...since,
  })
  const axis = simulatedVxpProfile({
    baseUrl: simulator.axis!.url,
    systemId: 'sys.shown.01',
    secret: 'secret-of-the-axis',
    ...since,
  })
  await using receiver = await openReceiver()
  await using mail = await openMailServer()
  await using collector = await openCollector()
  await using t = await testApp([paged, axis], { clock })
  await addAccounts(t.app.store)
  const tracing = openTracing(
    { endpoint: collector.endpoint, token: null, caFile: null, ratio: 1 },
    'all',
  )
  const alerts = {
    ...quiet,
    webhook: { url: receiver.url, secret, caFile: null },
    email: {
      host: '127.0.0.1',
      port: mail.port,
      tls: 'none' as const,
      caFile: null,
      from: 'chidao@tinh.test',
      to: ['truc@tinh.test'],
      username: null,
      password: null,
    },
  }
  const app: App = { ...tracing.traced(t.app), alerts }
  const routes: string[] = []
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
      if ([method].flat().includes('GET')) routes.push(url)
    })
  }
  subscribe('fastify.initialization', watch)
  const service = await startService(app, {
    queue: { kind: 'postgres', url: t.url, telemetry: tracing.telemetry },
    databaseUrl: t.url,
    pollMs: 500,
    sweepMs: 500,
    alertsMs: 1000,
    ops: opsSettings,
  })
  unsubscribe('fastify.initialization', watch)
  try {
    await untilRead(app)
    await answerSome(app)
    const isTold = async () => receiver.state.bodies.length > 0 && mail.letters.length > 0
    if (!(await wait(isTold, 60_000))) throw new Error('Nobody was alerted of anything.')
    const paths = await pathsOf(app, routes)
    const sessions = {
      viewer: await app.store.sessions.begin('xem', opsSettings.sessions),
      administrator: await app.store.sessions.begin('quan-tri', opsSettings.sessions),
    }
    const cookieOf = (as: Visitor) => (as === 'anonymous' ? '' : `chidao=${sessions[as]}`)
    const walk = async (as: Visitor) => {
      const answers: Answer[] = []
      for (const path of paths) answers.push(await ask(service.address! + path, path, cookieOf(as)))
      return answers
    }
    const { rows: admitted } = await app.store.db.raw(
      `select subject, code from tracking.directives where recalled_at is null order by id`,
    )
    const shown = {
      anonymous: await walk('anonymous'),
      viewer: await walk('viewer'),
      administrator: await walk('administrator'),
    }
    await service.stop()
    await tracing.close()
    return {
      register,
      paged,
      answers: shown,
      routes,
      alerts: [
        ...receiver.state.bodies,
        ...mail.letters.flatMap((letter) => [letter.data, ...Object.values(textOf(letter))]),
      ],
      traces: collector.text(),
      admitted,
    }
  } finally {
    await service.stop()
    await tracing.close()
  }
}

async function untilRead(app: App): Promise<void> {
  const isRead = async () => {
    const { rows } = await app.store.db.raw(
      `select (select count(*) from sync.pass where kind <> 'head' and state in ('due', 'running')) +
         (select count(*) from sync.intake where state = 'failed') + (select count(*) from sync.directive_file where state = 'waiting') +
         (select 2 - count(distinct source) from sync.directive) as open`,
    )
    return Number(rows[0].open) === 0
  }
  if (!(await wait(isRead, 180_000))) throw new Error('The sources were not read to their end.')
}

/** So that there are replies, and pages of them. */
async function answerSome({ store }: App): Promise<void> {
  const task = [
    { description: 'Báo cáo', dueOn: null, lead: { code: 'H50.05', name: 'Sở Nông nghiệp' } },
  ]
  for (let n = 0; n < 4; n++) {
    await store.db.raw(
      `select tracking.reply(assignment, '{"outcome":"completed","completedOn":"2026-03-19","explanation":"Đã xong","document":null}', 'đơn vị')
       from (select id from tracking.directives where classified_at is null and recalled_at is null and files_complete order by id limit 1) d,
         lateral tracking.classify(d.id, :task, 'chuyên viên') assignment`,
      { task: JSON.stringify(task) },
    )
    // What waits for the gate is not classified yet.
    await wait(async () => {
      const { rows } = await store.db.raw(`select count(*) as n from sync.writing`)
      return rows[0].n === 0
    }, 60_000)
  }
}

/** The addresses of every route, with what stands in the store for each of its parameters. */
async function pathsOf(app: App, routes: readonly string[]): Promise<string[]> {
  const { db } = app.store
  const column = async (sql: string): Promise<string[]> =>
    (await db.raw(`${sql} limit ${most}`)).rows.map(({ id }: { id: unknown }) => String(id))
  const directives = await column(`select id from tracking.directives order by id`)
  const runs = await column(`select id from sync.pass order by opened_at desc`)
  const replies = await column(`select id from sync.outbox order by written_at`)
  const files = await column(
    `select directive_id || '/files/' || id as id from sync.directive_file where stored_as is not null order by id`,
  )
  const by = { actor: 'quan-tri', reason: 'kiểm tra' }
  const scope = { from: since.importFrom, until: '2026-03-19', refs: null, thorough: false }
  const resync = await app.store.resyncs.request(
    { ...scope, source: [...app.sources.keys()][0]! },
    by,
    app.clock.now(),
  )
  const filled = (url: string): string[] => {
    if (url === '/directives/:id/files/:file') return files.map((file) => `/directives/${file}`)
    return [url]
      .flatMap((one) => each(one, /^(.*\/directives\/):id/, directives))
      .flatMap((one) => each(one, /^(.*\/replies\/):id/, replies))
      .flatMap((one) => each(one, /^(.*\/runs\/resyncs\/):id/, [resync]))
      .flatMap((one) => each(one, /^(.*\/runs\/):id/, runs))
      .flatMap((one) => each(one, /^(.*\/sources\/):name/, [...app.sources.keys()]))
      .flatMap((one) => each(one, /^(.*):act/, ['recall', 'purge']))
      .flatMap((one) => each(one, /^(.*):queueName/, ['urgent', 'normal', 'send', 'upkeep']))
      .map((one) =>
        one
          .replace(/:jobId|:schedulerId|:position/, '1')
          .replace(':queueStatus', 'completed')
          .replace('/assets/*', '/assets/pages.css')
          .replace('*', 'js/main.js')
          .replace(/:\w+/, '00000000-0000-4000-8000-000000000000'),
      )
  }
  return [...new Set([...routes.flatMap(filled), ...views])]
}

/** What a route shows only when it is asked in a certain way. */
const views = [
  '/?span=hour',
  '/?span=month&lang=en',
  '/?lang=vi',
  '/queues/api/queues?activeQueue=normal&status=latest&page=1&jobsPerPage=100',
  '/queues/api/queues?activeQueue=urgent&status=completed&page=1&jobsPerPage=100',
  ...[
    ...['overdue', 'dueSoon', 'alert', 'stagingFailed', 'withheld', 'undecided', 'fuse'],
    ...['unmappedCode', 'sendRejected', 'undelivered'],
  ].map((kind) => `/attention?kind=${kind}`),
]

function each(url: string, parameter: RegExp, values: readonly string[]): string[] {
  return parameter.test(url)
    ? values.map((value) => url.replace(parameter, (_all, before) => before + value))
    : [url]
}

async function ask(address: string, path: string, cookie: string): Promise<Answer> {
  const answer = await fetch(address, {
    headers: { cookie, accept: 'text/html,application/json' },
    redirect: 'manual',
  })
  const headers = JSON.stringify([...answer.headers])
  if (!path.endsWith('/live'))
    return { path, status: answer.status, said: `${headers}\n${await answer.text()}` }
  const reader = answer.body!.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return { path, status: answer.status, said: `${headers}\n${Buffer.from(value ?? [])}` }
}
