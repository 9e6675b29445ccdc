/** `chidao resync`, by the real executable: planned, asked for while nothing runs, held up, killed and taken up again. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, type TestApp, testApp } from '#test/support/app.ts'
import { type ServiceProcess, startServiceProcess } from '#test/support/service-process.ts'
import { chidao, chidaoOnTerminal } from './executable.ts'

const issued = (id: number, date: string): Row =>
  row(id, { publish_date: `${date}T00:00:00+07:00` })
/** Nine weeks, and the days around today. */
const since = '2026-01-01'
const weeks = 10

let rows: Row[]
let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let data: string
let source: string
let env: Record<string, string>
let service: ServiceProcess | null

beforeEach(async () => {
  rows = [issued(1, '2026-01-05'), issued(2, '2026-02-10'), issued(3, '2026-03-02')]
  register = await openRegister(rows)
  const profile = profileAt(register.address)
  source = profile.name
  t = await testApp([profile])
  await pullAll(t.app)
  data = await mkdtemp(join(tmpdir(), 'chidao-data-'))
  await writeFile(join(data, 'chidao.yaml'), stringify({ sources: [profile] }))
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: data,
    CHIDAO_CONFIG: join(data, 'chidao.yaml'),
    CHIDAO_CLOCK: formatClock(acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })),
  }
  service = null
})
afterEach(async () => {
  await end('SIGTERM')
  await t[Symbol.asyncDispose]()
  await register.close()
  await rm(data, { recursive: true })
})

async function serve(): Promise<void> {
  service = await startServiceProcess({
    directory: data,
    databaseUrl: t.url,
    keysUrl: `${t.url}_keys`,
    profiles: [profileAt(register.address)],
    clock: env.CHIDAO_CLOCK!,
  })
}

async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  service?.child.kill(signal)
  await service?.ended
  service = null
}

const json = async (args: readonly string[], code = 0) => {
  const ran = await chidao([...args, '--json'], env)
  expect([ran.code, ran.err]).toEqual([code, ''])
  return JSON.parse(ran.out)
}
const ask = (...more: string[]) => ['resync', source, '--as', 'quản trị', '--reason', 'đo', ...more]
const all = { timeout: 60_000, interval: 200 }

it('plans, and carries the plan out once, and not when the world has moved', async () => {
  rows.push(issued(9, '2026-01-20'))
  const plan = await json(ask('--since', since, '--dry-run'))
  expect(plan).toMatchObject({ kind: 'plan', plan: { seen: 4, new: 1, unchanged: 3, overdue: 0 } })
  expect(plan.plan.estimatedRequests).toBeGreaterThan(weeks)
  const shown = await chidao(ask('--since', since, '--dry-run'), env)
  expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/--plan [0-9a-f-]{36}/)])

  // The reason of a plan is that of carrying it out.
  const asked = await json(['resync', source, '--as', 'quản trị', '--plan', plan.id])
  expect(asked).toMatchObject({ kind: 'repair', state: 'due', percent: 0, reason: 'đo' })
  const twice = await chidao(ask('--plan', plan.id), env)
  expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('carried out already')])

  const other = await json(ask('--since', since, '--dry-run'))
  await t.app.store.db.raw(
    `update sync.directive set revision = revision + 1 where source_ref = '2'`,
  )
  const moved = await chidao(ask('--plan', other.id), env)
  expect([moved.code, moved.err]).toEqual([1, expect.stringContaining('has changed since')])
}, 120_000)

it('is asked for while nothing runs, held up, taken up, killed, and goes on where it was', async () => {
  const { id, state } = await json(ask('--all'))
  expect(state).toBe('due')
  const paused = await json(['resync', 'pause', id, '--reason', 'nguồn bảo trì'])
  expect(paused).toMatchObject({ state: 'paused', percent: 0 })
  await serve()
  await vi.waitUntil(() => service!.logged('passEnded') > 3, all)
  expect(await json(['resync', 'show', id])).toMatchObject({ state: 'paused', windowsDone: 0 })

  // Every answer takes its time, so that it can be killed half way.
  register.state.delayMs = 150
  await json(['resync', 'resume', id, '--reason', 'xong bảo trì'])
  const now = async () => (await t.app.store.resyncs.one(id))!
  await vi.waitUntil(async () => (await now()).windowsDone >= 3, all)
  await end('SIGKILL')
  const before = await now()
  expect(before.windowsDone).toBeLessThan(before.windows)
  const asked = register.state.asked.length
  register.state.delayMs = 0
  await serve()
  await vi.waitUntil(async () => (await now()).state === 'done', all)
  expect(await json(['resync', 'show', id])).toMatchObject({
    state: 'done',
    windows: before.windows,
    windowsDone: before.windows,
    percent: 100,
    seen: 3,
    unchanged: 3,
    rowsWritten: 0,
  })
  // What was read before it was killed is not read again.
  const { rows: read } = await t.app.store.db.raw(
    `select window_from as week, count(*) as n from sync.pass where resync_id = ? and state = 'done' group by 1 having count(*) > 1`,
    [id],
  )
  expect(read).toEqual([])
  expect(register.state.asked.length).toBeGreaterThan(asked)
  const { rows: history } = await t.app.store.db.raw(
    `select event, actor, detail ->> 'reason' as reason from sync.history where event like 'resync%' order by at, event`,
  )
  expect(history.map(({ event }: { event: string }) => event).sort()).toEqual([
    'resyncEnded',
    'resyncPaused',
    'resyncRequested',
    'resyncResumed',
  ])
  const late = await chidao(['resync', 'stop', id, '--reason', 'muộn'], env)
  expect([late.code, late.err]).toEqual([1, expect.stringContaining('No resync with this id')])
}, 180_000)

it('is stopped for good, and its waiter is told', async () => {
  register.state.delayMs = 200
  await serve()
  const waiting = chidao([...ask('--all', '--wait'), '--json'], env)
  const first = async () => (await t.app.store.resyncs.list(1))[0]
  await vi.waitUntil(async () => ((await first())?.windowsDone ?? 0) >= 1, all)
  // It gets no further, however long the command takes to start.
  register.state.fault = 'unavailable'
  const { id } = (await first())!
  expect(await json(['resync', 'stop', id, '--reason', 'nhầm nguồn'])).toMatchObject({
    state: 'stopped',
  })
  const told = await waiting
  expect(told.code).toBe(0)
  const { percent, state, perSecond } = JSON.parse(told.out)
  expect(state).toBe('stopped')
  expect(percent).toBeLessThan(100)
  expect(typeof perSecond).toBe('number')
}, 120_000)

it('is not waited for where no service runs, and stays', async () => {
  const never = await chidao(ask('--all', '--wait'), env)
  expect([never.code, never.err]).toEqual([
    1,
    expect.stringMatching(/No service runs on this store/),
  ])
  const id = /resync show ([0-9a-f-]{36})/.exec(never.err)![1]!
  expect(await json(['resync', 'show', id])).toMatchObject({ state: 'due' })
  // Nor behind one that swept a while ago, or by a clock that was ahead.
  for (const at of [`now() - interval '2 minutes'`, `now() + interval '1 day'`]) {
    await t.app.store.db.raw(`update sync.sweep set ended_at = ${at}`)
    const { code, err } = await chidao(ask('--ref', '1', '--wait'), env)
    expect([code, err]).toEqual([1, expect.stringContaining('Không có dịch vụ nào đang chạy')])
  }
}, 120_000)

it('shows a bar on a terminal, and its end in words', async () => {
  await serve()
  const { code, out } = await chidaoOnTerminal(
    ['resync', source, '--all', '--wait', '--reason', 'kiem-tra'],
    env,
  )
  expect(code).toBe(0)
  expect(out).toMatch(/[█░]+ +\d+ % {2}\d+ văn bản \/ documents/)
  expect(out).toMatch(/xong \/ done, 100 %/)
  expect(out).toMatch(/dòng đã ghi \/ rows written +0/)
}, 120_000)

it('tells a mistake with exit code 2, and asks for nothing', async () => {
  for (const [args, wrong] of [
    [['không-có', '--all'], /no such source/],
    [[source], /--since, --ref or --all/],
    [[source, '--all'], /Say why/],
    [[source, '--all', '--dry-run', '--reason', ' '], /Say why/],
    [[source, '--since', '2026-13-01'], /is no date/],
    [[source, '--since', '2026-03-02', '--until', '2026-03-01'], /an empty range/],
  ] as const) {
    const { code, out, err } = await chidao(['resync', ...args], env)
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(wrong)])
  }
  expect((await chidao(['resync', 'show', 'abc'], env)).code).toBe(1)
  expect(await json(['resync', 'list'])).toEqual([])
}, 60_000)
