import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openEmbeddedPostgres } from '#src/embedded/postgres.ts'
import { migrate, openDatabase } from '#src/store/database.ts'
import { migrateKeys } from '#src/store/keys.ts'
import { databasesLike, migratedName } from './database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** One real server for the whole run; every test makes databases of its own on it. */
export default async function setup(project: TestProject) {
  const directory = mkdtempSync(join(home(), 'chidao-test-'))
  const server = await openEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    as: 'owner',
    settings: { fsync: 'off', max_connections: '200' },
  })
  await migrateOnce(server.urlOf('postgres'))
  project.provide('postgresUrl', server.urlOf('postgres'))
  return async () => {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** In memory where there is room for it: to make and drop databases is most of what the tests ask of a disk. */
function home(): string {
  const memory = '/dev/shm'
  const needed = 2 * 1024 ** 3
  if (existsSync(memory)) {
    const { bavail, bsize } = statfsSync(memory)
    if (bavail * bsize > needed) return memory
  }
  return process.getuid?.() === 0 ? '/var/tmp' : (process.env.TMPDIR ?? '/tmp')
}

/** What hundreds of tests begin with is made once and copied. */
async function migrateOnce(server: string): Promise<void> {
  const { url, keysUrl } = await databasesLike(server, migratedName)
  const db = openDatabase({ url, poolSize: 2 })
  const keysDb = openDatabase({ url: keysUrl, poolSize: 2 })
  await migrate(db)
  await migrateKeys(keysDb)
  await db.destroy()
  await keysDb.destroy()
}
