import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { openEmbeddedPostgres } from '#src/embedded/postgres.ts'
import { openInProcess, type ProcessWithServer } from './process-with-server.ts'

const asRoot = process.getuid?.() === 0
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('who comes second', () => {
  it('uses the server that runs, and leaves it running', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    const second = await open(directory)
    expect([service.opened.started, second.started]).toEqual([true, false])
    expect(second.urlOf('postgres')).toBe(service.opened.url)
    await second.stop()
    expect(await answers(service.opened.url)).toBe(true)
  })

  it('is one of two that start at the same moment', async () => {
    const directory = temporaryDirectory()
    const both = await Promise.all([inProcess(directory), inProcess(directory)])
    expect(both.map((each) => each.opened.started).sort()).toEqual([false, true])
    expect(both[0].opened.url).toBe(both[1].opened.url)
  })

  it('is one of many in one process', async () => {
    const directory = temporaryDirectory()
    const all = await Promise.all(Array.from({ length: 5 }, () => open(directory)))
    expect(all.filter((each) => each.started)).toHaveLength(1)
    expect(new Set(all.map((each) => each.urlOf('postgres'))).size).toBe(1)
  })
})

describe('a killed owner', () => {
  it('takes the server along, and the next start has every committed row', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    await keepRow(service.opened.url)
    const pid = pidOf(directory)
    await service.kill()
    await until(() => !runs(pid))
    expect(await rowsOf((await open(directory)).urlOf('postgres'))).toEqual([1])
  })

  it('is followed at once by another that has a server of its own', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    await keepRow(service.opened.url)
    const pid = pidOf(directory)
    await service.kill()
    const next = await open(directory)
    expect(next.started).toBe(true)
    expect(pidOf(directory)).not.toBe(pid)
    expect(await rowsOf(next.urlOf('postgres'))).toEqual([1])
  })

  it('takes the server along also when its whole process group was interrupted before', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    const pid = pidOf(directory)
    // Ctrl-C reaches the group of the terminal; server and watcher are in one of their own
    expect(groupOf(pid)).not.toBe(groupOf(service.child.pid!))
    for (const watcher of membersOf(groupOf(pid)))
      if (watcher !== pid) process.kill(watcher, 'SIGINT')
    await service.kill()
    await until(() => !runs(pid))
  })

  it('does not hinder a start when the server was killed with it', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    await keepRow(service.opened.url)
    process.kill(pidOf(directory), 'SIGKILL')
    await service.kill()
    expect(await rowsOf((await open(directory)).urlOf('postgres'))).toEqual([1])
  })
})

describe('a server that dies by itself', () => {
  it('is brought back by its owner at the same address, with its rows', async () => {
    const directory = temporaryDirectory()
    const server = await open(directory)
    const url = server.urlOf('postgres')
    await keepRow(url)
    const pid = pidOf(directory)
    process.kill(pid, 'SIGKILL')
    await until(() => answers(url))
    expect(await rowsOf(url)).toEqual([1])
    expect(pidOf(directory)).not.toBe(pid)
    const second = await open(directory)
    expect([second.started, second.urlOf('postgres')]).toEqual([false, url])
    await server.stop()
    expect(await answers(url)).toBe(false)
  })
})

describe('a lock file left behind', () => {
  it('does not stop a start, though its number now belongs to a live stranger of the same account', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    await keepRow(first.urlOf('postgres'))
    const account = asRoot ? { uid: ownerOf(pidOf(directory)) } : {}
    await first.stop()
    const stranger = spawn('sleep', ['60'], { ...account, stdio: 'ignore' })
    cleanups.push(() => stranger.kill())
    writeFileSync(
      join(directory, 'data/postmaster.pid'),
      `${stranger.pid}\n${directory}/data\n1700000000\n5432\n\n127.0.0.1\n  1234567    123456\nready   \n`,
    )
    const second = await open(directory)
    expect(await rowsOf(second.urlOf('postgres'))).toEqual([1])
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
  })

  it('does not stop a start, though its process was not reaped yet', async () => {
    const directory = temporaryDirectory()
    await (await open(directory)).stop()
    // a shell that became `sleep` reaps nobody
    const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    cleanups.push(() => parent.kill())
    const [line] = await once(parent.stdout, 'data')
    const zombie = Number(String(line))
    // Before that the shell would still reap it.
    await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n')
    process.kill(zombie)
    await until(() => stateOf(zombie) === 'Z')
    writeFileSync(
      join(directory, 'data/postmaster.pid'),
      `${zombie}\n${directory}/data\n1700000000\n5432\n\n127.0.0.1\n  1234567    123456\nready   \n`,
    )
    expect((await open(directory)).started).toBe(true)
  })
})

describe('a short command that had to start the server', () => {
  it('stops it when nobody else is connected', async () => {
    const directory = temporaryDirectory()
    const command = await inProcess(directory)
    const pid = pidOf(directory)
    await command.stop({ ifIdle: true })
    expect(runs(pid)).toBe(false)
  })

  it('leaves it to the service that came meanwhile, whose it is from then on', async () => {
    const directory = temporaryDirectory()
    const command = await inProcess(directory)
    const service = await inProcess(directory)
    const pid = pidOf(directory)
    await command.stop({ ifIdle: true })
    expect(await answers(service.opened.url)).toBe(true)
    await until(() => !leftBehind(directory))
    await service.kill()
    await until(() => !runs(pid))
  })

  it('leaves it to another short command, which stops it in the end', async () => {
    const directory = temporaryDirectory()
    const first = await inProcess(directory)
    const second = await inProcess(directory)
    const pid = pidOf(directory)
    await first.stop({ ifIdle: true })
    expect(runs(pid)).toBe(true)
    await second.stop({ ifIdle: true })
    expect(runs(pid)).toBe(false)
  })

  it('leaves nobody behind when several leave at once', async () => {
    const directory = temporaryDirectory()
    const all = [await open(directory), await open(directory), await open(directory)]
    const pid = pidOf(directory)
    await Promise.all(all.map((each) => each.stop({ ifIdle: true })))
    expect(runs(pid)).toBe(false)
  })

  it('leaves it to a client that is none of ours, and whoever opens it next takes it over', async () => {
    const directory = temporaryDirectory()
    const command = await inProcess(directory)
    const pid = pidOf(directory)
    const client = new pg.Client({ connectionString: command.opened.url })
    await client.connect()
    await command.stop({ ifIdle: true })
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    const next = await open(directory)
    expect([next.started, pidOf(directory)]).toEqual([false, pid])
    await client.end()
    await next.stop({ ifIdle: true })
    expect(runs(pid)).toBe(false)
  })

  it('is not found any more while it decides, so that nobody counts on a server that is about to go', async () => {
    const directory = temporaryDirectory()
    const command = await open(directory)
    const lingering = new pg.Client({ connectionString: command.urlOf('postgres') })
    await lingering.connect()
    const leaving = command.stop({ ifIdle: true })
    await until(() => !existsSync(join(directory, 'server.json')))
    const opening = open(directory)
    await pause(100)
    await lingering.end()
    await leaving
    const service = await opening
    expect(service.started).toBe(true)
    expect(await answers(service.urlOf('postgres'))).toBe(true)
  })

  it('never leaves a service that starts while it stops without a server', async () => {
    const directory = temporaryDirectory()
    for (let round = 0; round < 15; round++) {
      const command = await open(directory)
      const leaving = pause(round % 5).then(() => command.stop({ ifIdle: true }))
      const service = await pause(round % 3).then(() => open(directory))
      await leaving
      expect(await answers(service.urlOf('postgres'))).toBe(true)
      await service.stop({ ifIdle: true })
    }
    expect(await openAndClose(directory)).toBe(true)
  })
})

async function open(directory: string) {
  const server = await openEmbeddedPostgres({ directory })
  cleanups.push(() => server.stop())
  return server
}

async function openAndClose(directory: string): Promise<boolean> {
  const server = await open(directory)
  await server.stop()
  return server.started
}

async function inProcess(directory: string): Promise<ProcessWithServer> {
  const owner = await openInProcess({ directory })
  cleanups.push(() => owner.kill())
  return owner
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(asRoot ? '/var/tmp' : tmpdir(), 'chidao-embedded-'))
  cleanups.push(async () => {
    const pid = pidOf(directory)
    await until(() => !runs(pid))
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

async function keepRow(url: string): Promise<void> {
  await query(url, 'create table if not exists kept as select 1 as one')
}

async function rowsOf(url: string): Promise<number[]> {
  return (await query<{ one: number }>(url, 'select one from kept')).map((row) => row.one)
}

async function answers(url: string): Promise<boolean> {
  return query(url, 'select 1').then(
    () => true,
    () => false,
  )
}

function pidOf(directory: string): number {
  try {
    return Number(readFileSync(join(directory, 'data/postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return 0
  }
}

function leftBehind(directory: string): boolean {
  return (
    JSON.parse(readFileSync(join(directory, 'server.json'), 'utf8')) as { leftBehind: boolean }
  ).leftBehind
}

function runs(pid: number): boolean {
  return (
    pid > 0 &&
    !['Z', null].includes(stateOf(pid)) &&
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  )
}

function stateOf(pid: number): string | null {
  return statOf(pid)?.[0] ?? null
}

function groupOf(pid: number): number {
  return Number(statOf(pid)?.[2])
}

/** Fields of /proc/pid/stat from the third on. */
function statOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return null
  }
}

function membersOf(group: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && groupOf(pid) === group)
}

function ownerOf(pid: number): number {
  return statSync(`/proc/${pid}`).uid
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(5)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
