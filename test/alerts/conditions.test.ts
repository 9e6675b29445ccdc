import { afterEach, beforeEach, expect, it } from 'vitest'
import { conditionsOf } from '#src/alerts/conditions.ts'
import { watch } from '#src/alerts/watch.ts'
import { sentencesOf, severityOf } from '#src/alerts/wording.ts'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, type TestApp, testApp } from '#test/support/app.ts'
import { openReceiver, quiet } from './receivers.ts'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let app: App
const clock = manualClock(start)
const source = 'qlvb-tinh'

beforeEach(async () => {
  clock.set(start)
  register = await openRegister([row(1), row(2)])
  t = await testApp([profileAt(register.address, { sentinel: '1' })], { clock })
  await pullAll(t.app)
  app = { ...t.app, alerts: quiet }
})
afterEach(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
})

const found = async () => (await conditionsOf(app, quiet, clock.now())).map(({ kind }) => kind)
const change = (sql: string, values: unknown[] = []) => t.app.store.db.raw(sql, values as string[])

it('finds nothing where all is well', async () => {
  expect(await found()).toEqual([])
})

it('finds a source that is away, one that is left alone, and neither while it is paused', async () => {
  await change(`update sync.source set last_answer_at = clock_timestamp() - interval '31 minutes'`)
  expect(await conditionsOf(app, quiet, clock.now())).toEqual([
    { kind: 'sourceAway', source, figures: { count: 1, hours: 0.5, open: 2 } },
  ])
  for (let times = 0; times < 3; times++) await app.store.sources.failed(source, 'unreachable')
  expect(await found()).toEqual(['breakerOpen'])
  await change(
    `update sync.source set paused_until = ?, paused_at = ?, paused_by = 'trực ban', paused_reason = 'bảo trì'`,
    [new Date(start.getTime() + 3_600_000), start],
  )
  expect(await found()).toEqual([])
})

it('finds a queue that has carried nothing for long, where there is one', async () => {
  await app.store.sweepEnded()
  await app.store.rings.rung()
  expect(await found()).toEqual([])
  await change(`update sync.ring set unheard_since = clock_timestamp() - interval '31 minutes'`)
  expect(await conditionsOf(app, quiet, clock.now())).toEqual([
    { kind: 'queueSilent', source: '', figures: { count: 1, hours: 0.5 } },
  ])
  const { vi, en } = sentencesOf({
    occasion: 'raised',
    kind: 'queueSilent',
    source: '',
    figures: { count: 1, hours: 0.5 },
  })
  expect(vi).toMatch(/^Hệ thống: hàng đợi không chuyển được việc nào từ 0.5 giờ/)
  expect(en).toMatch(/^The service: the queue has carried nothing for 0.5 hours/)
  await app.store.rings.heard()
  expect(await found()).toEqual([])
  await change(`update sync.ring set unheard_since = clock_timestamp() - interval '31 minutes'`)
  await app.store.rings.expect(false)
  expect(await found(), 'no queue').toEqual([])
})

it('counts a silence in working hours', async () => {
  clock.set(new Date('2026-03-05T10:30:00Z'))
  await change(`update sync.directive set classified_at = ?`, [start])
  expect(await found(), 'one day and a half').toEqual([])
  clock.set(new Date('2026-03-08T10:30:00Z'))
  const silent = await conditionsOf(app, quiet, clock.now())
  expect(silent).toEqual([
    { kind: 'sourceSilent', source, figures: { count: 1, hours: 21, open: 0 } },
  ])
})

it('finds what waits for a person, by source', async () => {
  await change(`update sync.intake set state = 'failed', attempts = 3, due_at = 'infinity'`)
  await change(
    `insert into sync.outbox (source, kind, state, due_at, written_at) values (:source, 'status', 'unconfirmed', clock_timestamp() + interval '1 year', now())`.replace(
      ':source',
      `'${source}'`,
    ),
  )
  await change(
    `insert into sync.fuse (source, kind, counted, out_of, tripped_at, last_at) values ('${source}', 'recall', 40, 50, now(), now())`,
  )
  await change(
    `update sync.directive set withheld_at = now(), withheld_because = 'vanished' where source_ref = '1'`,
  )
  await change(`insert into sync.unmapped_code values ('${source}', 'secret_id', '9', 3, ?, ?)`, [
    start,
    start,
  ])
  await change(
    `update sync.pass set undecided = 1, allowed = allowed - 1, state = 'open' where kind = 'head'`,
  )
  const all = await conditionsOf(app, quiet, clock.now())
  expect(Object.fromEntries(all.map(({ kind, figures }) => [kind, figures.count]))).toEqual({
    undecided: 1,
    fuseAsked: 40,
    failed: 2,
    unconfirmed: 1,
    withheld: 1,
    unmappedCode: 1,
  })
  clock.advance(25 * 3_600_000)
  expect(await found(), 'a code that has been there for a day is known').not.toContain(
    'unmappedCode',
  )
})

it('finds files that failed three times, and documents that are past their time without their text', async () => {
  await change(`delete from sync.directive_file`)
  await change(
    `insert into sync.directive_file (directive_id, ref, revision, state, is_full_text, position, name, attempts, failure)
     select id, 'r', 1, 'waiting', true, 0, 'a.pdf', 3, 'timeout' from sync.directive
     union all select id, 'annex', 1, 'waiting', false, 1, 'b.pdf', 2, 'timeout' from sync.directive`,
  )
  expect(await conditionsOf(app, quiet, clock.now())).toEqual([
    { kind: 'fileMissing', source, figures: { count: 2 } },
  ])
  await change(`update sync.directive set classified_at = ? where source_ref = '1'`, [start])
  await change(`update sync.directive set classify_by = ?`, [start])
  const kinds = await conditionsOf(app, quiet, clock.now())
  expect(kinds).toEqual([
    { kind: 'deadlinePassed', source, figures: { count: 1, byUrgency: { normal: 1 } } },
    { kind: 'withoutText', source, figures: { count: 2 } },
    { kind: 'fileMissing', source, figures: { count: 2 } },
  ])
  const told = kinds.map((one) => sentencesOf({ ...one, occasion: 'raised' }))
  expect(told[1]).toEqual({
    vi: `Nguồn ${source}: 2 văn bản chỉ đạo thiếu toàn văn dù đã hết hạn phân loại.`,
    en: `Source ${source}: 2 directives have no full text although their legal deadline has passed.`,
  })
  expect(told[2]!.vi).toContain('2 tệp chưa lấy được')
  expect(kinds.map(({ kind }) => severityOf(kind))).toEqual(['critical', 'critical', 'warning'])
})

it('finds a jump of what is not eligible, and not the ups and downs of every day', async () => {
  const reading = (seen: number, notEligible: number, minutesAgo: number) =>
    change(
      `insert into sync.pass (source, kind, window_from, window_until, upper_bound, state, seen, allowed, not_eligible, undecided, unchanged, opened_at, ended_at)
       values ('${source}', 'deep', '2026-01-01', '2026-03-01', now(), 'done', ${seen}, ${seen - notEligible}, ${notEligible}, 0, 0, now(), now() - ${minutesAgo} * interval '1 minute')`,
    )
  await change(`delete from sync.intake`)
  await change(`delete from sync.pass where kind = 'deep'`)
  for (const minutesAgo of [9, 8, 7]) await reading(100, 10, minutesAgo)
  await reading(100, 25, 6)
  expect(await found()).toEqual([])
  await reading(100, 40, 5)
  expect(await conditionsOf(app, quiet, clock.now())).toEqual([
    {
      kind: 'notEligibleJump',
      source,
      figures: { count: 40, percent: 40, percentBefore: 14 },
    },
  ])
})

it('asks for the document that must be readable, and finds that it no longer is', async () => {
  await watch(app)
  expect(register.state.asked.filter(({ url }) => url.endsWith('/1')).length).toBeGreaterThan(1)
  expect(await found()).toEqual([])
  register.state.fault = 'unauthorized'
  await watch(app)
  expect(await found(), 'not asked at every look').toEqual([])
  await change(`update sync.source set sentinel_asked_at = '-infinity'`)
  await watch(app)
  expect(await found()).toEqual(['sentinelUnreadable'])
  expect(t.logged.join('')).toContain('"event":"sentinelUnreadable"')
  register.state.fault = null
  await change(`update sync.source set sentinel_asked_at = '-infinity'`)
  await watch(app)
  expect(await found()).toEqual([])
})

it('gives a sign of life only while sweep, polls and alerts really go through', async () => {
  await using receiver = await openReceiver()
  const heartbeat = { url: receiver.url, everyMs: 60_000, aliveMs: 600_000, caFile: null }
  const beating: App = { ...app, alerts: { ...quiet, heartbeat } }
  const signs = async () => {
    await change(`update sync.heartbeat set due_at = '-infinity'`)
    const before = receiver.state.asked
    await watch(beating)
    return receiver.state.asked - before
  }
  expect(await signs(), 'no sweep yet').toBe(0)
  expect(await app.store.alerts.heartbeat()).toEqual({ sentAt: null, failure: 'sweep' })
  await app.store.sweepEnded()
  expect(await signs()).toBe(1)
  expect((await app.store.alerts.heartbeat()).sentAt).not.toBeNull()
  const before = receiver.state.asked
  await Promise.all([watch(beating), watch({ ...(await t.another()), alerts: beating.alerts! })])
  expect(receiver.state.asked, 'one for the fleet, and not before it is due').toBe(before)

  await change(`update sync.source set last_answer_at = clock_timestamp() - interval '11 minutes'`)
  expect(await signs()).toBe(0)
  expect((await app.store.alerts.heartbeat()).failure).toBe('polls')
  await change(`update sync.source set last_answer_at = clock_timestamp()`)
  expect(await signs()).toBe(1)

  await change(
    `with a as (insert into sync.alert (kind, source, figures, began_at, last_at, told_at, told_count)
       values ('failed', 'x', '{"count":1}', now(), now(), now(), 1) returning id)
     insert into sync.alert_notice (alert_id, occasion, figures, channel, written_at)
     select id, 'raised', '{"count":1}', 'email', now() - interval '11 minutes' from a`,
  )
  expect(await signs(), 'nobody hears the alerts').toBe(0)
  expect((await app.store.alerts.heartbeat()).failure).toBe('notices')
  receiver.state.status = 500
  await change(`update sync.alert_notice set state = 'delivered'`)
  await signs()
  expect((await app.store.alerts.heartbeat()).failure).toBe('unavailable')
})
