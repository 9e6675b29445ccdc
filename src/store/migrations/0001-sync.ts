import type { Knex } from 'knex'

/** The bridge's own tables. Nothing here is a contract: the tracking software reads schema `tracking`. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create schema sync;
comment on schema sync is 'The bridge''s own tables. Not a contract: read schema tracking instead.';

create table sync.source (
  name text primary key,
  statuses text[] not null default '{}',
  replies text not null check (replies in ('none', 'message', 'document')),
  gate_fingerprint text not null,
  head_cursor timestamptz,
  deep_read_at timestamptz,
  failures int not null default 0,
  open_until timestamptz,
  last_failure text,
  last_answer_at timestamptz
);
comment on column sync.source.head_cursor is 'Upper bound of the last complete head pass; moved by compare-and-set only.';
comment on column sync.source.open_until is 'The circuit breaker: nobody asks the source before this instant.';

create table sync.calendar (
  version text primary key,
  content jsonb not null,
  loaded_at timestamptz not null
);

create table sync.pass (
  id uuid primary key default gen_random_uuid(),
  source text not null references sync.source,
  kind text not null check (kind in ('head', 'deep', 'backfill')),
  window_from date not null,
  window_until date not null check (window_until >= window_from),
  upper_bound timestamptz not null,
  cursor_before timestamptz,
  state text not null default 'due' check (state in ('due', 'running', 'done', 'open', 'failed')),
  due_at timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  lease_owner uuid,
  lease_epoch int not null default 0,
  lease_until timestamptz,
  seen int, allowed int, not_eligible int, undecided int, unchanged int,
  failure text,
  opened_at timestamptz not null,
  ended_at timestamptz,
  check ((state in ('done', 'open')) = (seen is not null)),
  check (seen = allowed + not_eligible + undecided),
  check (state <> 'done' or undecided = 0)
);
create unique index pass_one_live_reading on sync.pass (source, kind) where state in ('due', 'running') and kind <> 'backfill';
create unique index pass_one_backfill_per_window on sync.pass (source, window_from)
  where kind = 'backfill' and state in ('due', 'running', 'done');
create index pass_live on sync.pass (due_at) where state in ('due', 'running');
create index pass_ended on sync.pass (source, kind, ended_at desc) where state in ('done', 'open');
create index pass_opened on sync.pass (opened_at desc, id);

comment on table sync.pass is 'One uninterrupted reading of one window. An interrupted or failed one keeps no totals; its successor reads the same window.';

create table sync.directive (
  id uuid primary key,
  source text not null references sync.source,
  source_ref text not null,
  revision int not null default 1,
  content_digest text not null,
  number text not null,
  symbol text not null,
  code text not null,
  code_normalised text not null,
  same_document_key text not null,
  issuer text not null,
  issued_on date not null,
  type_name text not null,
  subject text not null,
  summary text,
  signer_name text,
  signer_position text,
  signer_competence text,
  urgency text not null check (urgency in ('normal', 'urgent', 'veryUrgent', 'flash', 'unreadable')),
  due_on date,
  receivers text[] not null default '{}',
  act_at_once boolean not null default false,
  deadline_date date not null,
  classify_by timestamptz not null,
  calendar_version text not null references sync.calendar,
  deadline_confirmed boolean not null,
  before_go_live boolean not null,
  seen_at timestamptz not null,
  staged_at timestamptz,
  classified_at timestamptz,
  refused_at timestamptz,
  recalled_at timestamptz,
  withheld_at timestamptz,
  read_at timestamptz not null,
  primary_id uuid references sync.directive on delete set null,
  unique (source, source_ref)
);
comment on column sync.directive.primary_id is 'The first copy of the same document through another source; classifying either settles both clocks.';
comment on column sync.directive.read_at is 'When the content was asked for: a reading that asked earlier does not undo it.';
create index directive_issued on sync.directive (source, issued_on);
create index directive_primary on sync.directive (coalesce(primary_id, id));
create index directive_copy on sync.directive (primary_id);
create index directive_code on sync.directive (code_normalised);
create index directive_same_document on sync.directive (same_document_key);
create index directive_unclassified on sync.directive (classify_by)
  where classified_at is null and refused_at is null and recalled_at is null;

create table sync.intake (
  id uuid primary key,
  source text not null references sync.source,
  transport_ref text not null,
  source_ref text not null,
  version text not null,
  pass_id uuid not null references sync.pass,
  directive_id uuid references sync.directive on delete set null,
  generation int not null default 0,
  revision int,
  business text not null default 'new' check (business in ('new', 'revoke', 'update', 'replace', 'unclear', 'status')),
  concerns text[] not null default '{}',
  state text not null check (state in ('staged', 'updated', 'unchanged', 'recalled', 'deferred', 'withheld', 'purged', 'failed', 'pending')),
  classify_by timestamptz not null,
  attempts int not null default 0,
  due_at timestamptz not null default clock_timestamp(),
  failure text,
  lease_owner uuid,
  lease_epoch int not null default 0,
  lease_until timestamptz,
  seen_at timestamptz not null,
  settled_at timestamptz,
  unique (source, transport_ref, version)
);
create index intake_pass on sync.intake (pass_id, state);
create index intake_directive on sync.intake (directive_id, seen_at);
create index intake_window on sync.intake (source, classify_by);
create index intake_seen on sync.intake (source, seen_at);
create index intake_ref on sync.intake (source, source_ref);
create index intake_deferred on sync.intake (seen_at) where state = 'deferred';
create index intake_unsettled on sync.intake (classify_by) where state in ('failed', 'pending');
comment on table sync.intake is 'One row per message version the gate admitted; what it refused has no row anywhere.';
comment on column sync.intake.concerns is 'The directives, by source_ref, that a business message or a status message is about.';
comment on column sync.intake.generation is 'Raised by a purge, so that a staging in flight stops.';

create table sync.directive_revision (
  directive_id uuid not null references sync.directive on delete cascade,
  revision int not null,
  at timestamptz not null,
  changed text[] not null default '{}',
  fields jsonb not null,
  primary key (directive_id, revision)
);

create table sync.directive_file (
  id uuid primary key default gen_random_uuid(),
  directive_id uuid not null references sync.directive on delete cascade,
  ref text not null,
  position int not null,
  name text not null,
  media_type text,
  announced_size bigint,
  size bigint,
  sha256 text,
  stored_as text unique,
  current boolean not null default true,
  unique (directive_id, ref)
);
create index directive_file_missing on sync.directive_file (directive_id) where stored_as is null and current;

create table sync.unit (id uuid primary key default gen_random_uuid(), kind text not null default 'unit');
create table sync.unit_name (
  unit_id uuid not null references sync.unit on delete cascade,
  name text not null,
  valid_from date not null,
  valid_until date,
  primary key (unit_id, valid_from)
);
create table sync.unit_code (
  unit_id uuid not null references sync.unit on delete cascade,
  code text not null,
  valid_from date not null,
  valid_until date,
  primary key (code, valid_from)
);

create index unit_code_unit on sync.unit_code (unit_id);
create table sync.task (
  id uuid primary key default gen_random_uuid(),
  directive_id uuid not null references sync.directive on delete cascade,
  position int not null,
  description text not null,
  due_on date,
  open_ended boolean not null,
  directed_by text,
  opinion text,
  followed_by text,
  unique (directive_id, position),
  check (open_ended = (due_on is null))
);
create table sync.assignment (
  id uuid primary key default gen_random_uuid(),
  task_id uuid not null references sync.task on delete cascade,
  unit_id uuid not null references sync.unit,
  role text not null check (role in ('lead', 'support')),
  assigned_at timestamptz not null,
  begun_at timestamptz,
  unique (task_id, unit_id)
);
create index assignment_unit on sync.assignment (unit_id);
create unique index assignment_one_lead on sync.assignment (task_id) where role = 'lead';

create table sync.reply (
  id uuid primary key,
  assignment_id uuid not null references sync.assignment on delete cascade,
  directive_id uuid not null references sync.directive on delete cascade,
  outcome text not null check (outcome in ('completed', 'notCompleted', 'returned')),
  completed_on date,
  explanation text not null,
  number text, symbol text, issued_on date, type_name text, subject text, signer text,
  written_at timestamptz not null,
  written_by text not null,
  check ((outcome = 'completed') = (completed_on is not null)),
  check (num_nonnulls(number, symbol, issued_on, type_name, subject, signer) in (0, 6))
);
create index reply_assignment on sync.reply (assignment_id, written_at);
create index reply_directive on sync.reply (directive_id);
create table sync.reply_file (
  id uuid primary key default gen_random_uuid(),
  reply_id uuid not null references sync.reply on delete cascade,
  position int not null,
  name text not null,
  media_type text not null,
  size bigint not null,
  sha256 text not null,
  stored_as text not null unique
);

create index reply_file_reply on sync.reply_file (reply_id);
create table sync.outbox (
  id uuid primary key default gen_random_uuid(),
  place bigint generated always as identity,
  source text not null references sync.source,
  kind text not null check (kind in ('acknowledge', 'status', 'reply')),
  intake_id uuid references sync.intake on delete cascade,
  directive_id uuid references sync.directive on delete cascade,
  reply_id uuid references sync.reply on delete cascade,
  detail jsonb not null default '{}',
  state text not null default 'pending' check (state in ('pending', 'sending', 'delivered', 'rejected', 'unconfirmed', 'settled')),
  due_at timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  look_ups int not null default 0,
  lease_owner uuid,
  lease_epoch int not null default 0,
  lease_until timestamptz,
  written_at timestamptz not null,
  attempted_at timestamptz,
  ended_at timestamptz,
  failure text,
  answer text,
  far_ref text
);
create unique index outbox_reply_once on sync.outbox (reply_id);
create index outbox_open on sync.outbox (due_at) where state in ('pending', 'sending', 'unconfirmed');
create index outbox_by_place on sync.outbox (place) where state in ('pending', 'unconfirmed');
create index outbox_intake on sync.outbox (intake_id);
create index outbox_directive on sync.outbox (directive_id);
create index outbox_in_order on sync.outbox (directive_id, place) where state in ('pending', 'sending', 'unconfirmed');

create function sync.ring_for_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('chidao_outbox', '');
  return null;
end $$;
create trigger outbox_rings after insert on sync.outbox for each statement execute function sync.ring_for_outbox();

create table sync.sweep (only_row boolean primary key default true check (only_row), last_at timestamptz not null);
insert into sync.sweep (last_at) values ('-infinity');
comment on table sync.sweep is 'Who sweeps next. Taken by compare-and-set, because a lock would stay with a process that was stopped.';

create table sync.history (
  id uuid primary key default gen_random_uuid(),
  at timestamptz not null,
  directive_id uuid,
  actor text not null,
  event text not null,
  detail jsonb not null default '{}'
);
create index history_directive on sync.history (directive_id, at);

create function sync.history_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'The history is append-only: % refused.', lower(tg_op);
end $$;
create trigger history_append_only before update or delete or truncate on sync.history
  for each statement execute function sync.history_is_append_only();

create table sync.unmapped_code (
  source text not null references sync.source,
  field text not null,
  code text not null check (code ~ '^[A-Za-z0-9_-]{1,12}$'),
  count bigint not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  primary key (source, field, code)
);

create function sync.balance_of(p sync.pass, out unchanged int, out staged bigint, out updated bigint, out redelivered bigint, out recalled bigint,
  out deferred bigint, out withheld bigint, out purged bigint, out failed bigint, out pending bigint, out balances boolean)
language sql stable as $$
  select p.unchanged,
    count(*) filter (where state = 'staged'), count(*) filter (where state = 'updated'), count(*) filter (where state = 'unchanged'),
    count(*) filter (where state = 'recalled'), count(*) filter (where state = 'deferred'), count(*) filter (where state = 'withheld'),
    count(*) filter (where state = 'purged'), count(*) filter (where state = 'failed'), count(*) filter (where state = 'pending'),
    p.allowed = p.unchanged + count(*)
  from sync.intake i where i.pass_id = p.id
$$;

create view sync.pass_balance as
select p.id, p.source, p.kind, p.window_from, p.window_until, p.state, p.seen, p.allowed, p.not_eligible, p.undecided, b.*
from sync.pass p cross join lateral sync.balance_of(p) b;
comment on view sync.pass_balance is 'seen = allowed + not_eligible + undecided is a constraint of the pass; allowed = unchanged + every outcome is this view.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
