/** `chidao pause` and `resume`, by the real executable beside a running service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endOfPause } from '#src/cli/pause.ts'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { startService } from '#src/service.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

const rows: Row[] = [row(1)]
let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let source: string
let env: Record<string, string>

beforeAll(async () => {
  register = await openRegister(rows)
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  t = await testApp([profileAt(register.address)], { clock })
  await pullAll(t.app)
  source = [...t.app.sources.keys()][0]!
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
    CHIDAO_CLOCK: formatClock(clock),
  }
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
})

/** So many more sweeps of the service, each of which would take up whatever is due. */
async function sweeps(count: number): Promise<void> {
  const seen = new Set<number>()
  const last = async () => {
    const { rows: found } = await t.app.store.db.raw(`select ended_at as at from sync.sweep`)
    return seen.add(found[0].at?.getTime() ?? 0).size
  }
  await expect.poll(last, { timeout: 20_000, interval: 20 }).toBeGreaterThan(count)
}

it('stops a running service from asking, and lets it go on', async () => {
  const service = await startService(t.app, {
    queue: { kind: 'postgres', url: t.url },
    databaseUrl: t.url,
    pollMs: 100,
    sweepMs: 100,
  })
  const asked = () => register.state.asked.length
  await expect.poll(asked, { timeout: 20_000 }).toBeGreaterThan(5)
  const paused = await chidao(
    ['pause', source, '--until', '10h', '--reason', 'nâng cấp', '--json'],
    env,
  )
  expect([paused.code, paused.err]).toEqual([0, ''])
  expect(JSON.parse(paused.out)).toMatchObject({
    source,
    reason: 'nâng cấp',
    cost: { deadlines: [], notRead: 0, replies: [], notFetched: null },
  })
  // What was on its way when the pause began ends first.
  await sweeps(5)
  const before = asked()
  rows.push(row(2))
  await sweeps(10)
  expect(asked()).toBe(before)

  const status = await chidao(['status'], env)
  expect(status.code).toBe(3)
  expect(status.out).toMatch(new RegExp(`^TẠM DỪNG / PAUSED ${source} .*nâng cấp`))
  expect(JSON.parse((await chidao(['status', '--json'], env)).out).paused).toMatchObject([
    { source, reason: 'nâng cấp' },
  ])

  const resumed = await chidao(['resume', source, '--reason', 'xong', '--json'], env)
  expect(JSON.parse(resumed.out)).toEqual({ source, resumed: true })
  const staged = async () => (await t.app.store.overview.totals()).staged
  await expect.poll(staged, { timeout: 20_000 }).toBe(2)
  await service.stop()
  const again = await chidao(['resume', source, '--reason', 'xong'], env)
  expect([again.code, again.out]).toEqual([0, expect.stringContaining('was not paused')])
}, 60_000)

it('names the deadlines that fall into the pause, and ends with 3', async () => {
  const { code, out } = await chidao(
    ['pause', source, '--until', '2026-03-04', '--reason', 'bảo trì', '--as', 'trực ban'],
    env,
  )
  expect(code).toBe(3)
  expect(out).toMatch(/đến 2026-03-05 00:00/)
  expect(out).toMatch(/781\/UBND-NNMT +24:00 2026-03-04/)
  expect(out).toContain('cannot be known')
  expect(out).toMatch(/Replies that wait: 0/)
  await chidao(['resume', source, '--reason', 'xong'], env)
}, 60_000)

it('tells a mistake with exit code 2 and pauses nothing', async () => {
  for (const [args, wrong] of [
    [['không-có', '--until', '1h', '--reason', 'r'], /it knows: \S/],
    [[source, '--until', 'mai', '--reason', 'r'], /It is not a time/],
    [[source, '--until', '2026-03-03', '--reason', 'r'], /over already/],
    [[source, '--until', '1h', '--reason', ' '], /Say why/],
    [[source, '--until', '1h'], /--reason/],
    [[source, '--until', '1h', '--reason', 'công văn (MẬT)'], /not eligible/],
  ] as const) {
    const { code, out, err } = await chidao(['pause', ...args], env)
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(wrong)])
  }
  expect((await chidao(['resume', 'không-có', '--reason', 'xong'], env)).code).toBe(2)
  expect((await chidao(['resume', source], env)).err).toContain('--reason')
  expect((await chidao(['resume', source, '--reason', '\u200b'], env)).err).toContain('Say why')
  expect(await t.app.store.pauses.inForce(start)).toEqual([])
}, 60_000)

describe('the end of a pause', () => {
  const now = new Date('2026-12-05T10:00:00Z')
  it.each([
    ['2026-12-06', '2026-12-06T17:00:00Z'],
    ['2026-12-05 22:00', '2026-12-05T15:00:00Z'],
    ['2026-12-05T22:00:30', '2026-12-05T15:00:30Z'],
    ['2026-12-05T22:00Z', '2026-12-05T22:00:00Z'],
    ['30m', '2026-12-05T10:30:00Z'],
    ['2h', '2026-12-05T12:00:00Z'],
    ['1d2h30m', '2026-12-06T12:30:00Z'],
  ])('%s is %s', (text, instant) => {
    expect(endOfPause(text, now)).toEqual(new Date(instant))
  })

  it.each([
    '',
    'h',
    '2',
    '2x',
    '-2h',
    '0m',
    '2026-02-30',
    '2026-12-06 25:00',
    '2026-12-05',
    '32d',
    '2027-12-05',
  ])('%j is refused', (text) => {
    expect(() => endOfPause(text, new Date('2026-12-05T17:00:00Z'))).toThrow(/--until/)
  })
})
