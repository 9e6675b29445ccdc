import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { root } from '#src/wiring.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { type TestDatabase, testDatabase } from '#test/support/database.ts'

const password = 'mat-khau-cua-bai-thu'
let register: Awaited<ReturnType<typeof openRegister>>
let database: TestDatabase
let directory: string
const children: ChildProcess[] = []

beforeAll(async () => {
  register = await openRegister([row(1)])
  database = await testDatabase()
  directory = await mkdtemp(join(tmpdir(), 'chidao-ops-'))
  await writeFile(
    join(directory, 'chidao.yaml'),
    stringify({ sources: [profileAt(register.address)] }),
  )
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await register.close()
  await database[Symbol.asyncDispose]()
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
          headers: given ? { authorization: `Basic ${btoa(`x:${given}`)}` } : {},
        })
      ).status,
  }
}

it('opens nothing that nobody asked for', async () => {
  const service = start({})
  await expect.poll(service.output, { timeout: 30_000 }).toContain('"event":"started"')
  expect(service.output()).not.toContain('opsListening')
})

it('serves the queues of the service it runs, and stops in time although a browser stays connected', async () => {
  const service = start({ OPS_PORT: '0', OPS_PASSWORD: password })
  const address = await service.address()
  await expect.poll(service.output, { timeout: 30_000 }).toContain('"event":"started"')
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await service.statusOf(address, '/queues', password)).toBe(200)
  expect(await service.statusOf(address, '/queues')).toBe(401)
  service.child.kill('SIGTERM')
  expect(await service.ended).toBe(0)
  expect(service.output()).toContain('"event":"stopped"')
  expect(service.output()).not.toContain(password)
})

it('as ops shows the same and works at nothing', async () => {
  const service = start({ OPS_PORT: '0', OPS_PASSWORD: password }, '--role', 'ops')
  const address = await service.address()
  expect(await service.statusOf(address, '/queues', password)).toBe(200)
  expect(await service.statusOf(address, '/readyz', password)).toBe(200)
  service.child.kill('SIGTERM')
  expect(await service.ended).toBe(0)
  expect(service.output()).not.toContain('"event":"started"')
})

it('as worker shows no queues', async () => {
  const service = start({ OPS_PORT: '0', OPS_PASSWORD: password }, '--role', 'worker')
  const address = await service.address()
  expect(await service.statusOf(address, '/healthz')).toBe(200)
  expect(await service.statusOf(address, '/queues', password)).toBe(404)
})

it('answers only /healthz when a port is given and no password', async () => {
  const service = start({ OPS_PORT: '0' })
  const address = await service.address()
  for (const [path, status] of [
    ['/healthz', 200],
    ['/readyz', 404],
    ['/metrics', 404],
    ['/queues', 404],
  ] as const)
    expect(await service.statusOf(address, path, password), path).toBe(status)
  expect(service.output()).toContain('"event":"opsClosed"')
})

it('says which port is taken and ends with 1, before any work begins', async () => {
  const taken: Server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const service = start({ OPS_PORT: String(port), OPS_PASSWORD: password })
  expect(await service.ended).toBe(1)
  expect(service.output()).toContain(`Port ${port} of 127.0.0.1 is in use`)
  expect(service.output()).not.toMatch(/"event":"started"|\n +at /)
  taken.close()
})

it.each([
  [{ OPS_PORT: '70000' }, /OPS_PORT: is not a port/],
  [{ OPS_PORT: 'http' }, /OPS_PORT: is not a port/],
  [{ OPS_PASSWORD: 'short' }, /OPS_PASSWORD: is shorter than 8/],
  [{ OPS_TOKEN: 'short' }, /OPS_TOKEN: is shorter than 8/],
  [{ OPS_PASSWORD_FILE: '/nowhere' }, /OPS_PASSWORD_FILE: \/nowhere cannot be read/],
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
