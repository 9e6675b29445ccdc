import type { Knex } from 'knex'

/** A source that says two things of one document is told of, and makes nothing grow. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create table sync.contradiction (
  directive_id uuid primary key references sync.directive (id) on delete cascade,
  how text not null check (how in ('atOnce', 'inTurns')),
  version text not null,
  times int not null default 1,
  since timestamptz not null,
  last_at timestamptz not null
);
comment on table sync.contradiction is 'What a source says two things of. atOnce: in one list. inTurns: from one reading to the next, as versions that it showed before.';
comment on column sync.contradiction.version is 'The row that was listed last, which changes while they take turns.';
comment on column sync.contradiction.times is 'One reading may meet a row before and after it was changed: from the second on a person is told.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
