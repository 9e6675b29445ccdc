import type { Knex } from 'knex'

/** Schedules are rows that are claimed by this database's clock, and a queue lives when a ring of it was heard. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
drop table sync.schedule_turn;
create table sync.schedule (
  job text not null,
  source text not null,
  every_ms float8 not null check (every_ms > 0),
  phase float8 not null default random(),
  due_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  lease_owner uuid,
  lease_epoch int not null default 0,
  lease_until timestamptz,
  primary key (job, source)
);
comment on table sync.schedule is 'What is done again and again, by the clock of this database; source is empty where there is one for the fleet. A turn is taken under a lease, and missed turns are done once.';
comment on column sync.schedule.phase is 'The part of its interval at which it falls due, so that not all do at once.';
comment on column sync.schedule.due_at is 'Moves on when a turn has ended: one whose process died is due to the next.';

alter table sync.sweep drop column last_at;
comment on table sync.sweep is 'That some process still looks for what is due.';
comment on column sync.sweep.ended_at is 'When one last came to the end of its look.';

create table sync.ring (only_row boolean primary key default true check (only_row), unheard_since timestamptz);
insert into sync.ring default values;
comment on table sync.ring is 'Whether the queue lives: since when it was rung and no ring of it was heard. Null while they are heard, and where there is no queue.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
