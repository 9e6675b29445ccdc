/** `chidao alerts`, by the real executable, against a real receiver. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { watch } from '#src/alerts/watch.ts'
import { openReceiver, quiet, secret } from '#test/alerts/receivers.ts'
import { type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

let t: TestApp
let receiver: Awaited<ReturnType<typeof openReceiver>>
let env: Record<string, string>

beforeEach(async () => {
  t = await testApp([])
  receiver = await openReceiver()
  const secretFile = join(t.filesDirectory, 'secret')
  await writeFile(secretFile, `${secret}\n`)
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
    CHIDAO_CONFIG: join(t.filesDirectory, 'chidao.yaml'),
    ALERTS_WEBHOOK_SECRET_FILE: secretFile,
  }
})
afterEach(async () => {
  await receiver[Symbol.asyncDispose]()
  await t[Symbol.asyncDispose]()
})

const configure = (alerts: object) => writeFile(env.CHIDAO_CONFIG!, stringify({ alerts }))

it('sends a signed trial on each channel, and tells which one did not take it', async () => {
  await configure({ webhook: { url: receiver.url }, heartbeat: { url: receiver.url } })
  const sent = await chidao(['alerts', 'test', '--json'], env)
  expect([sent.code, JSON.parse(sent.out)]).toEqual([
    0,
    [
      { channel: 'webhook', delivered: true, failure: null },
      { channel: 'heartbeat', delivered: true, failure: null },
    ],
  ])
  const [trial] = receiver.news()
  expect([trial!.count, trial!.vi]).toEqual([0, expect.stringContaining('GỬI THỬ')])
  expect(receiver.state.wrong).toBe(0)

  const other = await chidao(['alerts', 'test', '--channel', 'webhook'], {
    ...env,
    ALERTS_WEBHOOK_SECRET_FILE: '',
    ALERTS_WEBHOOK_SECRET: 'another key than the receiver has',
  })
  expect([other.code, receiver.state.wrong]).toEqual([0, 1])

  receiver.state.status = 403
  const refused = await chidao(['alerts', 'test', '--channel', 'webhook'], env)
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('wrong account or key')])
  const none = await chidao(['alerts', 'test', '--channel', 'email'], env)
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('is not configured')])
}, 240_000)

it('lists what lasts and what could not be delivered, with exit code 3', async () => {
  await configure({})
  const empty = await chidao(['alerts'], env)
  expect([empty.code, empty.out]).toEqual([0, expect.stringContaining('Nothing is alerted')])
  const { db } = t.app.store
  await t.app.store.sources.register('nguon', { statuses: [], replies: 'message' }, 'f')
  await db.raw(
    `insert into sync.fuse (source, kind, counted, out_of, tripped_at, last_at) values ('nguon', 'recall', 40, 50, now(), now())`,
  )
  receiver.state.status = 404
  const webhook = { url: receiver.url, secret, caFile: null }
  await watch({ ...t.app, alerts: { ...quiet, webhook } })
  const listed = await chidao(['alerts', 'list'], env)
  expect(listed.code).toBe(3)
  expect(listed.out).toContain('Nguồn nguon: 40 văn bản chỉ đạo bỗng bị nguồn báo thu hồi')
  expect(listed.out).toContain('webhook: chờ gửi / waiting 1')
  const status = await chidao(['status'], env)
  expect([status.code, status.out]).toEqual([3, expect.stringContaining('1 alerts last')])
  expect(status.out).toContain('ALERTS ARE NOT DELIVERED webhook (rejected)')
  const json = JSON.parse((await chidao(['alerts', '--json'], env)).out)
  expect(json.alerts).toEqual([
    expect.objectContaining({ kind: 'fuseAsked', source: 'nguon', figures: { count: 40 } }),
  ])
}, 240_000)

it('reports every problem of the settings at once, and no secret', async () => {
  await configure({
    nearHours: { flash: 0 },
    webhook: { url: 'http://example.vn/hook' },
    email: {
      host: 'thu.example.vn',
      tls: 'none',
      from: 'chidao@example.vn',
      to: ['not an address'],
      username: 'chidao',
    },
  })
  const wrong = await chidao(['alerts', 'test'], env)
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('alerts.nearHours.flash')
  expect(wrong.err).toContain('alerts.email.to[0]')

  await configure({
    webhook: { url: 'http://example.vn/hook', caFile: '/nowhere/ca.pem' },
    email: {
      host: 'thu.example.vn',
      tls: 'none',
      from: 'chidao@example.vn',
      to: ['truc@example.vn'],
      username: 'chidao',
    },
    heartbeat: {},
  })
  const all = await chidao(['alerts', 'test'], {
    ...env,
    ALERTS_WEBHOOK_SECRET_FILE: '',
    ALERTS_WEBHOOK_SECRET: 'short-secret',
  })
  expect(all.code).toBe(2)
  for (const said of [
    'alerts.webhook: http://',
    'alerts.webhook.caFile',
    'ALERTS_WEBHOOK_SECRET',
    'alerts.email.tls: none sends in clear',
    'ALERTS_SMTP_PASSWORD and alerts.email.username belong together',
    'alerts.heartbeat: has no address',
  ])
    expect(all.err).toContain(said)
  expect(all.err).not.toContain('short-secret')
}, 240_000)
