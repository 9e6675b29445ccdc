create or replace function sync.directive_for_writing(directive uuid) returns sync.directive language plpgsql as $$
declare d sync.directive;
begin
  -- Copies of the same document are locked in one order, whichever of them is named.
  perform from sync.directive known
    where coalesce(known.primary_id, known.id) = (select coalesce(one.primary_id, one.id) from sync.directive one where one.id = directive)
    order by known.id for update;
  select known.* into d from sync.directive known where known.id = directive and known.withheld_at is null for update;
  if not found then
    raise exception using errcode = 'CD002', message = format('Không có văn bản %s. No directive with this id is staged.', directive);
  end if;
  if d.recalled_at is not null then
    raise exception using errcode = 'CD003', message = format('Văn bản %s đã được thu hồi. The directive was recalled; its clocks have stopped.', directive);
  end if;
  return d;
end $$;

create or replace function sync.directive_of_assignment(assignment uuid) returns uuid language plpgsql as $$
declare directive uuid;
begin
  select t.directive_id into directive from sync.assignment a join sync.task t on t.id = a.task_id where a.id = assignment;
  if directive is null then
    raise exception using errcode = 'CD002', message = format('Không có phân công %s. No assignment with this id.', assignment);
  end if;
  return directive;
end $$;

create or replace function sync.copies_of(d sync.directive) returns setof sync.directive language sql as $$
  select known.* from sync.directive known
  where coalesce(known.primary_id, known.id) = coalesce(d.primary_id, d.id) and known.withheld_at is null order by known.id for update
$$;
comment on function sync.copies_of is 'The directive with the copies of the same document that came through other sources.';

create or replace function sync.unit_named(unit jsonb, on_date date) returns uuid language plpgsql as $$
declare found_id uuid;
begin
  if coalesce(unit ->> 'code', '') = '' or coalesce(unit ->> 'name', '') = '' then
    raise exception using errcode = 'CD004', message = 'Mỗi đơn vị cần mã và tên. Each unit needs "code" and "name".';
  end if;
  perform sync.refuse_marked(unit ->> 'code', unit ->> 'name');
  select c.unit_id into found_id from sync.unit_code c
    where c.code = unit ->> 'code' and c.valid_from <= on_date and (c.valid_until is null or c.valid_until > on_date);
  if found_id is null then
    perform sync.lock_mutex('units');
    select c.unit_id into found_id from sync.unit_code c where c.code = unit ->> 'code' and c.valid_until is null;
  end if;
  if found_id is null then
    insert into sync.unit default values returning id into found_id;
    insert into sync.unit_code (unit_id, code, valid_from) values (found_id, unit ->> 'code', on_date);
    insert into sync.unit_name (unit_id, name, valid_from) values (found_id, unit ->> 'name', on_date);
  end if;
  return found_id;
end $$;

create or replace function sync.assignment_of_writing(writing uuid, n int) returns uuid language sql immutable as $$
  select overlay(overlay(md5(writing::text || '/' || n) placing '8' from 13) placing '8' from 17)::uuid
$$;

create or replace function sync.is_completed(directive uuid) returns boolean language sql as $$
  select not exists (
      select from sync.assignment a join sync.task t on t.id = a.task_id
      left join lateral (select outcome from sync.reply where assignment_id = a.id order by written_at desc limit 1) r on true
      where t.directive_id = directive and a.role = 'lead' and r.outcome is distinct from 'completed')
    and not exists (select from sync.outbox where directive_id = directive and kind = 'status' and detail ->> 'code' = '06')
$$;
comment on function sync.is_completed is 'Every unit in the lead has completed, and nobody was told so before: status 06 speaks of the whole directive.';

create or replace function sync.classify(directive uuid, tasks jsonb, actor text, at timestamptz, writing uuid default gen_random_uuid())
returns setof uuid language plpgsql as $$
declare
  d sync.directive := sync.directive_for_writing(directive);
  without jsonb := case when sync.misses_full_text(d.id) then '{"withoutFullText": true}' else '{}' end::jsonb;
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
    insert into sync.history (at, directive_id, actor, event, detail) values (at, copy.id, actor, 'classified', jsonb_build_object('tasks', place, 'as', d.id) || without);
    perform sync.send_status(copy, '03', 'Đã tiếp nhận, vào sổ văn bản đến', at);
    if place > 0 then perform sync.send_status(copy, '04', 'Đã phân công xử lý', at); end if;
  end loop;
end $$;

create or replace function sync.refuse(directive uuid, reason text, actor text, at timestamptz)
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
    perform sync.send_status(copy, '02', reason, at);
  end loop;
end $$;

create or replace function sync.act_at_once(directive uuid, actor text, at timestamptz)
returns void language plpgsql as $$
declare
  d sync.directive := sync.directive_for_writing(directive);
  day date := d.issued_on;
begin
  perform sync.check_actor(actor);
  -- A day of issue that is doubted gives no clock until a person has decided.
  select case when c.doubt = 'deadlineMoves' and c.settled is null then least(c.kept_from, d.issued_on) else c.kept_from end into day
    from sync.doubted_clock c where c.directive_id = d.id and c.settled is distinct from 'accepted';
  day := coalesce(day, d.issued_on);
  update sync.directive set act_at_once = true, deadline_date = day, classify_by = ((day + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')
  where id = d.id;
  insert into sync.history (at, directive_id, actor, event) values (at, d.id, actor, 'markedActAtOnce');
end $$;

create or replace function sync.begin_work(assignment uuid, actor text, at timestamptz)
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

create or replace function sync.reply(assignment uuid, content jsonb, actor text, id uuid, at timestamptz)
returns uuid language plpgsql as $$
begin
  if coalesce(content ->> 'outcome', '') not in ('completed', 'notCompleted') then
    raise exception using errcode = 'CD004', message = 'Kết quả phải là completed hoặc notCompleted (Điều 6.3). outcome must be completed or notCompleted.';
  end if;
  return sync.write_reply(id, assignment, content, actor, at);
end $$;

create or replace function sync.return_to_office(assignment uuid, reason text, actor text, id uuid, at timestamptz)
returns uuid language plpgsql as $$
begin
  if coalesce(btrim(reason), '') = '' then
    raise exception using errcode = 'CD004', message = 'Chuyển trả lại phải nêu lý do (Điều 7.2). A return needs a reason.';
  end if;
  perform sync.check_actor(actor);
  perform sync.refuse_marked(reason);
  return sync.write_reply(id, assignment, jsonb_build_object('outcome', 'returned', 'explanation', reason), actor, at);
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

create or replace function sync.answer_order(order_id uuid, accept boolean, why text, actor text, at timestamptz) returns void language plpgsql as $$
declare o sync.business_order; d sync.directive; said text := case when accept then 'accepted' else 'refused' end;
begin
  perform sync.check_actor(actor);
  select * into o from sync.business_order known where known.id = order_id for update;
  select * into d from sync.directive known where known.id = o.directive_id and known.withheld_at is null for update;
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
  perform sync.tell_arrival(d.id, at);
  insert into sync.outbox (source, kind, directive_id, detail, written_at)
  select d.source, 'status', d.id, jsonb_build_object('code', s.answers -> o.kind ->> said,
    'description', coalesce(nullif(btrim(why), ''), case when accept then 'Đồng ý' else 'Từ chối' end)), at
  from sync.source s where s.name = d.source and s.answers -> o.kind ->> said is not null;
end $$;
