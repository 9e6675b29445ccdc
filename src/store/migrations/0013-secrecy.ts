import type { Knex } from 'knex'

/** Who gave the reason for a withholding, so that nobody else takes it back, and what went at whose word. */
export async function up(db: Knex): Promise<void> {
  await db.raw(reasons)
  await db.raw(counting)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const reasons = `
alter table sync.directive add column withheld_itself text
  check (withheld_itself in ('secret', 'doubtful', 'vanished', 'byHand', 'restored'));
update sync.directive set withheld_itself = withheld_because;
alter table sync.directive add check (withheld_itself is null or withheld_at is not null);
comment on column sync.directive.withheld_itself is 'The reason that this copy gave; null where only another copy of the same document gave one. The bridge lifts a copy''s own reason and no other.';
create index directive_withheld_itself on sync.directive (source, withheld_itself) where withheld_itself is not null;
`

const counting = `
alter table sync.purge add column source text references sync.source;
comment on column sync.purge.source is 'At whose word the bridge purged of its own accord, for the fuses to count; null where a person did.';
create index purge_of_source on sync.purge (source, at) where source is not null;
create index directive_recalled_at on sync.directive (source, recalled_at) where recalled_at is not null;
`
