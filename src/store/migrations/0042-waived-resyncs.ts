import type { Knex } from 'knex'

/** A resync that goes takes its waivers with it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`create index waiver_resync on sync.waiver (resync_id)`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
