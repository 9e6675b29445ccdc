create or replace function sync.stage_together(items jsonb) returns jsonb language plpgsql as $$
declare
  item jsonb;
  d jsonb;
  answers jsonb := '[]';
begin
  for item in select value from jsonb_array_elements(items) loop
    d := item->'directive';
    if pg_try_advisory_xact_lock(hashtextextended(d->>'same_document_key', 1))
      and pg_try_advisory_xact_lock(hashtextextended((d->>'source') || ' ' || (d->>'source_ref'), 0)) then
      answers := answers || sync.stage_first((item->>'passId')::uuid, (item->>'owner')::uuid, (item->>'epoch')::int, (item->>'leaseMs')::float8,
        (item->>'acknowledges')::boolean, (item->>'at')::timestamptz, item->'message', d, item->'fields', item->'files');
    else
      answers := answers || '{"outcome":"known"}';
    end if;
  end loop;
  return answers;
end $$;
comment on function sync.stage_together is 'What sync.stage_first does and answers, of each. "known" also where another is writing something of it.';

create or replace function sync.stage_first(pass uuid, owner uuid, epoch int, lease_ms float8, acknowledges boolean, at timestamptz,
  message jsonb, directive jsonb, fields jsonb, files jsonb) returns jsonb language plpgsql as $$
declare
  d sync.directive := jsonb_populate_record(null::sync.directive, directive);
  i sync.intake := jsonb_populate_record(null::sync.intake, message);
begin
  perform from sync.pass p where p.id = pass and p.state = 'running' and p.lease_owner = owner and p.lease_epoch = epoch for share;
  if not found then return '{"outcome":"notHeld"}'; end if;
  perform pg_advisory_xact_lock(hashtextextended(d.same_document_key, 1));
  perform pg_advisory_xact_lock(hashtextextended(d.source || ' ' || d.source_ref, 0));
  if exists (select from sync.directive k where k.source = d.source and k.source_ref = d.source_ref)
    or exists (select from sync.directive k where k.same_document_key = d.same_document_key and abs(k.issued_on - d.issued_on) <= 1)
    or exists (select from sync.intake k where k.source = i.source and k.transport_ref = i.transport_ref and k.version = i.version)
    or exists (select from sync.purge p where p.done_at > d.read_at) then
    return '{"outcome":"known"}';
  end if;
  insert into sync.directive select d.*;
  insert into sync.directive_revision (directive_id, revision, at, fields) values (d.id, 1, at, fields);
  insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, directive_id, revision, state, classify_by,
    lease_owner, lease_epoch, lease_until, seen_at)
  values (i.id, i.source, i.transport_ref, i.source_ref, i.version, pass, d.id, 1, 'pending', d.classify_by,
    owner, 1, clock_timestamp() + lease_ms * interval '1 millisecond', at);
  if jsonb_array_length(files) = 0 then
    return jsonb_build_object('outcome', sync.finish_staging(i.id, acknowledges, at));
  end if;
  insert into sync.directive_file (id, directive_id, ref, position, name, media_type, announced_size)
  select f.id, d.id, f.ref, f.position, f.name, f."mediaType", f.size
  from jsonb_to_recordset(files) as f (id uuid, ref text, position int, name text, "mediaType" text, size bigint);
  return '{"outcome":"pending"}';
end $$;
comment on function sync.stage_first is 'A message whose directive the store does not have, in one go. "known": something of it is there, or of its number within a day of it, and the caller looks at it step by step.';

create or replace function sync.complete_together(items jsonb) returns jsonb language plpgsql as $$
declare
  free uuid[];
  item jsonb;
  answers jsonb := '[]';
begin
  -- In the order in which all who hold several intake rows take them.
  select coalesce(array_agg(held.id), '{}') into free from (
    select i.id from sync.intake i where i.id in (select (value->>'intakeId')::uuid from jsonb_array_elements(items))
    order by i.id for update skip locked) held;
  for item in select value from jsonb_array_elements(items) loop
    if (item->>'intakeId')::uuid = any (free) then
      answers := answers || sync.store_and_complete((item->>'intakeId')::uuid, (item->>'owner')::uuid, (item->>'epoch')::int,
        (item->>'acknowledges')::boolean, (item->>'at')::timestamptz, item->'file');
    else
      answers := answers || '{"outcome":"busy"}';
    end if;
  end loop;
  return answers;
end $$;
comment on function sync.complete_together is 'What sync.store_and_complete does and answers, of each. "busy": somebody else has the row just now.';

create or replace function sync.store_and_complete(intake uuid, owner uuid, epoch int, acknowledges boolean, at timestamptz, file jsonb) returns jsonb language plpgsql as $$
declare stored boolean;
begin
  perform from sync.intake i
    where i.id = intake and i.state in ('failed', 'pending') and i.lease_owner = owner and i.lease_epoch = epoch for update;
  if not found then return '{"outcome":"notHeld","stored":false}'; end if;
  update sync.directive_file f set stored_as = file->>'storedAs', size = (file->>'size')::bigint, sha256 = file->>'sha256', note = file->>'note'
    where f.id = (file->>'id')::uuid and f.stored_as is null and f.announced_size is not distinct from (file->>'announced')::bigint;
  stored := found;
  return jsonb_build_object('stored', stored, 'outcome', sync.complete_staging(intake, owner, epoch, acknowledges, at));
end $$;
comment on function sync.store_and_complete is 'The last file that was missing, and the staging. stored = false: the row is gone, stored already, or announces another file by now.';

create or replace function sync.complete_staging(intake uuid, owner uuid, epoch int, acknowledges boolean, at timestamptz) returns text language plpgsql as $$
declare directive uuid;
begin
  select i.directive_id into directive from sync.intake i
    where i.id = intake and i.state in ('failed', 'pending') and i.lease_owner = owner and i.lease_epoch = epoch for update;
  if not found then return 'notHeld'; end if;
  if exists (select from sync.directive_file f where f.directive_id = directive and f.stored_as is null and f.current) then return 'pending'; end if;
  return sync.finish_staging(intake, acknowledges, at);
end $$;
comment on function sync.complete_staging is 'Staged if no file is missing any more.';

create or replace function sync.finish_staging(intake uuid, acknowledges boolean, at timestamptz) returns text language plpgsql as $$
declare
  i sync.intake;
  d sync.directive;
begin
  update sync.intake known set state = case known.revision when 1 then 'staged' else 'updated' end, settled_at = at, lease_until = null, failure = null
    where known.id = intake returning * into i;
  if acknowledges then perform sync.acknowledge(i.id, at); end if;
  update sync.directive known set staged_at = coalesce(known.staged_at, at) where known.id = i.directive_id returning * into d;
  insert into sync.history (at, directive_id, actor, event) values (at, d.id, 'bridge', i.state);
  if i.state = 'staged' then
    perform sync.send_status(d, '01', 'Đã đến', at);
    -- Classified already through the copy that came by another source.
    if d.classified_at is not null then perform sync.send_status(d, '03', 'Đã tiếp nhận, vào sổ văn bản đến', at); end if;
  end if;
  return i.state;
end $$;
comment on function sync.finish_staging is 'Everything is there: the directive shows in the views, and its source is told by rows of this same commit.';
