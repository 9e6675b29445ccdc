import type { Knex } from 'knex'

/** A file of which nothing can ever be stored holds up no directive. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.directive_file
  add column unusable text check (unusable in ('noContent', 'broken', 'notInMessage', 'givenUp')),
  add column unusable_known boolean not null default false,
  add constraint directive_file_unusable_or_stored check (unusable is null or stored_as is null);
comment on column sync.directive_file.unusable is 'Why nothing will ever be stored of it. noContent, broken, notInMessage: its message, which never changes, has it so. givenUp: a person said so. Its directive is staged without it.';
comment on column sync.directive_file.unusable_known is 'A person has seen that.';
drop index sync.directive_file_missing;
create index directive_file_missing on sync.directive_file (directive_id) where stored_as is null and unusable is null and current;
create index directive_file_unusable on sync.directive_file (directive_id) where unusable is not null and not unusable_known and current;
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
