import type { Knex } from 'knex'

/** An id that a source gives to another document overwrites nothing. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.directive
  add column former_ref text,
  add column former_since timestamptz,
  add column former_known boolean not null default false;
create index directive_former on sync.directive (source, former_ref) where former_ref is not null;
comment on column sync.directive.former_ref is 'What it was called at its source, which calls another document so by now. Its source_ref is its id then: it cannot be asked for, and nothing is sent under that name.';
comment on column sync.directive.former_known is 'A person has seen that.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
