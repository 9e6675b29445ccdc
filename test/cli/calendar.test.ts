/** `chidao calendar`, by the real executable against a store that a service uses. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { startService } from '#src/service.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { listWith, shippedList } from '#test/support/working-days.ts'
import { chidao } from './executable.ts'

/** A store with directives issued on Monday 2 March 2026, seen on Wednesday, the day on which they are due. */
async function stage(count = 2) {
  const rows = Array.from({ length: count }, (_, n) => row(n + 1))
  const register = await openRegister(rows)
  const clock = acceleratedClock({ origin: start, epochMs: Date.now(), speed: 1 })
  const t = await testApp([profileAt(register.address)], { clock })
  const folder = await mkdtemp(join(tmpdir(), 'chidao-calendar-'))
  await pullAll(t.app)
  const env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: folder,
    CHIDAO_CLOCK: formatClock(clock),
  }
  return {
    ...t,
    rows,
    env,
    calendar: (...args: string[]) => chidao(['calendar', ...args], env),
    run: (...args: string[]) => chidao(args, env),
    async list(content: unknown): Promise<string> {
      const file = join(folder, 'lich.json')
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
      return file
    },
    async dates() {
      const { rows: found } = await t.app.store.db.raw(
        `select source_ref as ref, deadline_date as date from sync.directive order by 1`,
      )
      return Object.fromEntries(
        found.map((one: { ref: string; date: string }) => [one.ref, one.date]),
      )
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const withoutWednesday = listWith({ off: ['2026-03-04'] })

it('computes the next deadline of a running service by the imported list', async () => {
  await using s = await stage(1)
  const service = await startService(s.app, {
    queue: { kind: 'postgres', url: s.url },
    databaseUrl: s.url,
    pollMs: 200,
    sweepMs: 200,
  })
  const { code, out, err } = await s.calendar(
    'import',
    await s.list(withoutWednesday),
    '--yes',
    '--json',
    '--as',
    'chánh văn phòng',
    '--reason',
    'Thông báo 12',
  )
  expect([code, err]).toEqual([0, ''])
  const told = JSON.parse(out)
  expect(told).toMatchObject({ dryRun: false, open: 1, moved: 1, becameOverdue: 0 })
  expect(told.moves).toMatchObject([
    { code: '781/UBND-NNMT', old: '2026-03-04', new: '2026-03-05', overdue: 'no' },
  ])
  s.rows.push(row(2))
  await expect.poll(s.dates, { timeout: 20_000 }).toEqual({ 1: '2026-03-05', 2: '2026-03-05' })
  await service.stop()

  const shown = await s.calendar('show', '--year', '2026')
  expect(shown.out).toContain(told.version)
  expect(shown.out).toContain('chánh văn phòng đưa vào / imported 2026-03-04')
  expect(shown.out).toContain('nghỉ    2026-03-04')
  const asked = await s.run('deadline', '2026-03-02T09:00:00+07:00', '--json')
  expect(JSON.parse(asked.out)).toMatchObject({
    deadlineDate: '2026-03-05',
    calendarVersion: told.version,
  })
  const history = JSON.parse((await s.run('show', '781/UBND-NNMT', '--json')).out)[0].history
  expect(history).toContainEqual(
    expect.objectContaining({ event: 'deadlineMoved', actor: 'chánh văn phòng' }),
  )
}, 60_000)

it('shows what would move and changes nothing, unless told --yes', async () => {
  await using s = await stage()
  const file = await s.list(withoutWednesday)
  const before = await s.dates()
  const preview = await s.calendar('import', file, '--dry-run')
  expect(preview.code).toBe(0)
  expect(preview.out).toMatch(/781\/UBND-NNMT .* 2026-03-04 +-> +2026-03-05/)
  expect(preview.out).toContain('nothing was changed')
  const unasked = await s.calendar('import', file)
  expect([unasked.code, unasked.out]).toEqual([2, ''])
  expect(await s.dates()).toEqual(before)
  expect(await s.app.store.calendars.versionInForce()).toBe(s.app.calendar.version)
}, 60_000)

it('ends with 3 when a directive is overdue by the new list, and names it', async () => {
  await using s = await stage(1)
  const longer = await s.list(withoutWednesday)
  expect((await s.calendar('import', longer, '--yes')).code).toBe(0)
  const shorter = await s.list(listWith({ generated: '2026-12-02' }))
  const onThursday = { ...s.env, CHIDAO_CLOCK: '2026-03-05T02:00:00Z @ 0 x 0.000001' }
  const { code, out } = await chidao(['calendar', 'import', shorter, '--yes'], onThursday)
  expect(code).toBe(3)
  expect(out).toMatch(/781\/UBND-NNMT .*now overdue/)
}, 60_000)

it('refuses what is not a list, and says what is wrong, where, and what to do', async () => {
  await using s = await stage(0)
  const only2027 = { ...listWith(), years: { 2027: listWith().years['2027'] } }
  const swapped = listWith()
  swapped.years['2026']!.off = swapped.years['2026']!.off.filter(
    ({ date }) => date !== '2026-01-02',
  )
  for (const [content, wrong] of [
    ['{"schema": ', /JSON/],
    [{ schema: 'other' }, /schema is not vn-gov-working-days\/1/],
    [listWith({ off: ['2026-03-04', '2026-03-04'] }), /2026\.off has 2026-03-04 twice/],
    [swapped, /worked in lieu of 2026-01-02, which is not listed as off/],
    [{ ...listWith(), generated: '01/12/2026' }, /generated has "01\/12\/2026"/],
    [only2027, /lacks years.*/],
    [listWith({ generated: '2062-12-01' }), /more than a year ahead/],
  ] as const) {
    const { code, out, err } = await s.calendar('import', await s.list(content), '--yes')
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(wrong)])
    expect(err).toContain('Nothing was changed')
  }
  const missing = await s.calendar('import', '/nonexistent/lich.json', '--yes')
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('no such file')])
  for (const [content, why] of [
    [listWith({ generated: '2026-11-22' }), /in force already/],
    [listWith({ generated: '2026-11-21' }), /is older/],
    [
      listWith({ generated: '2026-11-22', off: ['2026-03-04'] }),
      /has the date of the one in force/,
    ],
  ] as const) {
    const { code, err } = await s.calendar('import', await s.list(content), '--yes')
    expect([code, err]).toEqual([1, expect.stringMatching(why)])
  }
  expect(await s.app.store.calendars.versionInForce()).toBe(s.app.calendar.version)
}, 120_000)

it('keeps no reason and no name that carry a mark of secrecy', async () => {
  await using s = await stage(0)
  const file = await s.list(withoutWednesday)
  for (const option of ['--reason', '--as']) {
    const { code, err } = await s.calendar('import', file, '--yes', option, 'theo công văn (MẬT)')
    expect([code, err.includes('công văn')]).toEqual([2, false])
  }
  expect(await s.app.store.calendars.versionInForce()).toBe(s.app.calendar.version)
}, 60_000)

it('prints a list that can be edited and imported', async () => {
  await using s = await stage(0)
  const shown = JSON.parse((await s.calendar('show', '--json')).out)
  const file = await s.list({ ...shown, generated: '2026-12-01' })
  expect((await s.calendar('import', file, '--yes')).code).toBe(0)
  const now = JSON.parse((await s.calendar('show', '--json')).out)
  expect(now.source).toMatchObject({ origin: 'import' })
  expect(now.years).toEqual(shown.years)
}, 60_000)

it('computes from the file where there is no store, and makes none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chidao-no-store-'))
  const env = { CHIDAO_DATA: join(folder, 'none') }
  const { code, out } = await chidao(['calendar', 'show', '--year', '2026', '--json'], env)
  expect([code, JSON.parse(out).source.origin]).toEqual([0, 'file'])
  expect((await chidao(['calendar', 'show'], env)).out).toContain(shippedList)
  await expect(rm(join(folder, 'none'))).rejects.toThrow('ENOENT')
  await rm(folder, { recursive: true })
}, 60_000)
