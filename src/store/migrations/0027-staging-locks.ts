import type { Knex } from 'knex'

/** Staging locks rows of the bridge's own: see 0026. */
export async function up(db: Knex): Promise<void> {
  await db.raw(first)
  await db.raw(together)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const first = `
create or replace function sync.stage_first(pass uuid, owner uuid, epoch int, lease_ms float8, acknowledges boolean, at timestamptz,
  message jsonb, directive jsonb, fields jsonb, files jsonb) returns jsonb language plpgsql as $$
declare
  d sync.directive := jsonb_populate_record(null::sync.directive, directive);
  i sync.intake := jsonb_populate_record(null::sync.intake, message);
begin
  perform from sync.pass p where p.id = pass and p.state = 'running' and p.lease_owner = owner and p.lease_epoch = epoch for share;
  if not found then return '{"outcome":"notHeld"}'; end if;
  perform sync.lock_mutex(sync.document_mutex(d.same_document_key));
  perform sync.lock_mutex(sync.reference_mutex(d.source, d.source_ref));
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
`

const together = `
create or replace function sync.stage_together(items jsonb) returns jsonb language plpgsql as $$
declare
  item jsonb;
  d jsonb;
  answers jsonb := '[]';
begin
  for item in select value from jsonb_array_elements(items) loop
    d := item->'directive';
    if sync.try_mutex(sync.document_mutex(d->>'same_document_key'))
      and sync.try_mutex(sync.reference_mutex(d->>'source', d->>'source_ref')) then
      answers := answers || sync.stage_first((item->>'passId')::uuid, (item->>'owner')::uuid, (item->>'epoch')::int, (item->>'leaseMs')::float8,
        (item->>'acknowledges')::boolean, (item->>'at')::timestamptz, item->'message', d, item->'fields', item->'files');
    else
      answers := answers || '{"outcome":"known"}';
    end if;
  end loop;
  return answers;
end $$;
`
