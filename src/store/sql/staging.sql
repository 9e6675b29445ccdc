create or replace function sync.hold_for_staging(messages jsonb) returns uuid[] language plpgsql as $$
begin
  perform sync.wait_briefly(messages);
  -- Their own rows, and those of the directives that they revise, whose messages may be answered by it.
  perform from sync.intake i where i.id in (
    select m.id from jsonb_to_recordset(messages) as m (id uuid, pass uuid) where m.pass is null
    union select k.id from jsonb_to_recordset(messages) as m (source text, source_ref text)
      join sync.directive d on d.source = m.source and d.source_ref = m.source_ref join sync.intake k on k.directive_id = d.id)
    order by i.id for update;
  perform from sync.pass p where p.id in (select m.pass from jsonb_to_recordset(messages) as m (pass uuid)) order by p.id for share;
  perform sync.lock_mutex(name) from (
    select distinct sync.document_mutex(m.same_document_key) as name from jsonb_to_recordset(messages) as m (same_document_key text) order by 1) documents;
  perform sync.lock_mutex(name) from (
    select distinct sync.reference_mutex(m.source, m.source_ref) as name from jsonb_to_recordset(messages) as m (source text, source_ref text) order by 1) names;
  return array(select m.id from jsonb_to_recordset(messages) as m (id uuid, pass uuid, owner uuid, epoch int)
    where exists (select from sync.pass p where p.id = m.pass and p.state = 'running' and p.lease_owner = m.owner and p.lease_epoch = m.epoch)
      or m.pass is null and exists (select from sync.intake i
        where i.id = m.id and i.state in ('failed', 'deferred') and i.lease_owner = m.owner and i.lease_epoch = m.epoch));
end $$;
comment on function sync.hold_for_staging is 'Takes all locks of a staging but those of directives, in the order in which a withholding takes them: intake rows, numbers, directives. Returns the messages whose lease is still theirs.';

create or replace function sync.store_files(items jsonb) returns setof uuid language plpgsql as $$
declare
  directives uuid[];
  kept uuid[];
begin
  perform sync.wait_briefly(items);
  directives := array(select distinct f.directive_id from jsonb_to_recordset(items) as c (file uuid) join sync.directive_file f on f.id = c.file);
  perform sync.lock_for_files(directives);
  with now_stored as (
    update sync.directive_file f set state = 'stored', stored_at = c.at, stored_as = c.stored_as, size = c.size, sha256 = c.sha256, note = c.note, failure = null, lease_until = null
    from jsonb_to_recordset(items) as c (file uuid, owner uuid, epoch int, stored_as text, size bigint, sha256 text, note text, at timestamptz), sync.directive d
    where f.id = c.file and f.lease_owner = c.owner and f.lease_epoch = c.epoch and f.state = 'waiting' and d.id = f.directive_id and d.withheld_at is null returning f.id)
  select array_agg(n.id) into kept from now_stored n;
  perform sync.settle_files(directives, (select max(c.at) from jsonb_to_recordset(items) as c (at timestamptz)));
  return query select unnest(kept);
end $$;
comment on function sync.store_files is 'Stores files, and settles the directives that miss none any more. Returns those that are stored: of the others the directive is withheld or gone, somebody else has them, or another revision came.';

create or replace function sync.lock_for_files(directives uuid[]) returns void language plpgsql as $$
begin
  -- In the order of a staging and of a classification.
  perform from sync.intake i where i.directive_id = any (directives) order by i.id for update;
  perform from sync.directive d where d.id = any (directives) order by d.id for no key update;
end $$;

create or replace function sync.settle_files(directives uuid[], at timestamptz) returns void language plpgsql as $$
begin
  update sync.directive d set files_complete_at = case when not w.waits then settle_files.at end
    from unnest(directives) t (id), lateral (select exists (select from sync.directive_file f where f.directive_id = t.id and f.state = 'waiting') as waits) w
    where d.id = t.id and (d.files_complete_at is null) <> w.waits;
  perform sync.tell_arrival(d.id, settle_files.at) from sync.directive d where d.id = any (directives) and d.files_complete_at is not null and not d.arrival_told;
  perform sync.answer_message(i.id, settle_files.at,
      case when exists (select from sync.directive_file f where f.intake_id = i.id and f.given_up_as = 'fail') then 'fail' else 'done' end) from sync.intake i join sync.source s on s.name = i.source
    where i.directive_id = any (directives) and s.acknowledges and i.state in ('staged', 'updated', 'unchanged') and i.revision is not null
      and not exists (select from sync.outbox o where o.intake_id = i.id and o.kind = 'acknowledge')
      and not exists (select from sync.directive_file f where f.directive_id = i.directive_id and f.state = 'waiting' and f.revision <= i.revision);
end $$;
comment on function sync.settle_files is 'What waits for no file any more is complete, has arrived, and its messages are acknowledged. The caller holds the locks of lock_for_files.';

create or replace function sync.misses_full_text(directive uuid) returns boolean language sql stable as $$
  select coalesce(bool_or(f.state <> 'stored') and not bool_or(f.state = 'stored'), false)
  from sync.directive asked join sync.directive d on coalesce(d.primary_id, d.id) = coalesce(asked.primary_id, asked.id) and d.withheld_at is null
  join sync.directive_file f on f.directive_id = d.id and f.is_full_text and f.superseded_by is null
  where asked.id = directive
$$;
comment on function sync.misses_full_text is 'The document itself was announced and is not there, in none of the copies that are shown.';

create or replace function sync.wait_briefly(several jsonb) returns void language plpgsql as $$
begin
  if jsonb_array_length(several) > 1 then perform set_config('lock_timeout', '250ms', true); end if;
end $$;
comment on function sync.wait_briefly is 'Several do not wait for what somebody sits on. All of them fail then, and each is tried alone, with the patience of its session.';
