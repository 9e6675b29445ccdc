import type { Knex } from 'knex'

/**
 * Several directives in one statement and one commit. Nobody waits here for what another session holds: what is not
 * free at once is handed back and goes the way of a single one, which waits for it.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(staging)
  await db.raw(completing)
  await db.raw(`revoke execute on all functions in schema sync from public`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const staging = `
create function sync.stage_together(items jsonb) returns jsonb language plpgsql as $$
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
`

const completing = `
create function sync.store_and_complete(intake uuid, owner uuid, epoch int, acknowledges boolean, at timestamptz, file jsonb) returns jsonb language plpgsql as $$
declare stored boolean;
begin
  perform from sync.intake i
    where i.id = intake and i.state in ('failed', 'pending') and i.lease_owner = owner and i.lease_epoch = epoch for update;
  if not found then return '{"outcome":"notHeld","stored":false}'; end if;
  update sync.directive_file f set stored_as = file->>'storedAs', size = (file->>'size')::bigint, sha256 = file->>'sha256'
    where f.id = (file->>'id')::uuid and f.stored_as is null and f.announced_size is not distinct from (file->>'announced')::bigint;
  stored := found;
  return jsonb_build_object('stored', stored, 'outcome', sync.complete_staging(intake, owner, epoch, acknowledges, at));
end $$;
comment on function sync.store_and_complete is 'The last file that was missing, and the staging. stored = false: the row is gone, stored already, or announces another file by now.';

create function sync.complete_together(items jsonb) returns jsonb language plpgsql as $$
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
`
