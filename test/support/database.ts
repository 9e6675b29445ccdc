import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly keysUrl: string
}

/** Two empty databases of the test's own, dropped when it ends. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, `create database ${name}`, `create database ${name}_keys`)
  return {
    url: at(server, name),
    keysUrl: at(server, `${name}_keys`),
    [Symbol.asyncDispose]: () =>
      onServer(
        server,
        `drop database ${name} with (force)`,
        `drop database ${name}_keys with (force)`,
      ),
  }
}

function at(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.toString()
}

async function onServer(server: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
