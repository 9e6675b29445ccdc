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
import type { Role } from '#src/embedded/announcement.ts'
import { openEmbeddedPostgres } from '#src/embedded/postgres.ts'
import { openInProcess, type ProcessWithServer } from './process-with-server.ts'

const asRoot = process.getuid?.() === 0
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('who comes second', () => {
  it('uses the server of the service as a guest, and leaves it running', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    const guests = await Promise.all([open(directory, 'guest'), open(directory, 'guest')])
    expect([service.opened.started, ...guests.map((each) => each.started)]).toEqual([
      true,
      false,
      false,
    ])
    expect(guests[0].urlOf('postgres')).toBe(service.opened.url)
    for (const guest of guests) await guest.stop()
    expect(await answers(service.opened.url)).toBe(true)
  })

  it('is refused as a second service, with the process that it would be second to', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    await expect(open(directory)).rejects.toThrow(
      new RegExp(
        `Process ${service.child.pid} runs the service on the embedded store.*DATABASE_URL`,
      ),
    )
    await expect(openInProcess({ directory })).rejects.toThrow(/one at a time/)
    expect(await answers(service.opened.url)).toBe(true)
  })

  it('is one of several services that start at the same moment, and all but one are refused', async () => {
    const directory = temporaryDirectory()
    const all = await Promise.allSettled([1, 2, 3].map(() => inProcess(directory)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of all)
      if (each.status === 'rejected') expect(String(each.reason)).toMatch(/one at a time/)
  })

  it('waits as a guest for a service that is still starting its server', async () => {
    const directory = temporaryDirectory()
    const [service, guest] = await Promise.all([
      inProcess(directory),
      until(() => existsSync(join(directory, 'server.json'))).then(() =>
        inProcess(directory, 'guest'),
      ),
    ])
    expect([guest.opened.started, guest.opened.url]).toEqual([false, service.opened.url])
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
    const second = await open(directory, 'guest')
    expect([second.started, second.urlOf('postgres')]).toEqual([false, url])
    await second.stop()
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

describe('a command that found no server', () => {
  it('stops the one it had to start when it ends', async () => {
    const directory = temporaryDirectory()
    const command = await inProcess(directory, 'guest')
    const pid = pidOf(directory)
    await command.stop()
    expect([command.opened.started, runs(pid)]).toEqual([true, false])
  })

  it.each(['owner', 'guest'] as const)(
    'makes a coming %s wait, which says for whom, and then has a server of its own',
    async (as) => {
      const directory = temporaryDirectory()
      const command = await inProcess(directory, 'guest')
      const said: string[] = []
      const next = openEmbeddedPostgres({
        directory,
        as,
        waiting: { say: (sentence) => void said.push(sentence) },
      })
      await until(() => said.length > 0)
      expect(said[0]).toContain(`Waiting for another command (process ${command.child.pid})`)
      await command.stop()
      const server = await next
      cleanups.push(() => server.stop())
      expect(server.started).toBe(true)
      expect(await answers(server.urlOf('postgres'))).toBe(true)
    },
  )

  it('is not waited for without end', async () => {
    const directory = temporaryDirectory()
    const command = await inProcess(directory, 'guest')
    await expect(
      openEmbeddedPostgres({
        directory,
        as: 'owner',
        waiting: { say: () => {}, limitMs: 200 },
      }),
    ).rejects.toThrow(`kill ${command.child.pid}`)
  })

  it('is not waited for by whoever is told to stop', async () => {
    const directory = temporaryDirectory()
    await inProcess(directory, 'guest')
    const told = new AbortController()
    const opening = openEmbeddedPostgres({
      directory,
      as: 'owner',
      waiting: { say: () => told.abort(new Error('told')), stop: told.signal },
    })
    await expect(opening).rejects.toThrow('told')
  })

  it('lets many have their turn, each with a server that answers', async () => {
    const directory = temporaryDirectory()
    const all = Array.from({ length: 4 }, async () => {
      const server = await open(directory, 'guest')
      const answered = await answers(server.urlOf('postgres'))
      await server.stop()
      return [server.started, answered]
    })
    expect(await Promise.all(all)).toEqual(Array(4).fill([true, true]))
  })
})

describe('a guest whose service is gone', () => {
  const gone = /The service \(process \d+\) to which the embedded Postgres .* belongs is gone/

  it('ends with a sentence when it was killed', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    const guest = await inProcess(directory, 'guest')
    await service.kill()
    expect(await guest.ended).not.toBe(0)
    expect(guest.said()).toMatch(gone)
  })

  it('ends with a sentence when it was stopped', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    const guest = await inProcess(directory, 'guest')
    await service.stop()
    expect(await guest.ended).not.toBe(0)
    expect(guest.said()).toMatch(gone)
  })

  it('ends also when the next service is there at once', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    const guest = await inProcess(directory, 'guest')
    await service.kill()
    const next = await inProcess(directory)
    expect(await guest.ended).not.toBe(0)
    expect(guest.said()).toMatch(gone)
    expect(await answers(next.opened.url)).toBe(true)
  })

  it('goes on where only the server was killed and comes back', async () => {
    const directory = temporaryDirectory()
    const service = await inProcess(directory)
    const guest = await inProcess(directory, 'guest')
    const pid = pidOf(directory)
    process.kill(pid, 'SIGKILL')
    await until(async () => pidOf(directory) !== pid && (await answers(service.opened.url)))
    await guest.stop()
    expect([await guest.ended, guest.said()]).toEqual([0, ''])
  })
})

describe('a start that is told to stop', () => {
  it.each([0, 30, 150, 600])(
    'leaves no server, and the directory to the next (after %s ms)',
    async (ms) => {
      const directory = temporaryDirectory()
      const told = new AbortController()
      const opening = openEmbeddedPostgres({
        directory,
        as: 'owner',
        waiting: { say: () => {}, stop: told.signal },
      }).then((server) => server.stop())
      await pause(ms)
      told.abort(new Error('told'))
      await opening.catch((error: Error) => expect(error.message).toBe('told'))
      expect(runs(pidOf(directory))).toBe(false)
      expect((await open(directory)).started).toBe(true)
    },
  )
})

async function open(directory: string, as: Role = 'owner') {
  const server = await openEmbeddedPostgres({ directory, as })
  cleanups.push(() => server.stop())
  return server
}

async function inProcess(directory: string, as: Role = 'owner'): Promise<ProcessWithServer> {
  const opened = await openInProcess({ directory, as })
  cleanups.push(() => opened.kill())
  return opened
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
