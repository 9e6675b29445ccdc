create or replace function sync.ring_for_outbox() returns trigger language plpgsql as $$
begin
  if exists (select from added) then perform pg_notify('chidao_outbox', ''); end if;
  return null;
end $$;

create or replace function sync.acknowledge(intake uuid, at timestamptz) returns void language sql as $$
  select sync.answer_message(intake, at, 'done')
$$;

create or replace function sync.answer_message(intake uuid, at timestamptz, said text) returns void language sql as $$
  insert into sync.outbox (source, kind, intake_id, detail, written_at)
  select i.source, 'acknowledge', i.id, jsonb_build_object('as', said), $2 from sync.intake i join sync.source s on s.name = i.source
  where i.id = $1 and s.acknowledges
$$;
comment on function sync.answer_message is 'A source that wants it is told what became of a message only after the commit: by a row of that same commit.';

create or replace function sync.tell_arrival(directive uuid, at timestamptz) returns void language plpgsql as $$
begin
  update sync.directive d set arrival_told = true where d.id = directive and not d.arrival_told;
  if found then perform sync.add_status(d, '01', 'Đã đến', at) from sync.directive d where d.id = directive; end if;
end $$;
comment on function sync.tell_arrival is 'Status 01, once: when the files are complete, or before the first other status.';

create or replace function sync.send_status(d sync.directive, code text, description text, at timestamptz, speaks_of uuid default null) returns void language plpgsql as $$
begin
  perform sync.tell_arrival(d.id, at);
  perform sync.add_status(d, code, description, at, speaks_of);
end $$;

create or replace function sync.add_status(d sync.directive, code text, description text, at timestamptz, speaks_of uuid default null) returns void language plpgsql as $$
begin
  insert into sync.outbox (source, kind, directive_id, detail, written_at, speaks_of)
  select d.source, 'status', d.id, jsonb_build_object('code', code, 'description', description), at, add_status.speaks_of
  from sync.source s where s.name = d.source and code = any (s.statuses);
end $$;
