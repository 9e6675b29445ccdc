/** `chidao report quarter` and `chidao show`, by the real executable. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let env: Record<string, string>

beforeAll(async () => {
  register = await openRegister([row(1)])
  t = await testApp([profileAt(register.address)])
  await pullAll(t.app)
  const { rows } = await t.app.store.db.raw(`select id from sync.directive`)
  const tasks = [{ description: 'Báo cáo', dueOn: '2026-03-10', lead: { code: 'A', name: 'Sở A' } }]
  await t.app.store.db.raw(`select sync.classify(:id, :tasks, 'chuyên viên', :at)`, {
    ...{ id: rows[0].id, tasks: JSON.stringify(tasks), at: t.app.clock.now() },
  })
  env = { DATABASE_URL: t.url, KEYS_DATABASE_URL: `${t.url}_keys`, CHIDAO_DATA: t.filesDirectory }
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
})

it('reports a quarter to people and to programs, and only a quarter', async () => {
  const { code, out, err } = await chidao(['report', 'quarter', '2026-Q1', '--json'], env)
  expect([code, err]).toEqual([0, ''])
  const made = JSON.parse(out)
  expect(Object.keys(made).sort()).toEqual([
    ...[
      'at',
      'complete',
      'directives',
      'final',
      'from',
      'name',
      'overdue',
      'tasks',
      'units',
      'until',
    ],
  ])
  expect(made).toMatchObject({
    ...{ name: '2026-Q1', from: '2025-12-26', until: '2026-03-25', final: true },
    tasks: { total: 1, notDoneOverdue: 1, reached: 1, reachedDone: 0 },
    directives: { received: 1, inTime: 1, withTasks: 1, withoutText: 0 },
    overdue: [{ code: '781/UBND-NNMT', unit: 'Sở A', dueOn: '2026-03-10', daysOverdue: 15 }],
  })
  const page = await chidao(['report', 'quarter', '2026-Q1', '--cut-off', '11'], env)
  expect(page.code).toBe(0)
  for (const part of [
    '2025-12-12 … 2026-03-11',
    'Sở A',
    '0 / 1 = 0.0 %',
    'Quá hạn',
    'thiếu toàn văn khi hết hạn',
  ])
    expect(page.out).toContain(part)
  for (const wrong of ['2026-Q5', '2999-Q1'])
    expect((await chidao(['report', 'quarter', wrong], env)).code).toBe(2)
  expect((await chidao(['report', 'quarter', '2026-Q1', '--cut-off', '31'], env)).code).toBe(2)
}, 120_000)

it('shows one directive whole, its files and its life, and nothing of a withheld one', async () => {
  const shown = await chidao(['show', '781/UBND-NNMT'], env)
  expect([shown.code, shown.err]).toEqual([0, ''])
  expect(shown.out).toMatch(/Toàn văn {6}1\.pdf {2}\d+ byte {2}sha256 [0-9a-f]{64}/)
  for (const part of ['đã chuyển / staged', 'chuyên viên  phân loại / classified', 'unit: Sở A'])
    expect(shown.out).toContain(part)
  const [one] = JSON.parse((await chidao(['show', '781/UBND-NNMT', '--json'], env)).out)
  expect(one.life.map(({ event }: { event: string }) => event)).toEqual(
    expect.arrayContaining(['read', 'deadlineComputed', 'staged', 'classified', 'assigned']),
  )
  expect(one).toMatchObject({ attention: [], files: [{ name: '1.pdf', state: 'stored' }] })
  await t.app.store.withholding.withhold(one.id, 'doubtful', t.app.clock.now())
  for (const name of ['781/UBND-NNMT', one.id, one.sourceRef]) {
    const hidden = await chidao(['show', name], env)
    expect([hidden.code, hidden.out]).toEqual([1, ''])
    const absent = await chidao(['show', 'x'], env)
    expect(hidden.err.replace(`"${name}"`, '')).toBe(absent.err.replace('"x"', ''))
  }
  // Whoever tries a code learns nothing from the purge either; the id from the list still works.
  const by = ['--dry-run', '--authority', 'CV 12']
  expect(await chidao(['purge', '781/UBND-NNMT', ...by], env)).toEqual(
    await chidao(['purge', '1/KHONG-CO', ...by], env),
  )
  expect((await chidao(['purge', one.id, ...by], env)).code).toBe(0)
}, 120_000)
