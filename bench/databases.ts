/** A Postgres of the bench's own, with its usual durability, and fresh databases on it for every run. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbeddedPostgres } from '#src/embedded/postgres.ts'

export interface Server extends AsyncDisposable {
  readonly pid: number
  /** Two empty databases, one for the store and one for the keys; what was there is dropped. */
  fresh(): Promise<Databases>
  /** Two databases that a directory of the server's own keeps from run to run; made where there are none yet. */
  kept(): Promise<Databases>
}

export interface Databases {
  readonly url: string
  readonly keysUrl: string
  readonly db: pg.Client
}

interface Options {
  readonly statements?: boolean
  /** Where its data stay when it stops; otherwise nothing of them does. */
  readonly directory?: string | undefined
}

export async function startServer(options: Options = {}): Promise<Server> {
  // An unprivileged account must get there: /tmp may be closed to it.
  const parent = process.getuid?.() === 0 ? '/var/tmp' : tmpdir()
  const directory = options.directory ?? (await mkdtemp(join(parent, 'chidao-bench-')))
  const server = await openEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    as: 'owner',
    // Tells when a row was committed, which no column can.
    settings: {
      track_commit_timestamp: 'on',
      ...(options.statements && { shared_preload_libraries: 'pg_stat_statements' }),
    },
  })
  const admin = new pg.Client({ connectionString: server.urlOf('postgres') })
  await admin.connect()
  const pidFile = await readFile(join(directory, 'postgres/data/postmaster.pid'), 'utf8')
  const pid = Number(pidFile.split('\n')[0])
  let open: pg.Client | null = null
  let run = 0
  const closeOpen = async () => {
    await open?.end()
    open = null
  }
  const opened = async (name: string) => {
    const url = server.urlOf(name)
    open = new pg.Client({ connectionString: url })
    open.on('error', () => {})
    await open.connect()
    return { url, keysUrl: server.urlOf(`${name}_keys`), db: open }
  }
  return {
    pid,
    async fresh() {
      await closeOpen()
      if (run > 0)
        for (const name of [`run_${run}`, `run_${run}_keys`])
          await admin.query(`drop database if exists ${name} with (force)`)
      run++
      await admin.query(`create database run_${run}`)
      await admin.query(`create database run_${run}_keys`)
      await admin.query('checkpoint')
      return opened(`run_${run}`)
    },
    async kept() {
      await closeOpen()
      const { rows } = await admin.query(
        `select name from unnest(array['kept', 'kept_keys']) name where name not in (select datname from pg_database)`,
      )
      for (const { name } of rows) await admin.query(`create database ${name}`)
      return opened('kept')
    },
    async [Symbol.asyncDispose]() {
      await closeOpen()
      await admin.end()
      await server.stop()
      if (!options.directory) await rm(directory, { recursive: true, force: true })
    },
  }
}
