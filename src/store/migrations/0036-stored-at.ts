import type { Knex } from 'knex'

/** When a file came is a fact of its own: a report asks whether the full text was there when the legal time was over. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.directive_file add column stored_at timestamptz;
comment on column sync.directive_file.stored_at is 'When it was stored; of what was stored before this was kept, when its directive had all files.';
update sync.directive_file f set stored_at = coalesce(d.files_complete_at, d.staged_at)
  from sync.directive d where d.id = f.directive_id and f.state = 'stored';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
