import type { Knex } from 'knex'

/** What the pages and the metrics ask of a store of years is answered from what is little, or from an index alone. */
export async function up(db: Knex): Promise<void> {
  await db.raw(indexes)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const indexes = `
create index directive_staged_late on sync.directive (classify_by)
  where withheld_at is null and not before_go_live and (staged_at is null or staged_at >= classify_by);
`
