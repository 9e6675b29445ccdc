/** The commands that only look, or only ring: what they print of a store with something in it, and how they end. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let folder: string
let env: Record<string, string>
let source: string

beforeAll(async () => {
  register = await openRegister([row(1), row(2)])
  const profile = profileAt(register.address, { can: { recheck: 'none', reconcile: 'none' } })
  source = profile.name
  t = await testApp([profile])
  await pullAll(t.app)
  folder = await mkdtemp(join(tmpdir(), 'chidao-looks-'))
  const CHIDAO_CONFIG = join(folder, 'chidao.yaml')
  await writeFile(CHIDAO_CONFIG, stringify({ sources: [profile] }))
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
    CHIDAO_CONFIG,
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
  const { rows } = await t.app.store.db.raw(
    `insert into sync.outbox (source, kind, directive_id, detail, state, due_at, attempts, written_at)
     select source, 'status', id, '{"code":"03"}', 'pending', now() + interval '1 day', 1, now() from sync.directive where source_ref = '1' returning id`,
  )
  const id = String(rows[0].id)
  const [listed, ...others] = await json(['replies', 'list', '--state', 'pending'])
  expect([listed, others]).toMatchObject([{ id: rows[0].id, code: '781/UBND-NNMT' }, []])
  expect(await json(['replies', 'show', id])).toMatchObject({ state: 'pending', attempts: 1 })
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
  expect(await json(['attention'])).toEqual([])
  expect((await json(['migrate'])).pending).toEqual([])
  expect(await json(['audit', 'verify'])).toMatchObject({ broken: [] })
}, 120_000)

it('check: reports each part, and ends with 1 when the source does not answer', async () => {
  const good = await json(['check'])
  expect(JSON.stringify(good)).toContain(source)
  register.state.fault = 'unavailable'
  const { code, out } = await chidao(['check', '--json'], env)
  register.state.fault = null
  expect(code).toBe(1)
  expect(() => JSON.parse(out)).not.toThrow()
}, 120_000)
