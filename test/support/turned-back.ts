import pg from 'pg'

/** A database as it is now, to be put in the place of what it becomes: a standby that lagged behind, or a backup. */
export async function keepFor(url: string): Promise<Kept> {
  const name = new URL(url).pathname.slice(1)
  const kept = `${name}_kept`
  await onServer(url, async (client) => {
    await alone(client, name, () => client.query(`create database ${kept} template ${name}`))
  })
  return {
    putBack: (meanwhile = async () => {}) =>
      onServer(url, async (client) => {
        await client.query(`drop database ${name} with (force)`)
        await meanwhile()
        await client.query(`alter database ${kept} rename to ${name}`)
      }),
  }
}

interface Kept {
  /** `meanwhile`: what goes back with it, so that nobody sees the one without the other. */
  putBack(meanwhile?: () => Promise<void>): Promise<void>
}

/** A copy can be made of a database that nobody uses: those who do come back by themselves. */
async function alone(client: pg.Client, name: string, work: () => Promise<unknown>): Promise<void> {
  await client.query(`alter database ${name} allow_connections false`)
  for (let attempts = 0; ; attempts++) {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`,
      [name],
    )
    try {
      await work()
      break
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempts > 100) throw error
    }
  }
  await client.query(`alter database ${name} allow_connections true`)
}

async function onServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const server = new URL(url)
  server.pathname = '/postgres'
  const client = new pg.Client({ connectionString: server.toString() })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
