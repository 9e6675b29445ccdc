import type { Knex } from 'knex'

/**
 * The public contract: views to read and functions to write. The tracking software is given the role
 * `chidao_tracking` and nothing else, so that what is withheld or refused cannot be reached around the views.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(views)
  await db.raw(gate)
  await db.raw(writing)
  await db.raw(contract)
  await db.raw(access)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const views = `
create schema tracking;
comment on schema tracking is 'Hợp đồng công khai với phần mềm Theo dõi chỉ đạo, phiên bản 1. Public contract, version 1: views to read, functions to write.';

create view tracking.directives with (security_barrier) as
select d.id, d.source, d.number, d.symbol, d.code, d.issuer, d.issued_on, d.type_name, d.subject, d.summary,
  d.signer_name, d.signer_position, d.signer_competence, d.urgency, d.due_on, d.receivers, d.revision,
  d.staged_at, d.classified_at, d.refused_at, d.recalled_at,
  d.deadline_date, d.classify_by, d.deadline_confirmed, d.calendar_version, d.before_go_live, d.primary_id as same_as,
  not exists (select from sync.directive_file f where f.directive_id = d.id and f.current and f.stored_as is null) as files_complete
from sync.directive d
where d.staged_at is not null and d.withheld_at is null;
comment on view tracking.directives is 'Văn bản chỉ đạo đã chuyển, đủ toàn văn (Điều 6.1). Staged directives with all their files. A directive that may no longer be shown leaves this view at once.';
comment on column tracking.directives.issued_on is 'Ngày ban hành in trên văn bản. Calendar date in Asia/Ho_Chi_Minh.';
comment on column tracking.directives.classify_by is 'Hạn phân loại (Điều 8): 24:00 of deadline_date, exclusive. Compare with <.';
comment on column tracking.directives.deadline_confirmed is 'False when the window reaches a year whose days off are not yet published.';
comment on column tracking.directives.before_go_live is 'Ban hành trước ngày vận hành: the deadline is shown, never counted.';
comment on column tracking.directives.same_as is 'Cùng văn bản đã nhận trước qua nguồn khác. The same document, received first through another source; classifying either settles both.';
comment on column tracking.directives.files_complete is 'False while a later revision still waits for its files.';
comment on column tracking.directives.recalled_at is 'Thu hồi: when the recall was seen. Clocks stop, history stays.';

create view tracking.directive_revisions with (security_barrier) as
select r.directive_id, r.revision, r.at, r.changed, r.fields
from sync.directive_revision r join tracking.directives d on d.id = r.directive_id;
comment on view tracking.directive_revisions is 'Các lần thay đổi của văn bản. What each revision changed.';

create view tracking.directive_files with (security_barrier) as
select f.id, f.directive_id, f.position, f.name, f.media_type, f.size, f.sha256
from sync.directive_file f join tracking.directives d on d.id = f.directive_id where f.current and f.stored_as is not null;
comment on view tracking.directive_files is 'Toàn văn. Contents are encrypted on disk and handed out by the bridge. The name is display text, never a path.';

create view tracking.units as
select u.id, u.kind, n.name, c.code, n.valid_from, n.valid_until
from sync.unit u join sync.unit_name n on n.unit_id = u.id
left join sync.unit_code c on c.unit_id = u.id and daterange(c.valid_from, c.valid_until) && daterange(n.valid_from, n.valid_until);
comment on view tracking.units is 'Đơn vị: internal id with dated names and codes.';

create view tracking.tasks with (security_barrier) as
select t.* from sync.task t join tracking.directives d on d.id = t.directive_id;
comment on view tracking.tasks is 'Nhiệm vụ (Điều 6.2). open_ended says "không thời hạn": a value, not a missing date.';

create view tracking.assignments with (security_barrier) as
select a.id, a.task_id, t.directive_id, a.unit_id, a.role, a.assigned_at, a.begun_at, r.outcome as last_outcome, r.completed_on
from sync.assignment a join tracking.tasks t on t.id = a.task_id
left join lateral (select outcome, completed_on from sync.reply where assignment_id = a.id order by written_at desc limit 1) r on true;
comment on view tracking.assignments is 'Phân công: one line per unit. In time or overdue is derived from due_on and completed_on, never stored; a due date counts as in time.';

create view tracking.replies with (security_barrier) as
select r.id, r.assignment_id, r.directive_id, r.outcome, r.completed_on, r.explanation, r.number, r.symbol, r.issued_on, r.type_name, r.subject, r.signer,
  r.written_at, r.written_by, o.state as delivery, o.ended_at as delivered_at, o.failure, o.answer
from sync.reply r join tracking.directives d on d.id = r.directive_id
left join sync.outbox o on o.reply_id = r.id and o.kind = 'reply';
comment on view tracking.replies is 'Kết quả thực hiện và đường về nguồn. delivery: pending, sending, delivered, rejected, unconfirmed or settled.';

create view tracking.history with (security_barrier) as
select h.id, h.at, h.directive_id, h.actor, h.event, h.detail
from sync.history h join tracking.directives d on d.id = h.directive_id;
comment on view tracking.history is 'Ai, lúc nào, việc gì. Append-only.';
`

const gate = String.raw`
create function sync.folded(text) returns text language sql immutable parallel safe as $$
  select regexp_replace(lower(normalize($1, nfkc)), '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF]', '', 'g')
$$;

create function sync.carries_mark(text) returns boolean language sql immutable parallel safe as $$
  select $1 is not null and (
    regexp_replace(sync.folded($1),
      '(bảo|bí|cơ|bảo vệ bí|giải|văn bản|tài liệu|thông tin)\s+mật|mật\s+(độ|khẩu|mã|ong|thiết|mía|vụ|danh)|(ong|túi|sỏi|chi)\s+mật', ' ', 'g')
      ~ '(^|[^[:alpha:]])([mM][[:space:]._-]*[ậẬ][[:space:]._-]*[tT])($|[^[:alpha:]])'
    or sync.folded($1) ~ '[([{<]\s*((tuyet|toi)\s*|)mat\s*[])}>]'
    or sync.folded($1) ~ '(^|[^[:alpha:]])(top\s+|)(secret|confidential)($|[^[:alpha:]])'
    or $1 ~ '[\uE000-\uF8FF\uFFFD]')
$$;
comment on function sync.carries_mark is 'A plain check for those who write without the bridge. It knows fewer disguises than the bridge''s own gate, and fewer innocent phrases: what it refuses can be written through the bridge.';

create function sync.carries_secret_suffix(symbol text) returns boolean language sql immutable parallel safe as $$
  select coalesce(sync.folded($1) ~ '[-/(.]\s*(t|tu|)m\s*(\)|)\s*$', false)
$$;

create function sync.refuse_marked(variadic texts text[]) returns void language plpgsql as $$
begin
  if exists (select from unnest(texts) t where sync.carries_mark(t)) then
    raise exception using errcode = 'CD001',
      message = 'Nội dung chưa đủ điều kiện ghi vào hệ thống. Not eligible: nothing of it was kept.',
      hint = 'Bỏ nội dung không được phép trên hệ thống, hoặc báo cáo bằng hình thức khác (Điều 6.4).';
  end if;
end $$;
`

const writing = `
create function sync.check_actor(actor text) returns void language plpgsql as $$
begin
  if coalesce(btrim(actor), '') = '' then
    raise exception using errcode = 'CD004', message = 'Phải ghi người thực hiện. Say who acts: actor must not be empty.';
  end if;
  perform sync.refuse_marked(actor);
end $$;

create function sync.directive_for_writing(directive uuid) returns sync.directive language plpgsql as $$
declare d sync.directive;
begin
  -- Copies of the same document are locked in one order, whichever of them is named.
  perform from sync.directive known
    where coalesce(known.primary_id, known.id) = (select coalesce(one.primary_id, one.id) from sync.directive one where one.id = directive)
    order by known.id for update;
  select known.* into d from sync.directive known where known.id = directive and known.staged_at is not null and known.withheld_at is null for update;
  if not found then
    raise exception using errcode = 'CD002', message = format('Không có văn bản %s. No directive with this id is staged.', directive);
  end if;
  if d.recalled_at is not null then
    raise exception using errcode = 'CD003', message = format('Văn bản %s đã được thu hồi. The directive was recalled; its clocks have stopped.', directive);
  end if;
  return d;
end $$;

create function sync.unit_named(unit jsonb, on_date date) returns uuid language plpgsql as $$
declare found_id uuid;
begin
  if coalesce(unit ->> 'code', '') = '' or coalesce(unit ->> 'name', '') = '' then
    raise exception using errcode = 'CD004', message = 'Mỗi đơn vị cần mã và tên. Each unit needs "code" and "name".';
  end if;
  perform sync.refuse_marked(unit ->> 'code', unit ->> 'name');
  select c.unit_id into found_id from sync.unit_code c
    where c.code = unit ->> 'code' and c.valid_from <= on_date and (c.valid_until is null or c.valid_until > on_date);
  if found_id is null then
    perform pg_advisory_xact_lock(hashtext('unit ' || (unit ->> 'code')));
    select c.unit_id into found_id from sync.unit_code c where c.code = unit ->> 'code' and c.valid_until is null;
  end if;
  if found_id is null then
    insert into sync.unit default values returning id into found_id;
    insert into sync.unit_code (unit_id, code, valid_from) values (found_id, unit ->> 'code', on_date);
    insert into sync.unit_name (unit_id, name, valid_from) values (found_id, unit ->> 'name', on_date);
  end if;
  return found_id;
end $$;

create function sync.copies_of(d sync.directive) returns setof sync.directive language sql as $$
  select known.* from sync.directive known
  where coalesce(known.primary_id, known.id) = coalesce(d.primary_id, d.id) and known.withheld_at is null order by known.id for update
$$;
comment on function sync.copies_of is 'The directive with the copies of the same document that came through other sources.';

create function sync.send_status(d sync.directive, code text, description text, at timestamptz) returns void language plpgsql as $$
begin
  insert into sync.outbox (source, kind, directive_id, detail, written_at)
  select d.source, 'status', d.id, jsonb_build_object('code', code, 'description', description), at
  from sync.source s where s.name = d.source and code = any (s.statuses);
end $$;

create function sync.classify(directive uuid, tasks jsonb, actor text, at timestamptz)
returns setof uuid language plpgsql as $$
declare
  d sync.directive := sync.directive_for_writing(directive);
  task jsonb; unit jsonb; task_id uuid; assignment_id uuid; place int := 0; copy sync.directive;
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
    insert into sync.assignment (task_id, unit_id, role, assigned_at)
    values (task_id, sync.unit_named(task -> 'lead', d.issued_on), 'lead', at) returning id into assignment_id;
    return next assignment_id;
    for unit in select * from jsonb_array_elements(coalesce(task -> 'support', '[]')) loop
      insert into sync.assignment (task_id, unit_id, role, assigned_at)
      values (task_id, sync.unit_named(unit, d.issued_on), 'support', at) returning id into assignment_id;
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

create function sync.refuse(directive uuid, reason text, actor text, at timestamptz)
returns void language plpgsql as $$
declare d sync.directive := sync.directive_for_writing(directive); copy sync.directive;
begin
  if d.classified_at is not null or d.refused_at is not null then
    raise exception using errcode = 'CD005', message = format('Văn bản %s đã được phân loại. Already classified.', directive);
  end if;
  if coalesce(btrim(reason), '') = '' then
    raise exception using errcode = 'CD004', message = 'Từ chối phải nêu lý do. A refusal needs a reason.';
  end if;
  perform sync.check_actor(actor);
  perform sync.refuse_marked(reason);
  for copy in select * from sync.copies_of(d) loop
    update sync.directive set refused_at = at where id = copy.id;
    insert into sync.history (at, directive_id, actor, event, detail) values (at, copy.id, actor, 'refused', jsonb_build_object('reason', reason, 'as', d.id));
    if copy.staged_at is not null then perform sync.send_status(copy, '02', reason, at); end if;
  end loop;
end $$;

create function sync.act_at_once(directive uuid, actor text, at timestamptz)
returns void language plpgsql as $$
declare d sync.directive := sync.directive_for_writing(directive);
begin
  perform sync.check_actor(actor);
  update sync.directive set act_at_once = true, deadline_date = issued_on,
    classify_by = ((issued_on + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')
  where id = d.id;
  insert into sync.history (at, directive_id, actor, event) values (at, d.id, actor, 'markedActAtOnce');
end $$;

create function sync.begin_work(assignment uuid, actor text, at timestamptz)
returns void language plpgsql as $$
declare d sync.directive;
begin
  perform sync.check_actor(actor);
  d := sync.directive_for_writing(sync.directive_of_assignment(assignment));
  update sync.assignment known set begun_at = at where known.id = assignment and known.begun_at is null;
  if found then
    insert into sync.history (at, directive_id, actor, event) values (at, d.id, actor, 'workBegun');
    perform sync.send_status(d, '05', 'Đang xử lý', at);
  end if;
end $$;

create function sync.directive_of_assignment(assignment uuid) returns uuid language plpgsql as $$
declare directive uuid;
begin
  select t.directive_id into directive from sync.assignment a join sync.task t on t.id = a.task_id where a.id = assignment;
  if directive is null then
    raise exception using errcode = 'CD002', message = format('Không có phân công %s. No assignment with this id.', assignment);
  end if;
  return directive;
end $$;

create function sync.is_completed(directive uuid) returns boolean language sql as $$
  select not exists (
      select from sync.assignment a join sync.task t on t.id = a.task_id
      left join lateral (select outcome from sync.reply where assignment_id = a.id order by written_at desc limit 1) r on true
      where t.directive_id = directive and a.role = 'lead' and r.outcome is distinct from 'completed')
    and not exists (select from sync.outbox where directive_id = directive and kind = 'status' and detail ->> 'code' = '06')
$$;
comment on function sync.is_completed is 'Every unit in the lead has completed, and nobody was told so before: status 06 speaks of the whole directive.';

create function sync.write_reply(new_id uuid, assignment uuid, content jsonb, actor text, at timestamptz) returns uuid language plpgsql as $$
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
  if content ->> 'outcome' = 'completed' and sync.is_completed(d.id) then
    perform sync.send_status(d, '06', coalesce(nullif(content ->> 'explanation', ''), 'Hoàn thành xử lý'), at);
  end if;
  return new_id;
end $$;

create function sync.reply(assignment uuid, content jsonb, actor text, id uuid, at timestamptz)
returns uuid language plpgsql as $$
begin
  if coalesce(content ->> 'outcome', '') not in ('completed', 'notCompleted') then
    raise exception using errcode = 'CD004', message = 'Kết quả phải là completed hoặc notCompleted (Điều 6.3). outcome must be completed or notCompleted.';
  end if;
  return sync.write_reply(id, assignment, content, actor, at);
end $$;

create function sync.return_to_office(assignment uuid, reason text, actor text, id uuid, at timestamptz)
returns uuid language plpgsql as $$
begin
  if coalesce(btrim(reason), '') = '' then
    raise exception using errcode = 'CD004', message = 'Chuyển trả lại phải nêu lý do (Điều 7.2). A return needs a reason.';
  end if;
  perform sync.check_actor(actor);
  perform sync.refuse_marked(reason);
  return sync.write_reply(id, assignment, jsonb_build_object('outcome', 'returned', 'explanation', reason), actor, at);
end $$;
`

/** What the tracking software calls: the time of an act is the store's own, so that no report can be dated back. */
const contract = `
create function tracking.classify(directive uuid, tasks jsonb, actor text) returns setof uuid
language sql security definer set search_path = pg_catalog, pg_temp as 'select sync.classify(directive, tasks, actor, clock_timestamp())';
create function tracking.refuse(directive uuid, reason text, actor text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as 'select sync.refuse(directive, reason, actor, clock_timestamp())';
create function tracking.act_at_once(directive uuid, actor text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as 'select sync.act_at_once(directive, actor, clock_timestamp())';
create function tracking.begin_work(assignment uuid, actor text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as 'select sync.begin_work(assignment, actor, clock_timestamp())';
create function tracking.reply(assignment uuid, content jsonb, actor text, id uuid default gen_random_uuid()) returns uuid
language sql security definer set search_path = pg_catalog, pg_temp as 'select sync.reply(assignment, content, actor, id, clock_timestamp())';
create function tracking.return_to_office(assignment uuid, reason text, actor text, id uuid default gen_random_uuid()) returns uuid
language sql security definer set search_path = pg_catalog, pg_temp as 'select sync.return_to_office(assignment, reason, actor, id, clock_timestamp())';
comment on function tracking.classify is 'Phân loại (Điều 7.1, 8). tasks: [{description, dueOn|null, directedBy, opinion, followedBy, lead:{code,name}, support:[{code,name}]}]; an empty array means "không giao nhiệm vụ". Returns assignment ids, leads first within each task.';
comment on function tracking.refuse is 'Văn phòng từ chối trước khi phân loại, có lý do. Refused by the Office before classifying.';
comment on function tracking.act_at_once is 'Đánh dấu "thực hiện ngay" (Điều 8): the deadline becomes 24:00 of the issue date.';
comment on function tracking.begin_work is 'Đơn vị bắt đầu thực hiện. The unit works on it.';
comment on function tracking.reply is 'Kết quả thực hiện (Điều 6.3). content: {outcome: completed|notCompleted, completedOn, explanation, document: {number, symbol, issuedOn, typeName, subject, signer}|null}. Calling it again with the same id changes nothing. Files go through the bridge.';
comment on function tracking.return_to_office is 'Chuyển trả lại kèm lý do (Điều 7.2). The clock keeps running until the Office decides.';
`

const access = `
do $$ begin
  if not exists (select from pg_roles where rolname = 'chidao_tracking') then create role chidao_tracking nologin; end if;
exception when duplicate_object or unique_violation or insufficient_privilege then null;
end $$;
revoke all on schema sync from public;
revoke execute on all functions in schema tracking, sync from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_tracking') then
    grant usage on schema tracking to chidao_tracking;
    grant select on all tables in schema tracking to chidao_tracking;
    grant execute on all functions in schema tracking to chidao_tracking;
  end if;
end $$;
`
