import type { Knex } from 'knex'

/** What a directive lives through after it was staged: orders of its source, doubt, withholding, purge. */
export async function up(db: Knex): Promise<void> {
  await db.raw(withholding)
  await db.raw(orders)
  await db.raw(contract)
  await db.raw(access)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const withholding = `
alter table sync.directive
  add column withheld_because text check (withheld_because in ('secret', 'doubtful', 'vanished', 'byHand', 'restored')),
  add column checked_at timestamptz,
  add check ((withheld_at is null) = (withheld_because is null));
comment on column sync.directive.withheld_because is 'secret: its source says so for certain, and it is purged. Everything else waits for a person.';
comment on column sync.directive.checked_at is 'When its source was last asked for it again.';
alter table sync.intake add column state_before text;
comment on column sync.intake.state_before is 'What a withheld row was, and is again when its directive is released.';
create index directive_withheld on sync.directive (withheld_at) where withheld_at is not null;
create index directive_recheck on sync.directive (source, coalesce(checked_at, seen_at));

alter table sync.pass drop constraint pass_kind_check;
alter table sync.pass add check (kind in ('head', 'deep', 'backfill', 'recheck', 'resync'));
drop index sync.pass_one_live_reading;
create unique index pass_one_live_reading on sync.pass (source, kind) where state in ('due', 'running') and kind in ('head', 'deep', 'recheck');

create table sync.fuse (
  id uuid primary key default gen_random_uuid(),
  source text not null references sync.source,
  kind text not null check (kind in ('withhold', 'recall', 'purge')),
  counted int not null,
  out_of int not null,
  tripped_at timestamptz not null,
  last_at timestamptz not null,
  answer text check (answer in ('proceed', 'keep')),
  answered_at timestamptz,
  answered_by text,
  reason text
);
create unique index fuse_one_open on sync.fuse (source, kind) where answer is null;
comment on table sync.fuse is 'A source suddenly says that an unusual share of the store should go: nothing goes until a person has answered.';

create table sync.purge (
  id uuid primary key default gen_random_uuid(),
  at timestamptz not null,
  actor text not null,
  authority text not null,
  counts jsonb not null,
  keys uuid[] not null,
  files text[] not null,
  finished_at timestamptz
);
create index purge_unfinished on sync.purge (at) where finished_at is null;
comment on table sync.purge is 'All that remains of what was purged. keys and files are emptied when both are destroyed.';

create table sync.life (only_row boolean primary key default true check (only_row), generation bigint not null);
insert into sync.life (generation) values (0);
comment on table sync.life is 'Raised together with its twin in the keys database, which backups of the store leave out: a store that is behind it was restored.';
`

const orders = `
create table sync.replacement (
  directive_id uuid not null references sync.directive on delete cascade,
  source text not null,
  source_ref text not null,
  primary key (directive_id, source_ref)
);
create index replacement_of on sync.replacement (source, source_ref);
comment on table sync.replacement is 'directive_id replaces the directive that its source calls source_ref, whether the store has that or not.';

create table sync.business_order (
  id uuid primary key default gen_random_uuid(),
  directive_id uuid not null references sync.directive on delete cascade,
  intake_id uuid references sync.intake on delete set null,
  kind text not null check (kind in ('recall', 'update')),
  reason text,
  ordered_at timestamptz not null,
  answer text check (answer in ('accepted', 'refused')),
  answer_reason text,
  answered_at timestamptz,
  answered_by text,
  check ((answer is null) = (answered_at is null))
);
create index business_order_intake on sync.business_order (intake_id);
create index business_order_directive on sync.business_order (directive_id, ordered_at);
create index business_order_open on sync.business_order (ordered_at) where answer is null;

alter table sync.source add column answers jsonb not null default '{}';
comment on column sync.source.answers is 'Status codes that answer an order of this source: {"recall": {"accepted": "15", "refused": "16"}, "update": {…}}.';

-- The directive that its source calls so: by its own reference, or by that of a message that updated it.
create function sync.directive_called(source text, source_ref text) returns uuid language sql stable as $$
  select coalesce(
    (select d.id from sync.directive d where d.source = $1 and d.source_ref = $2),
    (select i.directive_id from sync.intake i where i.source = $1 and i.source_ref = $2 and i.business = 'update' and i.directive_id is not null limit 1))
$$;

create function sync.answer_order(order_id uuid, accept boolean, why text, actor text, at timestamptz) returns void language plpgsql as $$
declare o sync.business_order; d sync.directive; said text := case when accept then 'accepted' else 'refused' end;
begin
  perform sync.check_actor(actor);
  select * into o from sync.business_order known where known.id = order_id for update;
  select * into d from sync.directive known where known.id = o.directive_id and known.staged_at is not null and known.withheld_at is null for update;
  if d.id is null then
    raise exception using errcode = 'CD002', message = format('Không có yêu cầu %s. No order with this id is shown.', order_id);
  end if;
  if o.answer is not null then
    raise exception using errcode = 'CD005', message = format('Yêu cầu %s đã được trả lời. Already answered.', order_id);
  end if;
  if not accept and coalesce(btrim(why), '') = '' then
    raise exception using errcode = 'CD004', message = 'Từ chối phải nêu lý do. A refusal needs a reason.';
  end if;
  perform sync.refuse_marked(why);
  update sync.business_order known set answer = said, answer_reason = nullif(btrim(why), ''), answered_at = at, answered_by = actor where known.id = o.id;
  -- The Office keeps what its issuer wanted back: the clock runs on as if nobody had asked.
  if o.kind = 'recall' and not accept then
    update sync.directive known set recalled_at = null where known.id = d.id;
  end if;
  insert into sync.history (at, directive_id, actor, event, detail)
  values (at, d.id, actor, 'orderAnswered', jsonb_build_object('kind', o.kind, 'answer', said, 'reason', nullif(btrim(why), '')));
  insert into sync.outbox (source, kind, directive_id, detail, written_at)
  select d.source, 'status', d.id, jsonb_build_object('code', s.answers -> o.kind ->> said,
    'description', coalesce(nullif(btrim(why), ''), case when accept then 'Đồng ý' else 'Từ chối' end)), at
  from sync.source s where s.name = d.source and s.answers -> o.kind ->> said is not null;
end $$;
`

const contract = `
create or replace view tracking.directives with (security_barrier) as
select d.id, d.source, d.number, d.symbol, d.code, d.issuer, d.issued_on, d.type_name, d.subject, d.summary,
  d.signer_name, d.signer_position, d.signer_competence, d.urgency, d.due_on, d.receivers, d.revision,
  d.staged_at, d.classified_at, d.refused_at, d.recalled_at,
  d.deadline_date, d.classify_by, d.deadline_confirmed, d.calendar_version, d.before_go_live, d.primary_id as same_as,
  not exists (select from sync.directive_file f where f.directive_id = d.id and f.current and f.stored_as is null) as files_complete,
  array(select p.id from sync.replacement r join sync.directive p on p.source = r.source and p.source_ref = r.source_ref
    where r.directive_id = d.id and p.staged_at is not null and p.withheld_at is null) as replaces,
  array(select s.id from sync.replacement r join sync.directive s on s.id = r.directive_id
    where r.source = d.source and r.source_ref = d.source_ref and s.staged_at is not null and s.withheld_at is null) as replaced_by
from sync.directive d
where d.staged_at is not null and d.withheld_at is null;
comment on column tracking.directives.replaces is 'Các văn bản mà văn bản này thay thế. The staged directives that this one replaces.';
comment on column tracking.directives.replaced_by is 'Các văn bản thay thế văn bản này; thời hạn không dừng. Its clocks go on until the Office decides.';

create view tracking.orders with (security_barrier) as
select o.id, o.directive_id, o.kind, o.reason, o.ordered_at, o.answer, o.answer_reason, o.answered_at, o.answered_by
from sync.business_order o join tracking.directives d on d.id = o.directive_id;
comment on view tracking.orders is 'Yêu cầu thu hồi, cập nhật của cơ quan ban hành, và trả lời của Văn phòng. What an issuer asked for after staging. A recall stops the clocks at once, until it is refused.';

create function tracking.answer_order(order_id uuid, accept boolean, reason text, actor text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as 'select sync.answer_order(order_id, accept, reason, actor, clock_timestamp())';
comment on function tracking.answer_order is 'Văn phòng đồng ý hoặc từ chối yêu cầu thu hồi, cập nhật. A refused recall lets the clocks run on.';
`

const access = `
revoke execute on all functions in schema tracking, sync from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_tracking') then
    grant select on all tables in schema tracking to chidao_tracking;
    grant execute on all functions in schema tracking to chidao_tracking;
  end if;
end $$;
`
