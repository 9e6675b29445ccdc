import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly keysUrl: string
}

export const migratedName = 'test_migrated'

/** Two databases of the test's own, dropped when it ends: empty, or with the tables that every store has. */
export async function testDatabase(
  holding: 'nothing' | 'tables' = 'nothing',
): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const made = await databasesLike(server, name, holding === 'tables' ? migratedName : undefined)
  return {
    ...made,
    [Symbol.asyncDispose]: () =>
      onServer(
        server,
        `drop database ${name} with (force)`,
        `drop database ${name}_keys with (force)`,
      ),
  }
}

/** A database and the one of its keys; copies where another's name is given. */
export async function databasesLike(server: string, name: string, other?: string) {
  const like = (end: string) => (other ? ` template ${other}${end}` : '')
  await onServer(
    server,
    `create database ${name}${like('')}`,
    `create database ${name}_keys${like('_keys')}`,
  )
  return { url: at(server, name), keysUrl: at(server, `${name}_keys`) }
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
