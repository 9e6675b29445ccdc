import type { Knex } from 'knex'

/** Two rows of one identity that are not plainly one document: a person says which they are. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create table sync.may_be_same (
  id uuid primary key default gen_random_uuid(),
  one uuid not null references sync.directive (id) on delete cascade,
  other uuid not null references sync.directive (id) on delete cascade,
  asked_at timestamptz not null,
  answer text check (answer in ('same', 'two')),
  answered_at timestamptz,
  answered_by text,
  reason text,
  check (one < other),
  check ((answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)),
  unique (one, other)
);
create index may_be_same_other on sync.may_be_same (other);
create index may_be_same_open on sync.may_be_same (asked_at) where answer is null;
comment on table sync.may_be_same is 'Directives of one identity that came through different sources and are not plainly one document, and what a person said of them.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
