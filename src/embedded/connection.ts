import pg from 'pg'
import { superuser } from './cluster.ts'

export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export function connectionOf(port: number, password: string): Connection {
  return { host: '127.0.0.1', port, user: superuser, password }
}

const connectTimeoutMs = 5_000

/** An open client that does not keep the process alive. `onLost` is called when the server goes. */
export async function connectTo(
  connection: Connection,
  applicationName: string,
  onLost: () => void,
): Promise<pg.Client> {
  const client = new pg.Client({
    ...connection,
    database: 'postgres',
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
  })
  client.on('error', () => {})
  await client.connect()
  client.on('end', onLost)
  keepAlive(client, false)
  return client
}

export async function disconnect(client: pg.Client): Promise<void> {
  keepAlive(client, true)
  await client.end().catch(() => {})
}

/** Whether the client alone keeps the process alive. Both are missing in pg's types. */
function keepAlive(client: pg.Client, keep: boolean): void {
  const full = client as pg.Client & { ref(): void; unref(): void }
  if (keep) full.ref()
  else full.unref()
}
