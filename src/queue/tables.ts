import {
  assertSchemaCompatibility,
  LATEST_SCHEMA_VERSION,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq'
import pg from 'pg'

/** A process holds a job of the queue for so long at most before it says again that it does. */
export const lockMs = 10_000

/**
 * Brings BullMQ's schema up to date. BullMQ takes a lock for that which any login can hold, and so it is asked to only
 * where something is to be done.
 */
export async function migrateQueue(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'chidao-queue',
    connectionTimeoutMillis: 10_000,
    options: '-c lock_timeout=30000',
  })
  client.on('error', () => {})
  await client.connect()
  try {
    if ((await versionOf(client)) < LATEST_SCHEMA_VERSION) await runMigrations(client, schema)
  } finally {
    await client.end()
  }
}

async function versionOf(client: pg.Client): Promise<number> {
  try {
    return await assertSchemaCompatibility(client, schema)
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0
    throw error
  }
}

export const schema = 'queue'

const missing: ReadonlySet<unknown> = new Set(['3F000', '42P01', '42883'])

/** Whether the queue's schema, or something in it, is not there: dropped, or left out of a backup. */
export function isSchemaMissing(error: unknown): boolean {
  return missing.has((error as { code?: unknown } | null)?.code)
}

/**
 * What BullMQ keeps in Postgres by the clock of whichever process wrote it, and compares with that of another. Written by
 * a clock that was ahead, a job of a dead process would stay locked, and nobody would look for such jobs, until then.
 */
export async function unlockWhatIsAhead(url: string, now: Date): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'chidao-queue',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  })
  client.on('error', () => {})
  await client.connect()
  try {
    const at = now.getTime()
    await client.query(`set lock_timeout = 2000`)
    await client.query(
      `update queue.job set locked_until_ms = $1::bigint where state = 'active' and locked_until_ms > $1::bigint + ${2 * lockMs}`,
      [at],
    )
    await client.query(
      `update queue.meta set value = $1::bigint::text where field = 'stalled-check' and value::bigint > $1::bigint + ${lockMs}`,
      [at],
    )
  } finally {
    await client.end()
  }
}
