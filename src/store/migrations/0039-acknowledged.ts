import type { Knex } from 'knex'

/** What was taken of a source that lists it until then is counted with each of its readings. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create index outbox_acknowledged on sync.outbox (source, ended_at) where kind = 'acknowledge' and state = 'delivered';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
