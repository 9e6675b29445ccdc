import type { Knex } from 'knex'

/** What a source counts beside what it lists, and what is odd about a file that is the announced one all the same. */
export async function up(db: Knex): Promise<void> {
  await db.raw(extent)
  await db.raw(notes)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const extent = `
alter table sync.pass add column counted bigint, add column listed bigint;
comment on column sync.pass.counted is 'How many rows the source says its window holds; null where it does not say. More than listed: the days are not proven.';
comment on column sync.pass.listed is 'How many different rows its list showed until a further page brought nothing new.';
create index pass_short on sync.pass (source, ended_at desc) where counted > listed;
`

const notes = `
alter table sync.directive_file add column note text check (note in ('typeDiffers'));
comment on column sync.directive_file.note is 'Odd although its size is the announced one. typeDiffers: its first bytes are not of the type that its name says.';

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

create or replace view tracking.directive_files with (security_barrier) as
select f.id, f.directive_id, f.position, f.name, f.media_type, f.size, f.sha256, f.note
from sync.directive_file f join tracking.directives d on d.id = f.directive_id where f.current and f.stored_as is not null;
comment on column tracking.directive_files.note is 'typeDiffers: nội dung không đúng kiểu mà tên tệp nói, dù cỡ đúng như nguồn công bố. The content is not of the type that the name says, although the size is the announced one.';
`
