create or replace function sync.hold_for_staging(messages jsonb) returns uuid[] language plpgsql as $$
begin
  perform sync.wait_briefly(messages);
  perform from sync.intake i where i.id in (select m.id from jsonb_to_recordset(messages) as m (id uuid, pass uuid) where m.pass is null) order by i.id for update;
  perform from sync.pass p where p.id in (select m.pass from jsonb_to_recordset(messages) as m (pass uuid)) order by p.id for share;
  perform sync.lock_mutex(name) from (
    select distinct sync.document_mutex(m.same_document_key) as name from jsonb_to_recordset(messages) as m (same_document_key text) order by 1) documents;
  perform sync.lock_mutex(name) from (
    select distinct sync.reference_mutex(m.source, m.source_ref) as name from jsonb_to_recordset(messages) as m (source text, source_ref text) order by 1) names;
  return array(select m.id from jsonb_to_recordset(messages) as m (id uuid, pass uuid, owner uuid, epoch int)
    where exists (select from sync.pass p where p.id = m.pass and p.state = 'running' and p.lease_owner = m.owner and p.lease_epoch = m.epoch)
      or m.pass is null and exists (select from sync.intake i
        where i.id = m.id and i.state in ('failed', 'pending', 'deferred') and i.lease_owner = m.owner and i.lease_epoch = m.epoch));
end $$;
comment on function sync.hold_for_staging is 'Takes all locks of a staging but those of directives, in the order in which a withholding takes them: intake rows, numbers, directives. Returns the messages whose lease is still theirs.';

create or replace function sync.complete_staging(items jsonb) returns table (id uuid, outcome text, stored boolean) language plpgsql as $$
#variable_conflict use_column
declare
  held uuid[];
  kept uuid[];
  whole uuid[];
begin
  perform sync.wait_briefly(items);
  held := array(select i.id from jsonb_to_recordset(items) as c (id uuid, owner uuid, epoch int) join sync.intake i on i.id = c.id
    where i.state in ('failed', 'pending') and i.lease_owner = c.owner and i.lease_epoch = c.epoch order by i.id for update of i);
  with now_stored as (
    update sync.directive_file f set stored_as = c.stored_as, size = c.size, sha256 = c.sha256, note = c.note
    from jsonb_to_recordset(items) as c (id uuid, file uuid, announced bigint, stored_as text, size bigint, sha256 text, note text)
    where f.id = c.file and c.id = any (held) and f.stored_as is null and f.unusable is null and f.announced_size is not distinct from c.announced returning f.id)
  select array_agg(f.id) into kept from now_stored f;
  whole := array(select i.id from sync.intake i where i.id = any (held)
    and not exists (select from sync.directive_file f where f.directive_id = i.directive_id and f.stored_as is null and f.unusable is null and f.current));
  perform sync.finish_staging(whole, array(select c.at from unnest(whole) with ordinality w (id, place)
    join jsonb_to_recordset(items) as c (id uuid, at timestamptz) on c.id = w.id order by w.place));
  return query select c.id, case when c.id = any (held) then i.state else 'notHeld' end, coalesce(c.file = any (kept), false)
    from jsonb_to_recordset(items) as c (id uuid, file uuid) left join sync.intake i on i.id = c.id;
end $$;
comment on function sync.complete_staging is 'Stores the last file of each directive, if it came, and stages what misses none any more. stored = false: the row is gone, stored already, or announces another file by now.';

create or replace function sync.finish_staging(intakes uuid[], ats timestamptz[]) returns void language plpgsql as $$
begin
  -- In the order in which a classification takes copies.
  perform from sync.directive d where d.id in (select i.directive_id from sync.intake i where i.id = any (intakes)) order by d.id for no key update;
  update sync.intake i set state = case i.revision when 1 then 'staged' else 'updated' end, settled_at = f.at, lease_until = null, failure = null
    from unnest(intakes, ats) f (id, at) where i.id = f.id;
  update sync.directive d set staged_at = coalesce(d.staged_at, i.settled_at) from sync.intake i where i.id = any (intakes) and d.id = i.directive_id;
  insert into sync.history (at, directive_id, actor, event) select i.settled_at, i.directive_id, 'bridge', i.state from sync.intake i where i.id = any (intakes);
  perform sync.acknowledge(i.id, i.settled_at) from sync.intake i where i.id = any (intakes);
  perform sync.send_status(d, '01', 'Đã đến', i.settled_at) from sync.intake i join sync.directive d on d.id = i.directive_id
    where i.id = any (intakes) and i.state = 'staged';
  -- Classified already through the copy that came by another source.
  perform sync.send_status(d, '03', 'Đã tiếp nhận, vào sổ văn bản đến', i.settled_at) from sync.intake i join sync.directive d on d.id = i.directive_id
    where i.id = any (intakes) and i.state = 'staged' and d.classified_at is not null;
end $$;
comment on function sync.finish_staging is 'Everything is there: the directives show in the views, and their sources are told by rows of this same commit.';

create or replace function sync.wait_briefly(several jsonb) returns void language plpgsql as $$
begin
  if jsonb_array_length(several) > 1 then perform set_config('lock_timeout', '250ms', true); end if;
end $$;
comment on function sync.wait_briefly is 'Several do not wait for what somebody sits on. All of them fail then, and each is tried alone, with the patience of its session.';
