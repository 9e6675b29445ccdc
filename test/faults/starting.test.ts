import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openDatabase } from '#src/store/database.ts'
import { root } from '#src/wiring.ts'
import { chidao } from '#test/cli/executable.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { openInProcess } from '#test/embedded/process-with-server.ts'
import { startRelay } from '#test/ops/relay.ts'
import { type TestDatabase, testDatabase } from '#test/support/database.ts'
import { freePort } from '#test/support/redis.ts'

/** Under which systemd, Docker and Kubernetes would have killed it. */
const graceMs = 15_000

let register: Awaited<ReturnType<typeof openRegister>>
let database: TestDatabase
let directory: string
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  register = await openRegister([row(1)])
})
beforeEach(async () => {
  database = await testDatabase('tables')
  directory = await mkdtemp(join(tmpdir(), 'chidao-starting-'))
  await writeFile(
    join(directory, 'chidao.yaml'),
    stringify({ sources: [profileAt(register.address)] }),
  )
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  await database[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})
afterAll(() => register.close())

describe('a start that fails', () => {
  it.each(['all', 'worker', 'ops'])(
    'after its port is open ends with 1 and serves nobody (role %s)',
    async (role) => {
      await locked('lock table sync.account in access exclusive mode')
      const port = await freePort()
      const service = started(['start', '--role', role], { OPS_PORT: String(port) })
      expect(await service.ended(), service.output()).toBe(1)
      expect(service.output()).toContain('"event":"opsListening"')
      await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
    },
  )

  it.each([
    'lock table sync.life in access exclusive mode',
    'lock table sync.calendar in access exclusive mode',
    'lock table sync.source in access exclusive mode',
    'lock table sync.schedule in access exclusive mode',
  ])('ends with 1 wherever it fails: %s', async (statement) => {
    await locked(statement)
    const service = started(['start'], { OPS_PORT: String(await freePort()) })
    expect(await service.ended(), service.output()).toBe(1)
    expect(service.output()).toMatch(/chidao: /)
  })
})

describe('a start that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends quietly while it waits for another process to migrate (%s)',
    async (signal) => {
      await locked('select from public.chidao_schema_lock for update')
      const service = started(['start'])
      await service.says(/Đang chờ tiến trình khác cập nhật lược đồ.*Waiting for another process/)
      service.child.kill(signal)
      expect(await service.ended()).toBe(0)
      expect(service.output()).not.toContain('mistake')
    },
  )

  it('ends while something it needs is locked', async () => {
    await locked('lock table sync.account in access exclusive mode')
    const service = started(['start'], { OPS_PORT: String(await freePort()) })
    await service.says(/opsListening/)
    service.child.kill('SIGTERM')
    expect(await service.ended()).toBe(0)
    expect(service.output()).not.toContain('mistake')
  })

  it('ends while the tables of the queue are locked', async () => {
    const before = started(['start'])
    await before.says(/"event":"started"/)
    before.child.kill('SIGTERM')
    expect(await before.ended()).toBe(0)
    await locked('lock table queue.migration in access exclusive mode')
    const service = started(['start'], { OPS_PORT: String(await freePort()) })
    const client = await connected()
    await expect
      .poll(
        async () =>
          (
            await client.query(
              `select from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'chidao-queue' and datname = current_database()`,
            )
          ).rowCount,
        { timeout: 30_000 },
      )
      .toBeGreaterThan(0)
    service.child.kill('SIGTERM')
    expect(await service.ended()).toBe(0)
  })

  it.each(['DATABASE_URL', 'QUEUE_URL'])(
    'ends while whoever is at %s says nothing',
    async (name) => {
      const silent = await silentServer()
      const url =
        name === 'QUEUE_URL'
          ? `redis://127.0.0.1:${silent.port}`
          : `postgres://a:b@127.0.0.1:${silent.port}/c`
      const service = started(['start'], { [name]: url })
      await silent.visited
      service.child.kill('SIGTERM')
      expect(await service.ended()).toBe(0)
      expect(service.output()).not.toContain('mistake')
    },
  )

  it.each([
    ['start', 200],
    ['start', 700],
    ['start', 1300],
    ['start --role ops', 900],
    ['demo', 600],
    ['demo', 1500],
    ['demo --once', 3000],
  ])('ends quietly at any moment: %s after %s ms', async (command, ms) => {
    const own: Record<string, string> = command.startsWith('demo')
      ? { CHIDAO_CONFIG: '', DATABASE_URL: '', KEYS_DATABASE_URL: '' }
      : { OPS_PORT: '0' }
    const service = started(command.split(' '), own)
    await new Promise((resolve) => setTimeout(resolve, ms))
    service.child.kill('SIGTERM')
    // Before the command has said that it listens to signals, the signal itself ends it.
    expect([0, 'SIGTERM']).toContain(await service.ended())
    expect(service.output()).not.toMatch(/mistake|còn mở/)
  })
})

it('ends although its database hangs for good, and says what it left open', async () => {
  await using relay = await startRelay(new URL(database.url))
  const service = started(['start'], {
    DATABASE_URL: relay.urlOf(database.url),
    KEYS_DATABASE_URL: relay.urlOf(database.keysUrl),
  })
  await service.says(/"event":"started"/)
  relay.freeze(true)
  service.child.kill('SIGTERM')
  expect(await service.ended()).toBe(1)
  expect(service.output()).toMatch(/còn mở.*still open: .*TCP/)
})

describe('an embedded store', () => {
  const embedded = { DATABASE_URL: '', KEYS_DATABASE_URL: '' }
  const command = (...args: string[]) =>
    chidao(args, { CHIDAO_DATA: directory, CHIDAO_CONFIG: join(directory, 'chidao.yaml') })

  it('has one service: a second start of any role is refused, and commands are guests', async () => {
    const service = started(['start'], embedded)
    await service.says(/"event":"started"/)
    for (const role of ['all', 'worker', 'ops']) {
      const second = started(['start', '--role', role], { ...embedded, OPS_PORT: '0' })
      expect(await second.ended()).toBe(1)
      expect(second.output()).toMatch(
        new RegExp(
          `^chidao: Kho này đang do tiến trình ${service.child.pid} phục vụ.*DATABASE_URL`,
        ),
      )
    }
    const { code, err } = await command('status')
    // 3: what the service has staged by then waits for a person.
    expect([[0, 3].includes(code ?? -1), err]).toEqual([true, ''])
    service.child.kill('SIGTERM')
    expect(await service.ended()).toBe(0)
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends a command that waits, with a sentence, when its service ends by %s',
    async (signal) => {
      register.state.delayMs = 300
      cleanups.push(() => {
        register.state.delayMs = 0
      })
      const service = started(['start'], embedded)
      await service.says(/"event":"started"/)
      const waiting = started(
        ['resync', profileAt(register.address).name, '--all', '--wait', '--reason', 'đo'],
        embedded,
      )
      const db = openDatabase({ url: storeOf(directory), poolSize: 1 })
      await expect
        .poll(async () => (await db.raw('select from sync.resync')).rowCount, { timeout: 20_000 })
        .toBe(1)
      await db.destroy()
      service.child.kill(signal)
      expect(await waiting.ended()).toBe(1)
      expect(waiting.output()).toMatch(/Dịch vụ giữ Postgres kèm theo đã dừng/)
      expect(waiting.output()).not.toMatch(/mistake| {4}at /)
    },
  )

  it('keeps a start waiting for a command, which it says, and may be told to stop meanwhile', async () => {
    const other = await openInProcess({ directory: join(directory, 'postgres'), as: 'guest' })
    cleanups.push(() => other.kill())
    const told = started(['start'], embedded)
    const service = started(['start'], embedded)
    for (const each of [told, service])
      await each.says(/Đang chờ lệnh khác.*Waiting for another command/)
    told.child.kill('SIGTERM')
    expect(await told.ended()).toBe(0)
    await other.stop()
    await service.says(/"event":"started"/)
    service.child.kill('SIGTERM')
    expect(await service.ended()).toBe(0)
  })
})

describe('a login without any right', () => {
  it('holds up no start whose queue is in Postgres', async () => {
    const before = started(['start'])
    await before.says(/"event":"started"/)
    before.child.kill('SIGTERM')
    await before.ended()
    await locked(`select pg_advisory_lock(1112493644, hashtext('queue'))`, await stranger())
    const service = started(['start'])
    await service.says(/"event":"started"/)
    service.child.kill('SIGTERM')
    expect(await service.ended()).toBe(0)
  })

  it('holds up no migration with a lock that it made up', async () => {
    await locked(`select pg_advisory_lock(hashtext('chidao schema'))`, await stranger())
    const { code, err } = await chidao(['migrate'], {
      DATABASE_URL: database.url,
      KEYS_DATABASE_URL: database.keysUrl,
    })
    expect([code, err]).toEqual([0, ''])
  })

  it.each([
    'select from public.chidao_schema_lock for update',
    'lock table public.chidao_schema_lock in access share mode',
  ])('may not hold what a migration waits for: %s', async (statement) => {
    await expect(locked(statement, await stranger())).rejects.toMatchObject({ code: '42501' })
  })
})

/** The real executable. */
function started(args: readonly string[], env: Record<string, string> = {}) {
  const child: ChildProcess = spawn(join(root, 'bin/chidao'), args, {
    env: Object.fromEntries(
      Object.entries({
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        CHIDAO_CONFIG: join(directory, 'chidao.yaml'),
        CHIDAO_DATA: directory,
        DATABASE_URL: database.url,
        KEYS_DATABASE_URL: database.keysUrl,
        ...env,
      }).filter(([, value]) => value !== ''),
    ),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (part) => (output += part))
  const exited = once(child, 'exit').then(([code, signal]) => signal ?? code)
  cleanups.push(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    child,
    output: () => output,
    says: (what: RegExp) => expect.poll(() => output, { timeout: 30_000 }).toMatch(what),
    /** What it ended with, or that it did not within the time a supervisor leaves it. */
    async ended(): Promise<unknown> {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise((resolve) => {
        timer = setTimeout(() => resolve('still alive'), graceMs)
      })
      return Promise.race([exited, late]).finally(() => clearTimeout(timer))
    },
  }
}

/** Somebody who does this in a transaction, and sits on it. */
async function locked(statement: string, url = database.url) {
  const client = await connected(url)
  await client.query('begin')
  await client.query(statement)
}

/** Of the server that runs there now. */
function storeOf(data: string): string {
  const read = (name: string) => readFileSync(join(data, 'postgres', name), 'utf8').trim()
  const { port } = JSON.parse(read('server.json')) as { port: number }
  return `postgres://chidao:${read('password')}@127.0.0.1:${port}/chidao`
}

async function connected(url = database.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  cleanups.push(() => client.end())
  return client
}

/** Whoever may connect, and nothing else. */
async function stranger(): Promise<string> {
  const client = await connected()
  const name = `stranger_${process.pid}_${Date.now()}`
  await client.query(`create role ${name} login password 'x'`)
  cleanups.push(async () => {
    const dropping = new pg.Client({ connectionString: database.url })
    await dropping.connect()
    await dropping.query(`drop role ${name}`)
    await dropping.end()
  })
  const url = new URL(database.url)
  url.username = name
  url.password = 'x'
  return url.toString()
}

async function silentServer(): Promise<{ port: number; visited: Promise<unknown> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, visited: once(server, 'connection') }
}
