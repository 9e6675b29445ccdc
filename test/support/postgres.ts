import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openEmbeddedPostgres } from '#src/embedded/postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** One real server for the whole run; every test makes databases of its own on it. */
export default async function setup(project: TestProject) {
  const directory = mkdtempSync(
    join(process.getuid?.() === 0 ? '/var/tmp' : (process.env.TMPDIR ?? '/tmp'), 'chidao-test-'),
  )
  const server = await openEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    settings: { fsync: 'off', max_connections: '200' },
  })
  project.provide('postgresUrl', server.urlOf('postgres'))
  return async () => {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}
