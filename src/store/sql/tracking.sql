create or replace function tracking.classify(directive uuid, tasks jsonb, actor text, without_full_text boolean default false) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.directive_for_writing(directive);
  if not coalesce(without_full_text, false) and sync.misses_full_text(directive) then
    raise exception using errcode = 'CD006', message = format('Văn bản %s chưa có toàn văn. Nếu vẫn phân loại, gọi lại với without_full_text => true. The full text is not here yet; to classify without it, call again with without_full_text => true.', directive);
  end if;
  return query select unnest(sync.keep_writing(sync.writing_of(gen_random_uuid(), 'classify', directive, directive,
    jsonb_build_object('tasks', tasks, 'withoutFullText', coalesce(without_full_text, false)), actor)));
end $$;
comment on function tracking.classify is 'Phân loại (Điều 7.1, 8). tasks: [{description, dueOn|null, directedBy, opinion, followedBy, lead:{code,name}, support:[{code,name}]}]; an empty array means "không giao nhiệm vụ". Returns assignment ids, leads first within each task. CD006: the full text is not here yet; whoever classifies without it says so.';

create or replace function tracking.refuse(directive uuid, reason text, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'refuse', directive, directive, jsonb_build_object('reason', reason), actor));
end $$;
comment on function tracking.refuse is 'Văn phòng từ chối trước khi phân loại, có lý do. Refused by the Office before classifying.';

create or replace function tracking.act_at_once(directive uuid, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'actAtOnce', directive, directive, '{}', actor));
end $$;
comment on function tracking.act_at_once is 'Đánh dấu "thực hiện ngay" (Điều 8): the deadline becomes 24:00 of the issue date.';

create or replace function tracking.begin_work(assignment uuid, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'beginWork', sync.directive_of_written(assignment), assignment, '{}', actor));
end $$;
comment on function tracking.begin_work is 'Đơn vị bắt đầu thực hiện. The unit works on it.';

create or replace function tracking.reply(assignment uuid, content jsonb, actor text, id uuid default gen_random_uuid()) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(id, 'reply', sync.directive_of_written(assignment), assignment, content, actor));
  return id;
end $$;
comment on function tracking.reply is 'Kết quả thực hiện (Điều 6.3). content: {outcome: completed|notCompleted, completedOn, explanation, document: {number, symbol, issuedOn, typeName, subject, signer}|null}. Calling it again with the same id changes nothing. Files go through the bridge.';

create or replace function tracking.return_to_office(assignment uuid, reason text, actor text, id uuid default gen_random_uuid()) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.keep_writing(sync.writing_of(id, 'returnToOffice', sync.directive_of_written(assignment), assignment, jsonb_build_object('reason', reason), actor));
  return id;
end $$;
comment on function tracking.return_to_office is 'Chuyển trả lại kèm lý do (Điều 7.2). The clock keeps running until the Office decides.';

create or replace function tracking.answer_order(order_id uuid, accept boolean, reason text, actor text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare directive uuid;
begin
  select o.directive_id into directive from sync.business_order o where o.id = order_id;
  perform sync.keep_writing(sync.writing_of(gen_random_uuid(), 'answerOrder', directive, order_id, jsonb_build_object('accept', accept, 'reason', reason), actor));
end $$;
comment on function tracking.answer_order is 'Văn phòng đồng ý hoặc từ chối yêu cầu thu hồi, cập nhật. A refused recall lets the clocks run on.';
