import type { Knex } from 'knex'

/** A day of issue that cannot be believed moves no deadline until a person has decided. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create table sync.doubted_clock (
  directive_id uuid primary key references sync.directive (id) on delete cascade,
  doubt text not null check (doubt in ('issuedAhead', 'issuedLongBefore', 'deadlineMoves')),
  issued_on date not null,
  before_go_live boolean not null,
  kept_from date not null,
  kept_same_day boolean not null,
  other_deadline date,
  since timestamptz not null,
  settled text check (settled in ('accepted', 'kept')),
  settled_at timestamptz,
  check ((settled is null) = (settled_at is null))
);
create index doubted_clock_open on sync.doubted_clock (since) where settled is null;
comment on table sync.doubted_clock is 'What a source says of the day of issue and a person has to decide, or has decided for that day.';
comment on column sync.doubted_clock.issued_on is 'The day that is doubted; of another one nothing is decided.';
comment on column sync.doubted_clock.before_go_live is 'Whether that day lies before the source went live.';
comment on column sync.doubted_clock.kept_from is 'What the clock counts from while that day is not believed: the day of issue before, else the day on which it was seen.';
comment on column sync.doubted_clock.other_deadline is 'The deadline that does not run, when the doubt began; null where that day gives none.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
