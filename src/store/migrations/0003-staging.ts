import type { Knex } from 'knex'

/**
 * Staging as two statements. Step by step from outside, a directive took some twenty round trips, each of which
 * costs both sides more than what it does. A function looks afresh at each of its statements, as a transaction does.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(finishing)
  await db.raw(first)
  await db.raw(completing)
  await db.raw(ringing)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const finishing = `
create function sync.acknowledge(intake uuid, at timestamptz) returns void language sql as $$
  insert into sync.outbox (source, kind, intake_id, detail, written_at)
  select i.source, 'acknowledge', i.id, '{"as":"done"}', $2 from sync.intake i where i.id = $1
$$;
comment on function sync.acknowledge is 'A source is acknowledged only after the commit: by a row of that same commit.';

create function sync.finish_staging(intake uuid, acknowledges boolean, at timestamptz) returns text language plpgsql as $$
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
`

const first = `
create function sync.stage_first(pass uuid, owner uuid, epoch int, lease_ms float8, acknowledges boolean, at timestamptz,
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
    or exists (select from sync.directive k where k.same_document_key = d.same_document_key and k.source <> d.source)
    or exists (select from sync.intake k where k.source = i.source and k.transport_ref = i.transport_ref and k.version = i.version) then
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
comment on function sync.stage_first is 'A message whose directive the store does not have, in one go. "known": something of it is there, and the caller looks at it step by step.';
`

const completing = `
create function sync.complete_staging(intake uuid, owner uuid, epoch int, acknowledges boolean, at timestamptz) returns text language plpgsql as $$
declare directive uuid;
begin
  select i.directive_id into directive from sync.intake i
    where i.id = intake and i.state in ('failed', 'pending') and i.lease_owner = owner and i.lease_epoch = epoch for update;
  if not found then return 'notHeld'; end if;
  if exists (select from sync.directive_file f where f.directive_id = directive and f.stored_as is null and f.current) then return 'pending'; end if;
  return sync.finish_staging(intake, acknowledges, at);
end $$;
comment on function sync.complete_staging is 'Staged if no file is missing any more.';
`

/** A statement that inserts no row fires it too, and most sources are told nothing of a staging. */
const ringing = `
drop trigger outbox_rings on sync.outbox;
create or replace function sync.ring_for_outbox() returns trigger language plpgsql as $$
begin
  if exists (select from added) then perform pg_notify('chidao_outbox', ''); end if;
  return null;
end $$;
create trigger outbox_rings after insert on sync.outbox referencing new table as added
  for each statement execute function sync.ring_for_outbox();
`
