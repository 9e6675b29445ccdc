import type { Knex } from 'knex'

/** A list of working days that replaces the one in force while the service runs, and sources that nobody asks for a while. */
export async function up(db: Knex): Promise<void> {
  await db.raw(calendar)
  await db.raw(pauses)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const calendar = `
alter table sync.calendar
  add column place bigint,
  add column origin text not null default 'file' check (origin in ('file', 'import')),
  add column loaded_by text not null default 'bridge',
  add column reason text;
update sync.calendar c set place = o.place
  from (select version, row_number() over (order by loaded_at, version) as place from sync.calendar) o where o.version = c.version;
alter table sync.calendar alter column place set not null, alter column place add generated always as identity;
select setval(pg_get_serial_sequence('sync.calendar', 'place'), coalesce((select max(place) from sync.calendar), 0) + 1, false);
create unique index calendar_in_force on sync.calendar (place desc);
comment on column sync.calendar.place is 'The last is the list in force, for every process. A list that was replaced stays: deadlines say which one they were computed with.';

create index directive_open_by_calendar on sync.directive (calendar_version)
  where classified_at is null and refused_at is null and recalled_at is null and not before_go_live;
`

const pauses = `
alter table sync.source
  add column paused_until timestamptz,
  add column paused_at timestamptz,
  add column paused_by text,
  add column paused_reason text,
  add check (num_nonnulls(paused_until, paused_at, paused_by, paused_reason) in (0, 4));
comment on column sync.source.paused_until is 'Maintenance: nobody asks the source before this instant of the service''s own clock, which a demonstration runs faster. Legal clocks go on.';
`
