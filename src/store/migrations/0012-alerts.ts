import type { Knex } from 'knex'

/** What people were told of, so that they are told once, by whichever process, whatever restarts between. */
export async function up(db: Knex): Promise<void> {
  await db.raw(alerts)
  await db.raw(deadlines)
  await db.raw(life)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const alerts = `
create table sync.alert (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  source text not null,
  figures jsonb not null,
  began_at timestamptz not null,
  last_at timestamptz not null,
  told_at timestamptz not null,
  told_count bigint not null,
  ended_at timestamptz
);
create unique index alert_one_open on sync.alert (kind, source) where ended_at is null;
create index alert_ended on sync.alert (ended_at) where ended_at is not null;
comment on table sync.alert is 'Totals only: which directives are meant is for whoever may see the pages.';

create table sync.alert_notice (
  id uuid primary key default gen_random_uuid(),
  place bigint generated always as identity,
  alert_id uuid not null references sync.alert on delete cascade,
  occasion text not null check (occasion in ('raised', 'worse', 'again', 'recovered')),
  figures jsonb not null,
  channel text not null check (channel in ('webhook', 'email')),
  state text not null default 'pending' check (state in ('pending', 'delivered', 'givenUp')),
  attempts int not null default 0,
  due_at timestamptz not null default clock_timestamp(),
  written_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  failure text
);
create index alert_notice_due on sync.alert_notice (channel, due_at) where state = 'pending';
create index alert_notice_alert on sync.alert_notice (alert_id);

create table sync.heartbeat (only_row boolean primary key default true check (only_row), due_at timestamptz not null, sent_at timestamptz, failure text);
insert into sync.heartbeat (due_at) values ('-infinity');
comment on table sync.heartbeat is 'The dead-man''s switch: sent_at is when its receiver last took a sign of life, failure why the last one was not sent.';
`

const deadlines = `
alter table sync.directive add column deadline_passed_at timestamptz;
comment on column sync.directive.deadline_passed_at is 'When the bridge saw that the directive was not classified in time; null again when another list of working days moves its deadline.';
`

const life = `
alter table sync.sweep add column ended_at timestamptz;
comment on column sync.sweep.ended_at is 'When one last came to its end, which last_at, taken before it, does not say.';

alter table sync.source add column sentinel_asked_at timestamptz, add column sentinel_failure text;
comment on column sync.source.sentinel_failure is 'Why the document that must be readable was not; null when it was, or when the profile names none.';
`
