/** `chidao user`, by the real executable while no service runs. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { opensWith } from '#src/store/password.ts'
import { type TestApp, testApp } from '#test/support/app.ts'
import { chidao, chidaoOnTerminal } from './executable.ts'

const sentence = 'con mèo nằm trên mái'

let t: TestApp
let env: Record<string, string>

beforeEach(async () => {
  t = await testApp([])
  env = {
    DATABASE_URL: t.url,
    KEYS_DATABASE_URL: `${t.url}_keys`,
    CHIDAO_DATA: t.filesDirectory,
  }
})
afterEach(() => t[Symbol.asyncDispose]())

const user = (args: string[], input?: string) => chidao(['user', ...args], env, input)

async function sealedOf(name: string): Promise<string> {
  const { rows } = await t.app.store.db.raw(`select password from sync.account where name = ?`, [
    name,
  ])
  return rows[0].password
}

it('adds, lists, disables and enables an account, and says in the history who did and why', async () => {
  expect((await user([])).out).toContain('There is no account')
  const added = await user(
    ['add', 'Lan.Nguyen', '--role', 'viewer', '--name', 'Nguyễn Thị Lan', '--as', 'an', '--json'],
    `${sentence}\n`,
  )
  expect([added.code, JSON.parse(added.out)]).toEqual([
    0,
    { account: 'lan.nguyen', added: true, role: 'viewer', actor: 'an' },
  ])
  expect(await opensWith(await sealedOf('lan.nguyen'), sentence)).toBe(true)
  const again = await user(['add', 'lan.nguyen', '--role', 'viewer'], `${sentence}\n`)
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('already')])

  const listed = await user([])
  expect(listed.out).toMatch(/lan\.nguyen +Nguyễn Thị Lan +xem \/ viewer .*in use/)
  const reason = ['--reason', 'chuyển công tác', '--as', 'an']
  expect((await user(['disable', 'lan.nguyen', ...reason])).code).toBe(0)
  expect((await user(['disable', 'lan.nguyen'])).code).toBe(1)
  expect((await user([])).out).toContain('vô hiệu / disabled')
  expect((await user(['enable', 'lan.nguyen', ...reason])).code).toBe(0)
  expect((await user(['enable', 'lan.nguyen'])).code).toBe(1)
  const role = ['role', 'lan.nguyen', '--to', 'administrator']
  expect((await user([...role, '--as', 'an'])).code).toBe(0)
  expect((await user(role)).code).toBe(1)
  const [account] = JSON.parse((await user(['list', '--json'])).out)
  expect(account).toMatchObject({ name: 'lan.nguyen', role: 'administrator', kind: 'local' })
  expect(JSON.stringify(account)).not.toContain('scrypt')

  const { rows } = await t.app.store.db.raw(
    `select actor, event, detail from sync.history order by at`,
  )
  const detail = { account: 'lan.nguyen', reason: 'chuyển công tác' }
  expect(rows).toEqual([
    { actor: 'an', event: 'accountAdded', detail: { account: 'lan.nguyen', role: 'viewer' } },
    { actor: 'an', event: 'accountDisabled', detail },
    { actor: 'an', event: 'accountEnabled', detail },
    {
      actor: 'an',
      event: 'roleChanged',
      detail: { account: 'lan.nguyen', role: 'administrator' },
    },
  ])
}, 240_000)

it('changes a password from a file, and ends the logins that are in force', async () => {
  const file = join(t.filesDirectory, 'password')
  await writeFile(file, `${sentence}\n`)
  const add = ['add', 'binh', '--role', 'viewer', '--password-file', file]
  expect((await user(add)).code).toBe(0)
  const expiry = { idleMs: 600_000, longestMs: 600_000 }
  const session = await t.app.store.sessions.begin('binh', expiry)
  expect(await t.app.store.sessions.holderOf(session, expiry)).toMatchObject({ account: 'binh' })
  const other = 'trời hôm nay nhiều mây'
  const changed = await user(['passwd', 'binh', '--password-file', '-'], `${other}\r\n`)
  expect([changed.code, changed.err]).toEqual([0, ''])
  expect(await opensWith(await sealedOf('binh'), other)).toBe(true)
  expect(await t.app.store.sessions.holderOf(session, expiry)).toBeNull()
  const missing = await user(['passwd', 'binh', '--password-file', '/nowhere'])
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('cannot be read')])
  const unknown = await user(['passwd', 'nobody'], `${other}\n`)
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('no account nobody')])
}, 180_000)

it('asks for it twice on a terminal, and shows nothing of what is typed', async () => {
  const ask = (first: string, second: string) =>
    chidaoOnTerminal(['user', 'add', 'chi', '--role', 'administrator'], env, [
      ['Password: ', `${first}\r`],
      ['Once more: ', `${second}\r`],
    ])
  const unlike = await ask(sentence, `${sentence}!`)
  expect([unlike.code, unlike.out]).toEqual([2, expect.stringContaining('not the same')])
  const { code, out } = await ask(sentence, sentence)
  expect([code, out]).toEqual([0, expect.stringContaining('may log in')])
  expect(out).not.toMatch(/mèo|mái/)
  expect(await opensWith(await sealedOf('chi'), sentence)).toBe(true)
}, 180_000)

it.each([
  ['ngắn quá', 'at least 12'],
  ['aaaaaaaaaaaaaaaa', 'too few characters'],
  ['matkhau123456', 'tried first'],
  ['nguyenvantuyen1', 'the name of the account'],
  ['x'.repeat(257), 'at most 256'],
])(
  'refuses %s as a password',
  async (weak, why) => {
    const refused = await user(['add', 'nguyenvantuyen', '--role', 'viewer'], `${weak}\n`)
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(why)])
    expect(refused.err).not.toContain(weak)
    expect(await t.app.store.accounts.any()).toBe(false)
  },
  30_000,
)

it('refuses a password as an argument, a name that is none, and a role that there is not', async () => {
  for (const args of [
    ['add', 'dung', sentence, '--role', 'viewer'],
    ['add', 'dung', '--password', sentence, '--role', 'viewer'],
    ['add', 'Dũng', '--role', 'viewer'],
    ['add', '-', '--role', 'viewer'],
    ['add', 'dung', '--role', 'boss'],
    ['add', 'dung'],
  ])
    expect((await user(args, `${sentence}\n`)).code, args.join(' ')).toBe(2)
  expect(await t.app.store.accounts.any()).toBe(false)
}, 180_000)
