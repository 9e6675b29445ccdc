import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { accounts } from '#src/store/accounts.ts'
import { openDatabase } from '#src/store/database.ts'
import { sealPassword } from '#src/store/password.ts'
import { root } from '#src/wiring.ts'
import { chidao } from '#test/cli/executable.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { type TestDatabase, testDatabase } from '#test/support/database.ts'

const token = 'token-of-the-test'
let register: Awaited<ReturnType<typeof openRegister>>
let database: TestDatabase
let directory: string
const children: ChildProcess[] = []

beforeAll(async () => {
  register = await openRegister([row(1)])
  directory = await mkdtemp(join(tmpdir(), 'chidao-ops-'))
  await writeFile(
    join(directory, 'chidao.yaml'),
    stringify({ sources: [profileAt(register.address)] }),
  )
})
beforeEach(async () => {
  database = await testDatabase()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await database[Symbol.asyncDispose]()
})
afterAll(async () => {
  await register.close()
  await rm(directory, { recursive: true, force: true })
})

/** The real executable with these settings. */
function start(env: Record<string, string>, ...args: string[]) {
  const child = spawn(join(root, 'bin/chidao'), ['start', ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      CHIDAO_CONFIG: join(directory, 'chidao.yaml'),
      CHIDAO_DATA: directory,
      DATABASE_URL: database.url,
      KEYS_DATABASE_URL: database.keysUrl,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    child,
    ended,
    output: () => output,
    async address(): Promise<string> {
      await expect.poll(() => output, { timeout: 30_000 }).toContain('"event":"opsListening"')
      return /"address":"([^"]+)"/.exec(output)![1]!
    },
    statusOf: async (address: string, path: string, given?: string) =>
      (
        await fetch(address + path, {
          headers: given ? { authorization: `Bearer ${given}` } : {},
        })
      ).status,
  }
}

it('opens nothing that nobody asked for', async () => {
  const service = start({})
  await expect.poll(service.output, { timeout: 30_000 }).toContain('"event":"started"')
  expect(service.output()).not.toContain('opsListening')
})

it('serves the service it runs, opens with the first account without a restart, and stops in time although a browser stays connected', async () => {
  const service = start({ OPS_PORT: '0', OPS_TOKEN: token })
  const address = await service.address()
  await expect.poll(service.output, { timeout: 30_000 }).toContain('"event":"started"')
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  for (const [path, status] of [
    ['/healthz', 200],
    ['/readyz', 404],
    ['/metrics', 404],
    ['/queues', 404],
    ['/login', 404],
  ] as const)
    expect(await service.statusOf(address, path, token), path).toBe(status)
  expect(service.output()).toContain('"event":"opsClosed"')
  const { code } = await chidao(
    ['user', 'add', 'lan', '--role', 'viewer'],
    { DATABASE_URL: database.url, KEYS_DATABASE_URL: database.keysUrl, CHIDAO_DATA: directory },
    'một câu dài dễ nhớ',
  )
  expect(code).toBe(0)
  const statusOf = () => service.statusOf(address, '/readyz', token)
  await expect.poll(statusOf, { timeout: 20_000 }).toBe(200)
  expect(await service.statusOf(address, '/login')).toBe(200)
  expect(await service.statusOf(address, '/queues')).toBe(401)
  service.child.kill('SIGTERM')
  expect(await service.ended).toBe(0)
  expect(service.output()).toContain('"event":"stopped"')
  expect(service.output()).not.toContain(token)
})

it('as ops shows the same and works at nothing', async () => {
  const service = start({ OPS_PORT: '0', OPS_TOKEN: token }, '--role', 'ops')
  const address = await service.address()
  await opens(() => service.statusOf(address, '/readyz', token))
  expect(await service.statusOf(address, '/login')).toBe(200)
  service.child.kill('SIGTERM')
  expect(await service.ended).toBe(0)
  expect(service.output()).not.toContain('"event":"started"')
})

it('as worker shows no queues, and nothing for people', async () => {
  const service = start({ OPS_PORT: '0', OPS_TOKEN: token }, '--role', 'worker')
  const address = await service.address()
  await opens(() => service.statusOf(address, '/readyz', token))
  for (const path of ['/queues', '/login'])
    expect(await service.statusOf(address, path, token), path).toBe(401)
})

/** With the first account, and by itself. */
async function opens(statusOf: () => Promise<number>): Promise<void> {
  const db = openDatabase({ url: database.url, poolSize: 1 })
  await accounts(db).add(
    { name: 'binh', shownName: 'Bình', role: 'viewer', password: await sealPassword('x') },
    { actor: 'bài thử', reason: null, at: new Date() },
  )
  await db.destroy()
  await expect.poll(statusOf, { timeout: 20_000 }).toBe(200)
}

it('says which port is taken and ends with 1, before any work begins', async () => {
  const taken: Server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const service = start({ OPS_PORT: String(port), OPS_TOKEN: token })
  expect(await service.ended).toBe(1)
  expect(service.output()).toContain(`Port ${port} of 127.0.0.1 is in use`)
  expect(service.output()).not.toMatch(/"event":"started"|\n +at /)
  taken.close()
})

it.each([
  [{ OPS_PORT: '70000' }, /OPS_PORT: is not a port/],
  [{ OPS_PORT: 'http' }, /OPS_PORT: is not a port/],
  [{ OPS_PASSWORD: 'short' }, /OPS_PASSWORD: one password for everybody.*chidao user add/],
  [{ OPS_PASSWORD_FILE: '/nowhere' }, /OPS_PASSWORD_FILE: one password.*chidao user add/],
  [{ OPS_TOKEN: 'short' }, /OPS_TOKEN: is shorter than 8/],
  [{ OPS_TOKEN_FILE: '/nowhere' }, /OPS_TOKEN_FILE: \/nowhere cannot be read/],
])('refuses %o as configuration', async (env, why) => {
  const service = start(env)
  expect(await service.ended).toBe(2)
  expect(service.output()).toMatch(why)
  expect(service.output()).not.toMatch(/\bshort\b(?!er)/)
})

it('refuses a role there is not', async () => {
  const service = start({}, '--role', 'boss')
  expect(await service.ended).toBe(2)
})
