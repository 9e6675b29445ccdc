/** `chidao withheld` and `chidao fuses`, by the real executable while no service runs. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let env: Record<string, string>
let id: string
let source: string

beforeEach(async () => {
  register = await openRegister([row(1)])
  t = await testApp([profileAt(register.address)])
  await pullAll(t.app)
  source = [...t.app.sources.keys()][0]!
  const { rows } = await t.app.store.db.raw(`select id from sync.directive`)
  id = rows[0].id
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
  }
})
afterEach(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
})

it('lists what is withheld without a word of it, and shows it again with a reason', async () => {
  expect((await chidao(['withheld'], env)).code).toBe(0)
  await t.app.store.withholding.withhold(id, 'vanished', t.app.clock.now())
  const listed = await chidao(['withheld'], env)
  expect(listed.code).toBe(3)
  expect(listed.out).toContain(id)
  expect(listed.out).toContain('nguồn không còn')
  const status = await chidao(['status'], env)
  expect([status.code, status.out]).toEqual([
    3,
    expect.stringContaining('1 withheld directives wait'),
  ])
  expect(listed.out).not.toMatch(/781|UBND-NNMT|nhiệm vụ/)

  for (const [more, wrong] of [
    [['--reason', 'đã hỏi Văn phòng'], 'add --yes'],
    [['--reason', ' ', '--yes'], 'Say why'],
    [['--reason', 'bản (MẬT)', '--yes'], 'not eligible'],
    [['--reason', 'dài '.repeat(200), '--yes'], 'longer than 500'],
  ] as const) {
    const { code, err } = await chidao(['withheld', 'release', id, ...more], env)
    expect([code, err]).toEqual([2, expect.stringContaining(wrong)])
    expect(err).not.toContain('(MẬT)')
  }
  const reason = 'đã hỏi Văn phòng'
  const released = await chidao(
    ['withheld', 'release', id, '--reason', reason, '--yes', '--as', 'trực ban', '--json'],
    env,
  )
  expect(JSON.parse(released.out)).toEqual({ released: id, actor: 'trực ban', reason })
  expect(JSON.parse((await chidao(['withheld', '--json'], env)).out)).toEqual([])
  expect((await chidao(['show', id], env)).code).toBe(0)
  expect((await chidao(['withheld', 'release', id, '--reason', reason, '--yes'], env)).code).toBe(1)
}, 60_000)

it('does not release what its source calls secret', async () => {
  await t.app.store.withholding.withhold(id, 'secret', t.app.clock.now())
  const { code, err } = await chidao(['withheld', 'release', id, '--reason', 'nhầm', '--yes'], env)
  expect([code, err]).toEqual([1, expect.stringContaining('cannot be released')])
  expect((await chidao(['show', id], env)).code).toBe(1)
}, 60_000)

it('asks what a fuse asks, and takes the answer once', async () => {
  const { fuses } = t.app.store
  const now = t.app.clock.now()
  const wanted = { source, kind: 'withhold', count: 500, outOf: 1000 } as const
  expect(await fuses.holds(wanted, now)).toBe(false)
  const listed = await chidao(['fuses'], env)
  expect([listed.code, listed.out]).toEqual([3, expect.stringMatching(/500 \/ 1000/)])

  const status = await chidao(['status', '--json'], env)
  expect([status.code, JSON.parse(status.out)]).toEqual([
    3,
    expect.objectContaining({ withheld: 0, fuses: [expect.objectContaining({ counted: 500 })] }),
  ])
  const answer = ['fuses', 'answer', source, 'withhold', '--reason', 'nguồn đúng']
  const unsure = await chidao([...answer, '--with', 'proceed'], env)
  expect([unsure.code, unsure.err]).toEqual([2, expect.stringContaining('--yes')])
  expect((await chidao([...answer, '--with', 'perhaps'], env)).code).toBe(2)
  const unseen = await chidao([...answer, '--with', 'proceed', '--yes'], env)
  expect([unseen.code, unseen.err]).toEqual([2, expect.stringContaining('--count')])
  const proceed = [...answer, '--with', 'proceed', '--yes', '--json', '--count']
  const grown = await chidao([...proceed, '12'], env)
  expect([grown.code, grown.err]).toEqual([1, expect.stringContaining('It is 500 by now')])
  expect((await chidao([...proceed, 'all'], env)).code).toBe(2)
  const answered = await chidao([...proceed, '500'], env)
  expect(JSON.parse(answered.out)).toMatchObject({ source, kind: 'withhold', answer: 'proceed' })
  const again = await chidao([...answer, '--with', 'keep'], env)
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('No such question')])
  expect((await chidao(['fuses'], env)).code).toBe(0)
  const { rows } = await t.app.store.db.raw(`select answer from sync.fuse`)
  expect(rows).toEqual([{ answer: 'proceed' }])
}, 180_000)
