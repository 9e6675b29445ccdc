create or replace function sync.keep_writing(w sync.writing) returns uuid[] language plpgsql as $$
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

create or replace function sync.writing_of(id uuid, kind text, directive uuid, concerns uuid, content jsonb, actor text) returns sync.writing language plpgsql as $$
declare w sync.writing;
begin
  w.id := id; w.kind := kind; w.directive_id := directive; w.concerns := concerns; w.content := content; w.actor := actor;
  return w;
end $$;

create or replace function sync.directive_of_written(assignment uuid) returns uuid language plpgsql as $$
declare directive uuid;
begin
  select coalesce(
    (select t.directive_id from sync.assignment a join sync.task t on t.id = a.task_id where a.id = assignment),
    (select w.directive_id from sync.writing w where assignment = any (w.assignments))) into directive;
  return coalesce(directive, sync.directive_of_assignment(assignment));
end $$;
comment on function sync.directive_of_written is 'Also of an assignment whose classification still waits.';

create or replace function sync.try_writing(w sync.writing) returns uuid[] language plpgsql as $$
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

create or replace function sync.apply_writing(w sync.writing) returns setof uuid language plpgsql as $$
begin
  case w.kind
    when 'classify' then return query select sync.classify(w.concerns, w.content -> 'tasks', w.actor, w.written_at, w.id);
    when 'refuse' then perform sync.refuse(w.concerns, w.content ->> 'reason', w.actor, w.written_at);
    when 'actAtOnce' then perform sync.act_at_once(w.concerns, w.actor, w.written_at);
    when 'beginWork' then perform sync.begin_work(w.concerns, w.actor, w.written_at);
    when 'reply' then perform sync.reply(w.concerns, w.content, w.actor, w.id, w.written_at);
    when 'returnToOffice' then perform sync.return_to_office(w.concerns, w.content ->> 'reason', w.actor, w.id, w.written_at);
    when 'answerOrder' then perform sync.answer_order(w.concerns, (w.content ->> 'accept')::boolean, w.content ->> 'reason', w.actor, w.written_at);
  end case;
end $$;

create or replace function sync.next_writing() returns sync.writing language plpgsql as $$
declare w sync.writing; copies uuid[]; held uuid[];
begin
  for w in select one.* from sync.writing one where sync.has_come(one.due_at, interval '600 seconds')
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

create or replace function sync.admit_writing(writing uuid) returns text language plpgsql as $$
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
