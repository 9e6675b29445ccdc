/** The commands that only look, or only ring: what they print of a store with something in it, and how they end. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let folder: string
let env: Record<string, string>
let source: string

beforeAll(async () => {
  register = await openRegister([row(1), row(2)])
  const profile = profileAt(register.address, {
    can: { recheck: 'none', reconcile: 'none' },
    transferAuthority: 'Quyết định số 12/QĐ-VP',
  })
  source = profile.name
  t = await testApp([profile])
  await pullAll(t.app)
  folder = await mkdtemp(join(tmpdir(), 'chidao-looks-'))
  const CHIDAO_CONFIG = join(folder, 'chidao.yaml')
  await writeFile(CHIDAO_CONFIG, stringify({ sources: [profile] }), { mode: 0o600 })
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
    CHIDAO_CONFIG,
    CHIDAO_CLOCK: `${start.toISOString()} @ ${Date.now()} x 1`,
  }
})
afterAll(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
  await rm(folder, { recursive: true })
})

const json = async (args: readonly string[], code = 0) => {
  const ran = await chidao([...args, '--json'], env)
  expect(ran.code, ran.err).toBe(code)
  return JSON.parse(ran.out)
}

it('runs: what each reading did, one whole, and that there is no such one', async () => {
  const runs = await json(['runs', '--limit', '50'])
  expect(runs.find(({ kind }: { kind: string }) => kind === 'head')).toMatchObject({
    ...{ source, state: 'done', seen: 2, allowed: 2, staged: 2, undecided: 0, balances: true },
  })
  expect(await json(['runs', runs[0].id])).toEqual(runs[0])
  const shown = await chidao(['runs', runs[0].id], env)
  expect([shown.code, shown.out]).toEqual([0, expect.stringContaining(runs[0].id)])
  const none = await chidao(['runs', 'x'], env)
  expect([none.code, none.out, none.err]).toEqual([1, '', expect.stringContaining('chidao runs')])
}, 120_000)

it('replies: what waits, one whole, made due at once, and that there is no such one', async () => {
  const { db, replies } = t.app.store
  const { rows: directives } = await db.raw(`select id from sync.directive where source_ref = '1'`)
  const lead = { code: 'A', name: 'Sở A' }
  const tasks = JSON.stringify([{ description: 'Báo cáo', dueOn: '2026-03-10', lead }])
  const now = t.app.clock.now()
  const { rows } = await db.raw(
    `select sync.classify(:id, :tasks, 'chuyên viên', :now) as assignment`,
    { id: directives[0].id, tasks, now },
  )
  const reply = {
    outcome: 'completed',
    completedOn: '2026-03-04',
    explanation: 'Đã xong',
    document: null,
  } as const
  await replies.write(randomUUID(), rows[0].assignment, reply, [], 'đơn vị', now)
  await db.raw(`update sync.outbox set due_at = now() + interval '1 day'`)
  const [listed, ...others] = await json(['replies', 'list', '--state', 'pending'])
  expect([listed, others]).toMatchObject([{ kind: 'reply', code: '781/UBND-NNMT' }, []])
  expect(await json(['replies', 'show', listed.id])).toMatchObject({
    ...{ state: 'pending', attempts: 0, reply: { explanation: 'Đã xong' } },
  })
  const none = await chidao(['replies', 'show', '987654'], env)
  expect([none.code, none.out, none.err]).toEqual([1, '', expect.stringContaining('replies list')])
  expect(await json(['replies', 'push'])).toEqual({ due: 1 })
  expect(
    (await t.app.store.db.raw(`select from sync.outbox where due_at <= now()`)).rows,
  ).toHaveLength(1)
}, 120_000)

it('status: says of no source that it is complete which cannot prove it', async () => {
  const { sources } = await json(['status'])
  expect(sources).toMatchObject([{ name: source, provable: false }])
  const shown = await chidao(['status'], env)
  expect([shown.code, shown.out]).toEqual([0, expect.stringContaining('không chứng minh được')])
}, 60_000)

it('fuses, failed, attention, audit, migrate: end with 0 where nothing waits and all is in order', async () => {
  expect(await json(['fuses', 'list'])).toEqual([])
  expect(await json(['failed', 'list'])).toEqual([])
  expect(await json(['attention'])).toMatchObject({ total: 0, items: [] })
  expect((await json(['migrate'])).pending).toEqual([])
  expect(await json(['audit', 'verify'])).toMatchObject({ findings: [] })
}, 120_000)

it('check: reports each part, and ends with 1 when the source does not answer', async () => {
  register.state.time = start
  const good = await json(['check'])
  expect(JSON.stringify(good)).toContain(source)
  register.state.fault = 'unavailable'
  const { code, out } = await chidao(['check', '--json'], env)
  register.state.fault = null
  expect(code).toBe(1)
  expect(() => JSON.parse(out)).not.toThrow()
}, 120_000)
