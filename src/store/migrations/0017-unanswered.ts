import type { Knex } from 'knex'

/** What its source did not answer about was not checked: it is asked for again soon, and behind those never asked. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.directive add column unanswered int, add column recheck_after timestamptz;
comment on column sync.directive.checked_at is 'When what its source last answered about it was last carried out.';
comment on column sync.directive.unanswered is 'How often in a row its source was asked for it again and came to no answer; null where the last answer came.';
comment on column sync.directive.recheck_after is 'It is not asked for again before this instant; null where only its last check counts.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
