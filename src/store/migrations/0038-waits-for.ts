import type { Knex } from 'knex'

/** For whom a reading waits, since when, and which source a person lets it not wait for. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.pass add column waits_for text, add column waits_since timestamptz;
alter table sync.pass add constraint pass_waits check ((waits_for is null) = (waits_since is null));
comment on column sync.pass.waits_for is 'The source that could not be asked before this reading may go on.';
create index pass_waits on sync.pass (source) where waits_for is not null and state in ('due', 'running');
create table sync.waiver (
  id uuid primary key default gen_random_uuid(),
  source text not null references sync.source,
  resync_id uuid references sync.resync on delete cascade,
  reading_of text references sync.source,
  begun_at timestamptz not null,
  until timestamptz not null,
  actor text not null,
  reason text not null,
  ended_at timestamptz,
  check ((resync_id is null) <> (reading_of is null)),
  check (until > begun_at)
);
create index waiver_open on sync.waiver (until) where ended_at is null;
comment on table sync.waiver is 'A source that one resync, or the readings of one other source, do not wait for, until an instant and with a reason.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
