import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { watch } from '#src/alerts/watch.ts'
import type { App } from '#src/app.ts'
import { type ManualClock, manualClock } from '#src/domain/clock.ts'
import { contentOf, openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, type TestApp, testApp } from '#test/support/app.ts'
import { openMailServer, openReceiver, quiet, secret, textOf } from './receivers.ts'

const hourMs = 3_600_000
let register: Awaited<ReturnType<typeof openRegister>>
let receiver: Awaited<ReturnType<typeof openReceiver>>
let t: TestApp
let clock: ManualClock
let app: App

/** Three directives due at the end of the same day, one of them urgent, and one that is not eligible. */
const rows = [
  row(1),
  row(2),
  row(3, { urgent_id: 2, urgent_name: 'Khẩn' }),
  row(4, { secret_id: 2, secret_name: 'Mật', abstract: 'CANARY-OF-A-SECRET' }),
]

beforeEach(async () => {
  register = await openRegister(rows)
  receiver = await openReceiver()
  clock = manualClock(start)
  t = await testApp([profileAt(register.address)], { clock })
  await pullAll(t.app)
  app = alerting(t.app)
})
afterEach(async () => {
  await t[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await register.close()
})

function alerting(one: App, more: Partial<App['alerts']> = {}): App {
  const webhook = { url: receiver.url, secret, caFile: null }
  return { ...one, alerts: { ...quiet, webhook, ...more } }
}

const ofDocuments = /78[1-4]\/UBND|UBND-NNMT|nhiệm vụ số|CANARY|toàn văn/

it('tells of a deadline before it passes, once, and in totals alone', async () => {
  await watch(app)
  expect(receiver.news()).toEqual([])
  clock.advance(8 * hourMs)
  await watch(app)
  const [told, ...others] = receiver.news()
  expect(others).toEqual([])
  expect(told).toMatchObject({
    occasion: 'raised',
    kind: 'deadlineNear',
    severity: 'critical',
    count: 3,
    byUrgency: { normal: 2, urgent: 1 },
  })
  expect(told!.vi).toMatch(/3 văn bản chỉ đạo chưa phân loại sắp hết hạn \(khẩn 1, thường 2\)/)
  await watch(app)
  expect(receiver.news()).toEqual([])
  expect(receiver.state.wrong).toBe(0)
  expect(receiver.state.bodies.join('\n')).not.toMatch(ofDocuments)
  expect(contentOf(1).length).toBeGreaterThan(0)
})

it('tells it once also when the service was started anew and when two processes look at once', async () => {
  clock.advance(8 * hourMs)
  const second = alerting(await t.another())
  await Promise.all([watch(app), watch(second), watch(app), watch(second)])
  await watch(second)
  await watch(app)
  expect(receiver.news().map(({ kind }) => kind)).toEqual(['deadlineNear'])
  const restarted = alerting(await t.another())
  clock.advance(60_000)
  await watch(restarted)
  expect(receiver.news()).toEqual([])
})

it('tells again after a while, and that it is over', async () => {
  clock.advance(8 * hourMs)
  await watch(app)
  receiver.news()
  clock.advance(4 * hourMs)
  await watch(app)
  expect(receiver.news().map(({ occasion }) => occasion)).toEqual(['again'])
  await t.app.store.db.raw(`update sync.directive set classified_at = ?`, [clock.now()])
  await watch(app)
  expect(receiver.news(), 'gone for a moment only, so far').toEqual([])
  clock.advance(6 * 60_000)
  await watch(app)
  expect(receiver.news().map(({ occasion, kind }) => [occasion, kind])).toEqual([
    ['recovered', 'deadlineNear'],
  ])
  await watch(app)
  expect(receiver.news()).toEqual([])
})

it('tells when more are at risk, without waiting for the next repetition', async () => {
  const { db } = t.app.store
  await db.raw(`update sync.directive set classified_at = ? where urgency = 'normal'`, [start])
  clock.advance(8 * hourMs)
  await watch(app)
  expect(receiver.news()[0]).toMatchObject({ occasion: 'raised', count: 1 })
  await db.raw(`update sync.directive set classified_at = null`)
  await watch(app)
  expect(receiver.news(), 'not with every single one').toEqual([])
  clock.advance(16 * 60_000)
  await watch(app)
  expect(receiver.news()[0]).toMatchObject({ occasion: 'worse', count: 3 })
})

it('records each deadline that has passed, once, and forgets it when it moves ahead again', async () => {
  const { db } = t.app.store
  const recorded = async () => {
    const { rows: found } = await db.raw(
      `select (select count(*) from sync.history where event = 'deadlinePassed') as history,
         (select count(*) from sync.directive where deadline_passed_at is not null) as passed`,
    )
    return found[0]
  }
  await watch(app)
  expect(await recorded()).toEqual({ history: 0, passed: 0 })
  clock.advance(16 * hourMs)
  await watch(app)
  await watch(alerting(await t.another()))
  expect(await recorded()).toEqual({ history: 3, passed: 3 })
  expect(receiver.news().map(({ kind, count }) => [kind, count])).toEqual([['deadlinePassed', 3]])
  await db.raw(`update sync.directive set classify_by = classify_by + interval '5 days'`)
  await watch(app)
  expect(await recorded()).toEqual({ history: 3, passed: 0 })
  expect(t.logged.join('')).not.toMatch(ofDocuments)
})

it('records passed deadlines also where nobody is alerted', async () => {
  clock.advance(16 * hourMs)
  await watch(t.app)
  const { rows: found } = await t.app.store.db.raw(
    `select count(*) as n from sync.history where event = 'deadlinePassed'`,
  )
  expect(found[0].n).toBe(3)
})

it('keeps what could not be delivered, says so, and delivers it later', async () => {
  receiver.state.status = 503
  clock.advance(8 * hourMs)
  await watch(app)
  const [waiting] = await app.store.alerts.channels()
  expect(waiting).toMatchObject({ channel: 'webhook', pending: 1, failure: 'unavailable' })
  expect(t.logged.filter((line) => line.includes('"event":"alertNotDelivered"'))).toHaveLength(1)
  expect(receiver.state.asked, 'tried again at once, a little later').toBe(3)
  await watch(app)
  expect(receiver.state.asked, 'and then not before it is due').toBe(3)
  receiver.state.status = 204
  await app.store.db.raw(`update sync.alert_notice set due_at = clock_timestamp()`)
  await watch(app)
  expect(receiver.news()).toHaveLength(1)
  expect((await app.store.alerts.channels())[0]).toMatchObject({ pending: 0, failure: null })
})

it('follows no redirect and asks once where its receiver refuses', async () => {
  receiver.state.status = 307
  clock.advance(8 * hourMs)
  await watch(app)
  expect(receiver.state.asked).toBe(1)
  expect((await app.store.alerts.channels())[0]!.failure).toBe('rejected')
})

it('sends a letter over verified TLS, Vietnamese first, without a word of any document', async () => {
  await using mail = await openMailServer()
  const caFile = join(t.filesDirectory, 'ca.pem')
  await writeFile(caFile, mail.cert)
  const email = {
    host: 'localhost',
    port: mail.port,
    tls: 'starttls',
    caFile,
    from: 'chidao@quangtri.test',
    to: ['truc@quangtri.test', 'vanphong@quangtri.test'],
    username: 'chidao',
    password: 'mật khẩu thư',
  } as const
  clock.advance(8 * hourMs)
  await watch(alerting(t.app, { webhook: null, email }))
  expect(mail.letters).toHaveLength(1)
  const [letter] = mail.letters
  expect(letter).toMatchObject({ from: email.from, to: email.to, encrypted: true })
  expect(letter!.login).toContain(email.password)
  const { subject, text } = textOf(letter!)
  expect(subject).toBe('[Chỉ đạo] 3 văn bản sắp hết hạn')
  expect(text).toContain('3 văn bản chỉ đạo chưa phân loại sắp hết hạn (khẩn 1, thường 2)')
  expect(text.indexOf('sắp hết hạn')).toBeLessThan(text.indexOf('close to their legal deadline'))
  expect(`${letter!.data}${subject}${text}`).not.toMatch(ofDocuments)
  expect(letter!.data).toContain('Auto-Submitted: auto-generated')

  await t.app.store.db.raw(`update sync.alert_notice set state = 'pending', due_at = '-infinity'`)
  await watch(alerting(t.app, { webhook: null, email: { ...email, caFile: null } }))
  expect(mail.letters, 'nothing to whoever cannot prove who they are').toHaveLength(1)
  expect((await app.store.alerts.channels())[0]!.failure).toBe('certificate')
})

it('says in one word why a mail server refused, and nothing of what it said', async () => {
  await using mail = await openMailServer({ refuse: true })
  const email = {
    host: '127.0.0.1',
    port: mail.port,
    tls: 'none',
    caFile: null,
    from: 'chidao@quangtri.test',
    to: ['truc@quangtri.test'],
    username: null,
    password: null,
  } as const
  clock.advance(8 * hourMs)
  await watch(alerting(t.app, { webhook: null, email }))
  expect((await app.store.alerts.channels())[0]).toMatchObject({ failure: 'rejected', pending: 1 })
  expect(t.logged.join('')).not.toMatch(ofDocuments)
})
