import {
  assertSchemaCompatibility,
  LATEST_SCHEMA_VERSION,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq'
import pg from 'pg'

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
