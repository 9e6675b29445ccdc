import type { Knex } from 'knex'

/** Older days are listed again, and what that brings says whether it was released late or found late. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.pass drop constraint pass_kind_check,
  add constraint pass_kind_check check (kind in ('head', 'deep', 'backfill', 'recheck', 'resync', 'rolling'));
create unique index pass_one_rolling_per_window on sync.pass (source, window_from) where state in ('due', 'running') and kind = 'rolling';

alter table sync.source add column gate_since timestamptz not null default '-infinity',
  add column total_counts_hidden int not null default 0 check (total_counts_hidden >= 0);
comment on column sync.source.gate_since is 'Since when its profile admits what it admits: what a reading before that did not stage, it may have refused.';
comment on column sync.source.total_counts_hidden is 'How many rows its totals count and its list never shows, as its profile says by authority; up to so many less are a whole list.';

alter table sync.directive add column late text check (late in ('released', 'found'));
comment on column sync.directive.late is 'Met by a reading behind the newest days. released: its source released it late, or its day was proven complete before. found: a reading should have met it before. Null of what came in its turn.';
create index directive_late on sync.directive (late, staged_at) where late is not null and withheld_at is null;
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
