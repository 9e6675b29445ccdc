/** What is in memory stays there: no way of starting the service leaves a way to have it written out. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { root } from '#src/wiring.ts'
import { profileAt } from '#test/connectors/paged-register.ts'
import { leakDirectory } from './servers.ts'

const directory = leakDirectory()
afterAll(() => directory[Symbol.asyncDispose]())

describe.each([
  ['start', ['start']],
  ['demo', ['demo']],
])('chidao %s', (name, args) => {
  let started: Started
  beforeAll(async () => {
    started = await startChidao(name, args)
  }, 120_000)
  afterAll(() => started?.end())

  it('may not dump core, nor may its Postgres with all of its processes', () => {
    const postgres = [...descendants(started.pid), ...postgresOf(started.data)]
    expect(postgres.filter((pid) => commandOf(pid).includes('postgres')).length).toBeGreaterThan(4)
    for (const pid of [started.pid, ...postgres]) {
      expect(limitOf(pid), commandOf(pid)).toEqual(['0', '0'])
      expect(filterOf(pid), commandOf(pid)).toBe(0)
    }
  })
})

it.each(['SIGUSR1', 'SIGUSR2'] as const)(
  'opens no inspector and writes nothing at %s',
  async (signal) => {
    const victim = await startChidao(signal, ['start'])
    const before = filesIn(victim.working)
    process.kill(victim.pid, signal)
    await Promise.race([victim.ended, new Promise((passed) => setTimeout(passed, 1000))])
    expect(victim.output()).not.toMatch(/Debugger listening|ws:\/\//)
    expect(listening(victim.pid)).not.toContain(9229)
    expect(filesIn(victim.working)).toEqual(before)
    await victim.end()
  },
  60_000,
)

it.each(['SIGABRT', 'SIGSEGV'] as const)(
  'leaves no core file when it and its Postgres end by %s',
  async (signal) => {
    const victim = await startChidao(signal, ['start'])
    for (const pid of [...postgresOf(victim.data), victim.pid]) process.kill(pid, signal)
    await victim.ended
    await vi.waitUntil(() => postgresOf(victim.data).every((pid) => !isAlive(pid)), {
      timeout: 30_000,
    })
    expect([...filesIn(victim.working), ...filesIn(victim.data)].filter(isDump)).toEqual([])
  },
  60_000,
)

describe('an environment that asks for memory on disk', () => {
  it.each([
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot-near-heap-limit=2',
    '--heapsnapshot_near_heap_limit 2',
    '--abort-on-uncaught-exception',
    '--report-on-fatalerror',
    '--report-uncaught-exception',
    '--report-on-signal',
    '--heap-prof',
    '--cpu-prof',
    '--inspect',
    '--inspect-brk=0',
    '--tls-keylog=keys',
    '--trace-event-categories=node.http',
    '--max-old-space-size=500 "--report-on-signal"',
  ])('is refused with what to do: %s', async (options) => {
    const { code, output } = await finished(['--version'], { NODE_OPTIONS: options })
    expect(code).toBe(2)
    expect(output).toMatch(/NODE_OPTIONS holds --\S+, which .* Take it out/)
  })

  it('may still set what is harmless', async () => {
    const { code } = await finished(['--version'], { NODE_OPTIONS: '--max-old-space-size=500' })
    expect(code).toBe(0)
  })

  it('cannot make libraries print what they send', async () => {
    const { output } = await finished(['calendar'], {
      DEBUG: '*',
      NODE_DEBUG: 'net,http,fs,module',
    })
    expect(output).not.toMatch(/^(NET|HTTP|FS|MODULE) \d+:|knex:|ioredis:/m)
  })
})

interface Started {
  readonly pid: number
  readonly data: string
  readonly working: string
  readonly ended: Promise<unknown>
  output(): string
  end(): Promise<void>
}

async function startChidao(name: string, args: readonly string[]): Promise<Started> {
  const home = join(directory.path, name)
  const [data, working] = [join(home, 'data'), join(home, 'working')]
  await mkdir(data, { recursive: true, mode: 0o711 })
  await mkdir(working, { recursive: true })
  const config = join(home, 'chidao.yaml')
  await writeFile(config, stringify({ sources: [profileAt('http://127.0.0.1:1')] }))
  // As a shell of an operator who likes core dumps would start it.
  const child = spawn(
    'sh',
    [
      '-c',
      'ulimit -S -c unlimited 2>/dev/null; exec "$@"',
      'sh',
      join(root, 'bin/chidao'),
      ...args,
    ],
    {
      cwd: working,
      env: { PATH: process.env.PATH, HOME: home, CHIDAO_DATA: data, CHIDAO_CONFIG: config },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (output += text))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await vi.waitUntil(() => /"event":"started"|store {3}/.test(output), { timeout: 60_000 })
  return {
    pid: child.pid!,
    data,
    working,
    ended,
    output: () => output,
    async end() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(late)
    },
  }
}

async function finished(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(join(root, 'bin/chidao'), args, {
    cwd: directory.path,
    env: { PATH: process.env.PATH, HOME: directory.path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (output += text))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

/** The embedded server is a process of its own group, whose directory stands in its command. */
function postgresOf(data: string): number[] {
  const place = existsSync(join(data, 'demo')) ? join(data, 'demo') : data
  const { pid } = JSON.parse(readFileSync(join(place, 'postgres/server.json'), 'utf8'))
  return [pid, ...descendants(pid)]
}

function descendants(of: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const children = all.filter((pid) => parentOf(pid) === of)
  return children.flatMap((pid) => [pid, ...descendants(pid)])
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1] ?? -1)
}

function limitOf(pid: number): string[] {
  const [, soft = '?', hard = '?'] =
    /^Max core file size\s+(\S+)\s+(\S+)/m.exec(read(pid, 'limits')) ?? []
  return [soft, hard]
}

/** Which parts of memory a handler that dumps are piped to would be given. */
function filterOf(pid: number): number {
  return Number.parseInt(read(pid, 'coredump_filter'), 16)
}

/** The inspector's port is in the table of sockets of the whole machine: 9229 is its own. */
function listening(pid: number): number[] {
  return [...read(pid, 'net/tcp').matchAll(/^\s*\d+: \S+:([0-9A-F]{4}) \S+ 0A /gm)].map(
    ([, port]) => Number.parseInt(port!, 16),
  )
}

function isAlive(pid: number): boolean {
  return /^State:\s*[^ZX]/m.test(read(pid, 'status').replace(/^State:\s*$/m, ''))
}

function commandOf(pid: number): string {
  return read(pid, 'cmdline').replaceAll('\0', ' ').slice(0, 80)
}

function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8')
  } catch {
    return ''
  }
}

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
}

function isDump(path: string): boolean {
  return /(^|\/)(core(\.\d+)?|.*\.(core|heapsnapshot|heapprofile|cpuprofile)|report\..*\.json)$/.test(
    path,
  )
}
