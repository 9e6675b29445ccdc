/** Carries out docs/backup.md: its commands word for word, but for paths, addresses and what starts the service. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { root } from '#src/wiring.ts'
import { chidao, run } from '#test/cli/executable.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'

const isRoot = process.getuid?.() === 0
const guide = readFileSync(join(root, 'docs/backup.md'), 'utf8')

let home: string
let register: Awaited<ReturnType<typeof openRegister>>
let env: Record<string, string>
let service: { child: ChildProcess; output(): string; ended: Promise<unknown> } | null = null

beforeEach(async () => {
  home = mkdtempSync(join(isRoot ? '/var/tmp' : (process.env.TMPDIR ?? '/tmp'), 'chidao-backup-'))
  execFileSync('chmod', ['0711', home])
  for (const folder of ['data', 'backups', 'keys']) mkdirSync(join(home, folder), { mode: 0o711 })
  register = await openRegister([row(1), row(2), row(3)])
  const config = join(home, 'chidao.yaml')
  writeFileSync(
    config,
    stringify({
      poll: { everySeconds: 1 },
      sweep: { everySeconds: 1 },
      sources: [profileAt(register.address)],
    }),
  )
  env = {
    CHIDAO_CONFIG: config,
    CHIDAO_DATA: join(home, 'data'),
    CHIDAO_CLOCK: `2026-03-04T02:00:00.000Z @ ${Date.now()} x 1`,
  }
})
afterEach(async () => {
  await stop()
  await register.close()
  rmSync(home, { recursive: true, force: true })
})

it('backs up and restores the embedded Postgres; what comes back is withheld until its source was asked', async () => {
  await startAndStage()
  await carryOut('embedded backup')
  expect(await withheldOnes(), 'the store that was backed up goes on as it was').toEqual([])
  await stop()
  later()
  await carryOut('embedded restore')
  await expectWithheldThenShown()
}, 400_000)

const debian = '/usr/lib/postgresql'
const version = readdirIfThere(debian)
  .filter((name) => existsSync(join(debian, name, 'bin/initdb')))
  .sort((a, b) => Number(b) - Number(a))[0]
const required = Boolean(process.env.REQUIRE_DEBIAN_POSTGRES)

it.skipIf(!version && !required)(
  'backs up and restores a Postgres of one’s own, the keys apart',
  async () => {
    await using server = await startDebianServer(`${debian}/${version}/bin`)
    Object.assign(env, {
      DATABASE_URL: server.urlOf('chidao'),
      KEYS_DATABASE_URL: server.urlOf('chidao_keys'),
      PATH: `${debian}/${version}/bin:${process.env.PATH}`,
    })
    server.create('chidao', 'chidao_keys')
    await startAndStage()
    await carryOut('own backup')
    await stop()
    server.drop('chidao', 'chidao_keys')
    server.create('chidao', 'chidao_keys')
    rmSync(join(home, 'data'), { recursive: true })
    later()
    await carryOut('own restore')
    await start()
    await expectWithheldThenShown()
  },
  400_000,
)

/** Two hours on, with a source that does not answer: what is in doubt is asked for again after one. */
function later(): void {
  register.state.fault = 'unavailable'
  env.CHIDAO_CLOCK = `2026-03-04T04:00:00.000Z @ ${Date.now()} x 1`
}

/** The commands under a mark of the guide, with `systemctl` for the service of this test. */
async function carryOut(mark: string): Promise<void> {
  const block = guide.split(`<!-- carried out: ${mark} -->\n\`\`\`sh\n`)[1]?.split('\n```')[0]
  expect(block, mark).toBeDefined()
  for (const line of block!.split('\n')) {
    if (/^systemctl stop chidao$/.test(line)) await stop()
    else if (/^systemctl start chidao$/.test(line)) await start()
    else {
      const command = line
        .replaceAll('/var/lib/chidao', join(home, 'data'))
        .replaceAll('/var/backups/chidao-keys', join(home, 'keys'))
        .replaceAll('/var/backups/chidao', join(home, 'backups'))
        // Root's Postgres runs as another account, which must get through.
        .replace('--mode=0700', isRoot ? '--mode=0711' : '--mode=0700')
      const { code, err } = await run('bash', ['-c', command], env)
      expect([code, err], line).toEqual([0, ''])
    }
  }
}

async function startAndStage(): Promise<void> {
  await start()
  await expect
    .poll(async () => (await status()).totals.staged, { timeout: 120_000, interval: 500 })
    .toBe(3)
}

async function expectWithheldThenShown(): Promise<void> {
  await expect
    .poll(() => service!.output(), { timeout: 120_000 })
    .toContain('"event":"storeWentBack"')
  const hidden = await withheldOnes()
  expect(hidden.map(({ because }) => because)).toEqual(['restored', 'restored', 'restored'])
  expect((await chidao(['show', '781/UBND-NNMT'], env)).code, 'in no view').toBe(1)
  register.state.fault = null
  await expect
    .poll(async () => (await withheldOnes()).length, { timeout: 180_000, interval: 500 })
    .toBe(0)
  const shown = JSON.parse((await chidao(['show', '781/UBND-NNMT', '--json'], env)).out)
  expect(JSON.stringify(shown)).toContain('"state":"stored"')
  expect(readdirSync(join(home, 'data/files'), { recursive: true }).length).toBeGreaterThan(0)
}

async function withheldOnes(): Promise<{ because: string }[]> {
  return JSON.parse((await chidao(['withheld', '--json'], env)).out)
}

async function status(): Promise<{ totals: { staged: number } }> {
  return JSON.parse((await chidao(['status', '--json'], env)).out)
}

async function start(): Promise<void> {
  const child = spawn(join(root, 'bin/chidao'), ['start'], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
  service = {
    child,
    output: () => output,
    ended: new Promise((resolve) => child.once('exit', resolve)),
  }
  await expect.poll(() => output, { timeout: 120_000 }).toContain('"event":"started"')
}

async function stop(): Promise<void> {
  service?.child.kill('SIGTERM')
  await service?.ended
  service = null
}

/** Postgres as Debian packages it, as its own account where this is root. */
async function startDebianServer(bin: string) {
  const directory = join(home, 'debian')
  mkdirSync(directory)
  const as = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  if (isRoot) execFileSync('chown', ['postgres:postgres', directory])
  const ask = (name: string, ...args: string[]) => {
    const [program, ...rest] = [...as, join(bin, name), ...args]
    return execFileSync(program!, rest, { cwd: directory, stdio: 'ignore' })
  }
  const port = await freePort()
  ask('initdb', '--pgdata', join(directory, 'data'), '--username=chidao', '--auth=trust')
  const settings = `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c fsync=off`
  ask(
    'pg_ctl',
    '--pgdata',
    join(directory, 'data'),
    '--wait',
    '--log',
    join(directory, 'log'),
    '--options',
    settings,
    'start',
  )
  const urlOf = (name: string) => `postgres://chidao@127.0.0.1:${port}/${name}`
  const at = ['--host=127.0.0.1', `--port=${port}`, '--username=chidao']
  return {
    urlOf,
    create: (...names: string[]) => {
      for (const name of names) ask('createdb', ...at, name)
    },
    drop: (...names: string[]) => {
      for (const name of names) ask('dropdb', ...at, '--force', name)
    },
    async [Symbol.asyncDispose]() {
      await stop()
      ask('pg_ctl', '--pgdata', join(directory, 'data'), '--mode=immediate', 'stop')
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
