import type { Knex } from 'knex'

/**
 * Secret documents are numbered apart, so that two of one number may be two documents: only within a day of each
 * other they touch. What a secret document takes along is not purged with it, and waits for a person.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(reasons)
  await db.raw(apart)
  await db.raw(waiting)
  await db.raw(first)
  await db.raw(
    `revoke execute on function sync.stage_first(uuid, uuid, int, float8, boolean, timestamptz, jsonb, jsonb, jsonb, jsonb) from public`,
  )
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const reasons = `
alter table sync.directive
  drop constraint directive_withheld_because_check,
  drop constraint directive_withheld_itself_check,
  add constraint directive_withheld_because_check
    check (withheld_because in ('secret', 'otherSecret', 'takenAlong', 'doubtful', 'vanished', 'byHand', 'restored')),
  add constraint directive_withheld_itself_check
    check (withheld_itself in ('secret', 'otherSecret', 'takenAlong', 'doubtful', 'vanished', 'byHand', 'restored'));
comment on column sync.directive.withheld_because is 'The weightiest of its own reason and of those of what bears its number within a day of it; follows from sync.directive.withheld_itself. secret: it is purged. Everything else waits for a person.';
comment on column sync.directive.withheld_itself is 'The reason that this row gave; null where only another of its number gave one. The bridge lifts a row''s own reason and no other. secret: its source says so of what is stored. otherSecret: its source says so under its reference of something else, or says too little. takenAlong: one of its number within a day of it is secret, or was purged.';
`

const apart = `
update sync.directive d set primary_id = null from sync.directive first
  where d.primary_id = first.id and abs(d.issued_on - first.issued_on) > 1;
-- Of those around one, each within a day of it, the first and the last may be two days apart.
update sync.directive d set primary_id = null
  where exists (select from sync.directive c where c.primary_id = d.primary_id and c.issued_on < d.issued_on - 1);
`

/** Nothing shows because of this. Which of what says secret said so of what is stored, its source is asked again. */
const waiting = `
update sync.directive set withheld_itself = 'otherSecret', withheld_because = 'otherSecret' where withheld_itself = 'secret';
update sync.directive d set withheld_because = 'takenAlong', withheld_itself = 'takenAlong' where d.withheld_because = 'secret' and d.withheld_itself <> 'otherSecret'
  or d.withheld_at is not null and d.withheld_itself is null and (d.withheld_because = 'secret' or not exists (select from sync.directive k where k.same_document_key = d.same_document_key
    and k.withheld_itself is not null and abs(k.issued_on - d.issued_on) <= 1));
`

const first = `
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
`
