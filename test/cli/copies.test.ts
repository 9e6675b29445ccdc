/** `chidao copies`, by the real executable while no service runs. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { chidao } from './executable.ts'

const registers: Awaited<ReturnType<typeof openRegister>>[] = []
let t: TestApp
let env: Record<string, string>

async function stored(a: Row[], b: Row[]) {
  for (const rows of [a, b]) registers.push(await openRegister(rows))
  t = await testApp(registers.map(({ address }, n) => profileAt(address, { name: 'ab'[n]! })))
  await pullAll(t.app)
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
  }
}
const far = { publish_date: '2026-02-10T00:00:00+07:00' }
const documents = async () => {
  const { rows } = await t.app.store.db.raw(
    `select count(distinct coalesce(primary_id, id))::int as n from sync.directive`,
  )
  return rows[0].n
}

beforeEach(() => void registers.splice(0))
afterEach(async () => {
  await t[Symbol.asyncDispose]()
  for (const register of registers) await register.close()
})

it('shows both sides, and takes the answer with its reason into the history', async () => {
  await stored([row(1), row(2)], [row(1, far), row(2, far)])
  const listed = await chidao(['copies'], env)
  expect(listed.code).toBe(3)
  for (const part of ['a 781/UBND-NNMT', 'b 781/UBND-NNMT', '2026-03-02', '2026-02-10'])
    expect(listed.out).toContain(part)
  const attention = await chidao(['attention', 'list', '--kind', 'mayBeSame'], env)
  expect(attention.out).toContain('2026-02-10')
  const pairs: { id: string }[] = JSON.parse((await chidao(['copies', '--json'], env)).out)
  const said = ['--reason', 'đã đối chiếu', '--as', 'văn thư']
  expect((await chidao(['copies', 'same', pairs[0]!.id, ...said], env)).code).toBe(2)
  expect((await chidao(['copies', 'same', pairs[0]!.id, ...said, '--yes'], env)).code).toBe(0)
  expect((await chidao(['copies', 'two', pairs[1]!.id, ...said, '--yes'], env)).code).toBe(0)
  expect(await documents()).toBe(3)
  expect((await chidao(['copies'], env)).code).toBe(0)
  const again = await chidao(['copies', 'two', pairs[1]!.id, ...said, '--yes'], env)
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('No such pair')])
  const { rows } = await t.app.store.db.raw(
    `select event, actor, detail ->> 'reason' as reason from sync.history where event like 'saidTo%' order by event, at`,
  )
  const by = { actor: 'văn thư', reason: 'đã đối chiếu' }
  expect(rows).toEqual([
    ...[1, 2].map(() => ({ event: 'saidToBeSame', ...by })),
    ...[1, 2].map(() => ({ event: 'saidToBeTwo', ...by })),
  ])
})

it('lists what would be linked, and links it only when told to', async () => {
  await stored([row(1), row(2)], [row(1), row(2)])
  await t.app.store.db.raw(`update sync.directive set primary_id = null`)
  const preview = await chidao(['copies', 'link'], env)
  expect([preview.code, preview.out]).toEqual([0, expect.stringContaining('2 pairs would be')])
  expect(await documents()).toBe(4)
  expect((await chidao(['copies', 'link', '--yes'], env)).code).toBe(2)
  const linked = await chidao(['copies', 'link', '--yes', '--reason', 'đã xem'], env)
  expect([linked.code, linked.out]).toEqual([0, expect.stringContaining('2 pairs are linked')])
  expect(await documents()).toBe(2)
  // One of them was no copy after all.
  const { rows } = await t.app.store.db.raw(
    `select id from sync.directive where primary_id is not null limit 1`,
  )
  const parted = ['copies', 'two', rows[0].id, '--reason', 'nhầm', '--yes']
  expect((await chidao(parted, env)).code).toBe(0)
  expect(await documents()).toBe(3)
  expect((await chidao(['copies', 'link'], env)).out).toContain('0 pairs would be')
})
