/** Keys on a server of their own: their database is looked for there, and made there, and not beside the store. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { loadConfig } from '#config/config.ts'
import { startPostgres } from '#src/cli/selftest/postgres-server.ts'
import { openDatabases, root } from '#src/wiring.ts'
import { testDatabase } from '#test/support/database.ts'

it('needs no right to make databases where the store is', async () => {
  const home = process.getuid?.() === 0 ? '/var/tmp' : tmpdir()
  const directory = await mkdtemp(join(home, 'chidao-keys-'))
  {
    await using database = await testDatabase()
    await using apart = await startPostgres(join(directory, 'postgres'))
    const name = `keys_${process.pid}`
    const login = `keys_apart_${process.pid}`
    await onServer(database.url, `create role ${login} login password 'x'`)
    const env = {
      DATABASE_URL: Object.assign(new URL(database.url), {
        username: login,
        password: 'x',
      }).toString(),
      KEYS_DATABASE_URL: apart.urlOf(name),
    }
    const config = loadConfig({ env, root, sources: 'optional' })
    for (const _ of ['made', 'found']) {
      await using databases = await openDatabases(config, 'guest')
      expect(databases.keysUrl).toBe(env.KEYS_DATABASE_URL)
    }
    const there = `select from pg_database where datname = '${name}'`
    expect((await onServer(apart.urlOf('postgres'), there)).rowCount).toBe(1)
    expect((await onServer(database.url, there)).rowCount).toBe(0)
    await onServer(database.url, `drop role ${login}`)
  }
  await rm(directory, { recursive: true })
}, 120_000)

async function onServer(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
