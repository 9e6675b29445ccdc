import type { Knex } from 'knex'

/**
 * What is written through schema `tracking` waits until the gate of the bridge has admitted it: the check in SQL knows
 * fewer disguises, and must not be what decides about showing or sending.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(waiting)
  await db.raw(applying)
  await db.raw(writing)
  await db.raw(contract)
  await db.raw(statuses)
  await db.raw(access)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const waiting = `
create table sync.writing (
  id uuid primary key,
  seq bigint generated always as identity,
  directive_id uuid not null references sync.directive on delete cascade,
  kind text not null check (kind in ('classify', 'refuse', 'actAtOnce', 'beginWork', 'reply', 'returnToOffice', 'answerOrder')),
  concerns uuid not null,
  content jsonb not null,
  assignments uuid[] not null default '{}',
  actor text not null,
  written_at timestamptz not null,
  attempts int not null default 0,
  due_at timestamptz not null default clock_timestamp(),
  failure text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 0,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 0);
create index writing_in_order on sync.writing (directive_id, seq);
create index writing_seq on sync.writing (seq);
comment on table sync.writing is 'What was written through schema tracking and the gate has not judged yet. No view shows it. Vacuumed at each turn, so that what is refused leaves the file as well.';
comment on column sync.writing.id is 'Of a reply its own id; the ids of the assignments of a classification follow from it.';
comment on column sync.writing.concerns is 'The directive, assignment or order that it is about.';
comment on column sync.writing.assignments is 'Those that a classification will make: what is written on them waits behind it.';
create trigger writing_rings after insert on sync.writing referencing new table as added
  for each statement execute function sync.ring_for_outbox();

create table sync.not_admitted (
  id uuid primary key default gen_random_uuid(),
  directive_id uuid not null references sync.directive on delete cascade,
  act text not null,
  cause text not null,
  at timestamptz not null
);
create index not_admitted_directive on sync.not_admitted (directive_id);
comment on table sync.not_admitted is 'Removed without a trace of what it said: a person sees to it that it is written anew or reported by other means.';
`

/** The same statements whether they are tried at the door or carried out: only the transaction knows which. */
const applying = `
create function sync.assignment_of_writing(writing uuid, n int) returns uuid language sql immutable as $$
  select overlay(overlay(md5(writing::text || '/' || n) placing '8' from 13) placing '8' from 17)::uuid
$$;

drop function sync.classify(uuid, jsonb, text, timestamptz);
create function sync.classify(directive uuid, tasks jsonb, actor text, at timestamptz, writing uuid default gen_random_uuid())
returns setof uuid language plpgsql as $$
declare
  d sync.directive := sync.directive_for_writing(directive);
  task jsonb; unit jsonb; task_id uuid; assignment_id uuid; place int := 0; given int := 0; copy sync.directive;
begin
  perform sync.check_actor(actor);
  if d.classified_at is not null or d.refused_at is not null then
    raise exception using errcode = 'CD005', message = format('Văn bản %s đã được phân loại. Already classified.', directive);
  end if;
  if jsonb_typeof(tasks) is distinct from 'array' then
    raise exception using errcode = 'CD004', message = 'tasks phải là một mảng JSON, mảng rỗng nghĩa là không giao nhiệm vụ. tasks must be a JSON array; an empty one means "assigns no task".';
  end if;
  for task in select * from jsonb_array_elements(tasks) loop
    if jsonb_typeof(task) <> 'object' or coalesce(btrim(task ->> 'description'), '') = '' then
      raise exception using errcode = 'CD004', message = 'Mỗi nhiệm vụ cần nội dung (description). Each task needs a description.';
    end if;
    perform sync.refuse_marked(task ->> 'description', task ->> 'opinion', task ->> 'directedBy', task ->> 'followedBy');
    place := place + 1;
    insert into sync.task (directive_id, position, description, due_on, open_ended, directed_by, opinion, followed_by)
    values (d.id, place, task ->> 'description', (task ->> 'dueOn')::date, (task ->> 'dueOn') is null, task ->> 'directedBy', task ->> 'opinion', task ->> 'followedBy')
    returning id into task_id;
    given := given + 1;
    assignment_id := sync.assignment_of_writing(writing, given);
    insert into sync.assignment (id, task_id, unit_id, role, assigned_at)
    values (assignment_id, task_id, sync.unit_named(task -> 'lead', d.issued_on), 'lead', at);
    return next assignment_id;
    for unit in select * from jsonb_array_elements(coalesce(task -> 'support', '[]')) loop
      given := given + 1;
      assignment_id := sync.assignment_of_writing(writing, given);
      insert into sync.assignment (id, task_id, unit_id, role, assigned_at)
      values (assignment_id, task_id, sync.unit_named(unit, d.issued_on), 'support', at);
      return next assignment_id;
    end loop;
  end loop;
  for copy in select * from sync.copies_of(d) loop
    update sync.directive set classified_at = at where id = copy.id;
    insert into sync.history (at, directive_id, actor, event, detail) values (at, copy.id, actor, 'classified', jsonb_build_object('tasks', place, 'as', d.id));
    continue when copy.staged_at is null;
    perform sync.send_status(copy, '03', 'Đã tiếp nhận, vào sổ văn bản đến', at);
    if place > 0 then perform sync.send_status(copy, '04', 'Đã phân công xử lý', at); end if;
  end loop;
end $$;

create function sync.apply_writing(w sync.writing) returns setof uuid language plpgsql as $$
begin
  case w.kind
    when 'classify' then return query select sync.classify(w.concerns, w.content, w.actor, w.written_at, w.id);
    when 'refuse' then perform sync.refuse(w.concerns, w.content ->> 'reason', w.actor, w.written_at);
    when 'actAtOnce' then perform sync.act_at_once(w.concerns, w.actor, w.written_at);
    when 'beginWork' then perform sync.begin_work(w.concerns, w.actor, w.written_at);
    when 'reply' then perform sync.reply(w.concerns, w.content, w.actor, w.id, w.written_at);
    when 'returnToOffice' then perform sync.return_to_office(w.concerns, w.content ->> 'reason', w.actor, w.id, w.written_at);
    when 'answerOrder' then perform sync.answer_order(w.concerns, (w.content ->> 'accept')::boolean, w.content ->> 'reason', w.actor, w.written_at);
  end case;
end $$;

create function sync.next_writing() returns sync.writing language plpgsql as $$
declare w sync.writing; copies uuid[]; held uuid[];
begin
  for w in select one.* from sync.writing one where one.due_at <= clock_timestamp()
    and not exists (select from sync.writing earlier where earlier.directive_id = one.directive_id and earlier.seq < one.seq) order by one.seq
  loop
    select array_agg(d.id) into copies from sync.directive d
      where coalesce(d.primary_id, d.id) = (select coalesce(named.primary_id, named.id) from sync.directive named where named.id = w.directive_id);
    select array_agg(locked.id) into held from
      (select d.id from sync.directive d where d.id = any (copies) order by d.id for update skip locked) locked;
    -- Somebody has one of them: they are not waited for, since others may wait for this.
    continue when cardinality(held) is distinct from cardinality(copies);
    select known.* into w from sync.writing known where known.id = w.id for update skip locked;
    if found then return w; end if;
  end loop;
  return null;
end $$;
comment on function sync.next_writing is 'The first that is due, in order within its directive, with the locks under which it is applied. Null where there is none.';

create function sync.admit_writing(writing uuid) returns text language plpgsql as $$
declare w sync.writing; cause text;
begin
  delete from sync.writing known where known.id = writing returning known.* into w;
  begin
    perform sync.apply_writing(w);
  exception
    when sqlstate 'CD001' then cause := 'notEligible';
    when sqlstate 'CD002' then cause := 'notShown';
    when sqlstate 'CD003' then cause := 'recalled';
    when sqlstate 'CD004' then cause := 'notReadable';
    when sqlstate 'CD005' then cause := 'alreadyDone';
  end;
  return cause;
end $$;
comment on function sync.admit_writing is 'Carries it out at its own time. Not null: why it could not be, because something else happened since it was written.';
`

const writing = `
create function sync.check_dates(content jsonb) returns void language plpgsql as $$
begin
  if exists (
    select from (select jsonb_path_query(content, 'lax $.**.dueOn') union all select jsonb_path_query(content, 'lax $.**.completedOn')
      union all select jsonb_path_query(content, 'lax $.**.issuedOn')) dates (day)
    where jsonb_typeof(day) <> 'null' and day #>> '{}' !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') then
    raise exception using errcode = 'CD004', message = 'Ngày phải viết theo dạng năm-tháng-ngày, ví dụ 2026-09-20. Dates are written YYYY-MM-DD.';
  end if;
end $$;
comment on function sync.check_dates is 'What is read later is read by another session: it must mean the same to each.';

create function sync.try_writing(w sync.writing) returns uuid[] language plpgsql as $$
declare earlier sync.writing; given uuid[];
begin
  begin
    for earlier in select one.* from sync.writing one join sync.directive d on d.id = one.directive_id
      where coalesce(d.primary_id, d.id) = (select coalesce(named.primary_id, named.id) from sync.directive named where named.id = w.directive_id) order by one.seq
    loop
      begin
        perform sync.apply_writing(earlier);
      exception when sqlstate 'CD001' or sqlstate 'CD002' or sqlstate 'CD003' or sqlstate 'CD004' or sqlstate 'CD005'
        or integrity_constraint_violation or data_exception then null;
      end;
    end loop;
    given := array(select sync.apply_writing(w));
    raise exception using errcode = 'CD999';
  exception
    when sqlstate 'CD999' then null;
    when integrity_constraint_violation or data_exception then
      raise exception using errcode = 'CD004', message = 'Nội dung thiếu hoặc không đọc được. Something in it is missing or not readable.';
  end;
  return given;
end $$;
comment on function sync.try_writing is 'Whether it could be carried out after all that waits before it; nothing of it is done. Returns the assignments that it would make. A row in an error would tell what it says.';

create function sync.keep_writing(w sync.writing) returns uuid[] language plpgsql as $$
begin
  if w.kind = 'answerOrder' then
    perform from sync.business_order o where o.id = w.concerns for update;
    perform from sync.directive d where d.id = w.directive_id for update;
  else
    perform sync.directive_for_writing(w.directive_id);
  end if;
  perform sync.check_dates(w.content);
  w.written_at := clock_timestamp();
  w.assignments := sync.try_writing(w);
  -- A reply that is there or waits already is not written twice.
  if exists (select from sync.reply known where known.id = w.id) or exists (select from sync.writing known where known.id = w.id and known.concerns = w.concerns) then
    return '{}';
  end if;
  insert into sync.writing (id, directive_id, kind, concerns, content, assignments, actor, written_at)
  values (w.id, w.directive_id, w.kind, w.concerns, w.content, w.assignments, w.actor, w.written_at) on conflict (id) do nothing;
  if not found then
    raise exception using errcode = 'CD004', message = format('Mã trả lời %s đã dùng cho phân công khác. This reply id belongs to another assignment.', w.id);
  end if;
  return w.assignments;
end $$;

create function sync.writing_of(id uuid, kind text, directive uuid, concerns uuid, content jsonb, actor text) returns sync.writing language plpgsql as $$
declare w sync.writing;
begin
  w.id := id; w.kind := kind; w.directive_id := directive; w.concerns := concerns; w.content := content; w.actor := actor;
  return w;
end $$;

create function sync.directive_of_written(assignment uuid) returns uuid language plpgsql as $$
declare directive uuid;
begin
  select coalesce(
    (select t.directive_id from sync.assignment a join sync.task t on t.id = a.task_id where a.id = assignment),
    (select w.directive_id from sync.writing w where assignment = any (w.assignments))) into directive;
  return coalesce(directive, sync.directive_of_assignment(assignment));
end $$;
comment on function sync.directive_of_written is 'Also of an assignment whose classification still waits.';
`

/** The time of an act is the store's own, when it was written; what it does shows when it is admitted. */
const contract = `
create or replace function tracking.classify(directive uuid, tasks jsonb, actor text) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select unnest(sync.keep_writing(sync.writing_of(gen_random_uuid(), 'classify', directive, directive, tasks, actor)));
end $$;
create or replace function tracking.refuse(directive uuid, reason text, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'refuse', directive, directive, jsonb_build_object('reason', reason), actor));
end $$;
create or replace function tracking.act_at_once(directive uuid, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'actAtOnce', directive, directive, '{}', actor));
end $$;
create or replace function tracking.begin_work(assignment uuid, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'beginWork', sync.directive_of_written(assignment), assignment, '{}', actor));
end $$;
create or replace function tracking.reply(assignment uuid, content jsonb, actor text, id uuid default gen_random_uuid()) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(id, 'reply', sync.directive_of_written(assignment), assignment, content, actor));
  return id;
end $$;
create or replace function tracking.return_to_office(assignment uuid, reason text, actor text, id uuid default gen_random_uuid()) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(id, 'returnToOffice', sync.directive_of_written(assignment), assignment, jsonb_build_object('reason', reason), actor));
  return id;
end $$;
create or replace function tracking.answer_order(order_id uuid, accept boolean, reason text, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare directive uuid;
begin
  select o.directive_id into directive from sync.business_order o where o.id = order_id;
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'answerOrder', directive, order_id, jsonb_build_object('accept', accept, 'reason', reason), actor));
end $$;
comment on function sync.carries_mark is 'A plain check at the door, so that flagrant text is not kept at all. The gate of the bridge decides afterwards about all the rest.';
comment on schema tracking is 'Hợp đồng công khai với phần mềm Theo dõi chỉ đạo, phiên bản 1. Nội dung ghi chỉ hiện và chỉ được gửi sau khi cầu nối xét đủ điều kiện. Public contract, version 1: views to read, functions to write. What is written shows, and leaves, after the bridge has admitted it.';
`

/** Of a store that wrote status 06 without saying which reply it speaks of. */
export const linking = `
update sync.outbox o set speaks_of = r.id from sync.reply r
where o.kind = 'status' and o.state in ('pending', 'sending') and o.detail ->> 'code' = '06'
  and r.directive_id = o.directive_id and r.written_at = o.written_at and r.outcome = 'completed'`

/** A status that speaks of a reply must not run ahead of it: what the issuer was told cannot be taken back. */
const statuses = `
alter table sync.outbox add column speaks_of uuid references sync.reply on delete cascade;
create index outbox_speaks_of on sync.outbox (speaks_of);
comment on column sync.outbox.speaks_of is 'The reply with which everything was completed: status 06 leaves only behind it, and goes with it.';
${linking};

drop function sync.send_status(sync.directive, text, text, timestamptz);
create function sync.send_status(d sync.directive, code text, description text, at timestamptz, speaks_of uuid default null) returns void language plpgsql as $$
begin
  insert into sync.outbox (source, kind, directive_id, detail, written_at, speaks_of)
  select d.source, 'status', d.id, jsonb_build_object('code', code, 'description', description), at, send_status.speaks_of
  from sync.source s where s.name = d.source and code = any (s.statuses);
end $$;

create or replace function sync.write_reply(new_id uuid, assignment uuid, content jsonb, actor text, at timestamptz) returns uuid language plpgsql as $$
declare
  d sync.directive;
  document jsonb := nullif(content -> 'document', 'null');
begin
  d := sync.directive_for_writing(sync.directive_of_assignment(assignment));
  perform sync.check_actor(actor);
  perform sync.refuse_marked(content ->> 'explanation', document ->> 'subject', document ->> 'number', document ->> 'symbol', document ->> 'typeName', document ->> 'signer',
    case when sync.carries_secret_suffix(document ->> 'symbol') or sync.carries_secret_suffix(document ->> 'number') then '(MẬT)' end);
  if exists (select from sync.reply known where known.id = new_id and known.assignment_id = assignment) then
    return new_id;
  end if;
  if exists (select from sync.reply known where known.id = new_id) then
    raise exception using errcode = 'CD004', message = format('Mã trả lời %s đã dùng cho phân công khác. This reply id belongs to another assignment.', new_id);
  end if;
  insert into sync.reply (id, assignment_id, directive_id, outcome, completed_on, explanation, number, symbol, issued_on, type_name, subject, signer, written_at, written_by)
  values (new_id, assignment, d.id, content ->> 'outcome', (content ->> 'completedOn')::date, coalesce(content ->> 'explanation', ''),
    document ->> 'number', document ->> 'symbol', (document ->> 'issuedOn')::date, document ->> 'typeName', document ->> 'subject', document ->> 'signer', at, actor);
  insert into sync.outbox (source, kind, directive_id, reply_id, written_at)
  select d.source, 'reply', d.id, new_id, at from sync.source s
  where s.name = d.source and (s.replies = 'message' or s.replies = 'document' and document is not null);
  insert into sync.history (at, directive_id, actor, event, detail)
  values (at, d.id, actor, case content ->> 'outcome' when 'returned' then 'returned' else 'replied' end, jsonb_build_object('reply', new_id, 'outcome', content ->> 'outcome'));
  if content ->> 'outcome' = 'completed' then
    -- One that waits behind a rejected reply gives way to that of the reply written in its place.
    delete from sync.outbox o using sync.outbox carried
      where o.directive_id = d.id and o.state = 'pending' and carried.reply_id = o.speaks_of and carried.state = 'rejected';
    if sync.is_completed(d.id) then
      perform sync.send_status(d, '06', coalesce(nullif(content ->> 'explanation', ''), 'Hoàn thành xử lý'), at, new_id);
    end if;
  end if;
  return new_id;
end $$;
`

const access = `
revoke execute on all functions in schema tracking, sync from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant select, insert, update, delete on sync.writing, sync.not_admitted to chidao_service;
    grant execute on all functions in schema sync to chidao_service;
  end if;
end $$;
`
