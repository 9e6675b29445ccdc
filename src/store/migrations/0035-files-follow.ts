import type { Knex } from 'knex'

/**
 * A directive is staged by one commit, and its files follow as rows of their own (docs/decisions/0022). What waited for
 * its files is staged by this migration: the gate had admitted it.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
drop view sync.pass_balance;
drop function sync.balance_of;
drop function if exists sync.complete_staging(jsonb), sync.finish_staging(uuid[], timestamptz[]);
drop function if exists tracking.classify(uuid, jsonb, text);

alter table sync.directive_file
  add column state text,
  add column revision int,
  add column superseded_by int,
  add column intake_id uuid references sync.intake (id) on delete set null,
  add column is_full_text boolean not null default false,
  add column handed_in_by text,
  add column given_up_as text check (given_up_as in ('done', 'fail')),
  add column attempts int not null default 0,
  add column due_at timestamptz not null default clock_timestamp(),
  add column failure text,
  add column lease_owner uuid,
  add column lease_epoch int not null default 0,
  add column lease_until timestamptz;
update sync.directive_file f set
  state = case when f.stored_as is not null then 'stored' when f.unusable is not null then 'unusable' when f.current then 'waiting' else 'superseded' end,
  revision = 1,
  superseded_by = case when not f.current then d.revision end,
  is_full_text = f.position = 0,
  intake_id = (select i.id from sync.intake i where i.directive_id = f.directive_id order by i.seen_at, i.id limit 1)
from sync.directive d where d.id = f.directive_id;
alter table sync.directive_file
  alter column state set not null, alter column revision set not null,
  add check (state in ('waiting', 'stored', 'unusable', 'superseded')),
  add check ((state = 'stored') = (stored_as is not null)),
  add check ((state = 'unusable') = (unusable is not null)),
  drop constraint directive_file_unusable_or_stored,
  drop constraint directive_file_directive_id_ref_key,
  add unique (directive_id, ref, revision);
comment on column sync.directive_file.state is 'waiting: still to be fetched. unusable: nothing will be stored of it. superseded: another revision came before it did.';
comment on column sync.directive_file.revision is 'The revision that announced it first. Later ones that announce the same file share the row.';
comment on column sync.directive_file.superseded_by is 'The revision that announced it no more. What was stored until then stays.';
comment on column sync.directive_file.intake_id is 'The message in which it comes.';
comment on column sync.directive_file.is_full_text is 'The document itself, as the profile of its source names it, else the first file. The rest are annexes.';
comment on column sync.directive_file.given_up_as is 'What the source is told of its message, when none of that is waited for any more.';
comment on column sync.directive_file.handed_in_by is 'The administrator who handed it in, because it could not be fetched.';

alter table sync.directive add column files_complete_at timestamptz, add column arrival_told boolean not null default false;
comment on column sync.directive.files_complete_at is 'When nothing that its latest revision announces was waited for any more.';
comment on column sync.directive.arrival_told is 'Status 01 was written, where its source wants it. It precedes every other status.';
update sync.directive set arrival_told = staged_at is not null, staged_at = coalesce(staged_at, clock_timestamp());
update sync.directive d set files_complete_at = d.staged_at
  where not exists (select from sync.directive_file f where f.directive_id = d.id and f.state = 'waiting');
alter table sync.directive alter column staged_at set not null;
drop index sync.directive_staged_late;
create index directive_staged_late on sync.directive (classify_by) where withheld_at is null and not before_go_live and staged_at >= classify_by;

alter table sync.directive_revision add column files int not null default 0;
comment on column sync.directive_revision.files is 'How many files it announces.';
update sync.directive_revision r set files = (
  select count(*) from sync.directive_file f where f.directive_id = r.directive_id and (f.superseded_by is null or f.superseded_by > r.revision));
-- What a store kept so far does not tell which files a former revision announced.
update sync.directive_file f set revision = d.revision from sync.directive d where d.id = f.directive_id and d.revision > 1 and f.superseded_by is null;
update sync.directive_revision r set files = (
  select count(*) from sync.directive_file f where f.directive_id = r.directive_id and f.revision <= r.revision
    and (f.superseded_by is null or f.superseded_by > r.revision));

insert into sync.history (at, directive_id, actor, event)
  select clock_timestamp(), i.directive_id, 'bridge', case i.revision when 1 then 'staged' else 'updated' end
  from sync.intake i where i.state = 'pending' and i.directive_id is not null;
update sync.intake set state = case when directive_id is null then 'failed' when revision = 1 then 'staged' else 'updated' end,
  settled_at = case when directive_id is not null then clock_timestamp() end, failure = null, lease_until = null where state = 'pending';
update sync.intake set state_before = case revision when 1 then 'staged' else 'updated' end where state_before = 'pending';
update sync.intake i set revision = d.revision from sync.directive d where d.id = i.directive_id and i.revision is null and i.state = 'unchanged';
alter table sync.intake drop constraint intake_state_check, add constraint intake_state_check
  check (state in ('staged', 'updated', 'unchanged', 'recalled', 'deferred', 'withheld', 'purged', 'failed', 'discarded'));
drop index sync.intake_unsettled;
create index intake_unsettled on sync.intake (classify_by) where state = 'failed';

update sync.writing set content = jsonb_build_object('tasks', content, 'withoutFullText', false) where kind = 'classify';

create or replace view tracking.directives with (security_barrier) as
  select id, source, number, symbol, code, issuer, issued_on, type_name, subject, summary, signer_name, signer_position, signer_competence, urgency,
    due_on, receivers, revision, staged_at, classified_at, refused_at, recalled_at, deadline_date, classify_by, deadline_confirmed, calendar_version,
    before_go_live, primary_id as same_as, not exists (select from sync.directive_file f where f.directive_id = d.id and f.superseded_by is null and f.state <> 'stored') as files_complete,
    array(select p.id from sync.replacement r join sync.directive p on p.source = r.source and p.source_ref = r.source_ref
      where r.directive_id = d.id and p.withheld_at is null) as replaces,
    array(select s.id from sync.replacement r join sync.directive s on s.id = r.directive_id
      where r.source = d.source and r.source_ref = d.source_ref and s.withheld_at is null) as replaced_by,
    files_complete_at
  from sync.directive d where withheld_at is null;
comment on view tracking.directives is 'Văn bản chỉ đạo đã chuyển (Điều 6.1). Staged directives; their files may still be coming. A directive that may no longer be shown leaves this view at once.';
comment on column tracking.directives.files_complete is 'Đủ tệp: every file of the latest revision is here.';
comment on column tracking.directives.files_complete_at is 'Lúc không còn phải chờ tệp nào; có thể có tệp không dùng được. When no file of the latest revision was waited for any more; one may be unusable.';
create or replace view tracking.directive_files with (security_barrier) as
  select f.id, f.directive_id, f.position, f.name, f.media_type, f.size, f.sha256, f.note, f.state, f.is_full_text, f.handed_in_by is not null as handed_in
  from sync.directive_file f join tracking.directives d on d.id = f.directive_id where f.superseded_by is null;
comment on view tracking.directive_files is 'Toàn văn và phụ lục. Contents are encrypted on disk and handed out by the bridge. The name is display text, never a path.';
comment on column tracking.directive_files.state is 'waiting: đang lấy. stored: đã có. unusable: không có tệp dùng được. Still to come, there, or never to come.';
comment on column tracking.directive_files.is_full_text is 'Toàn văn của văn bản; còn lại là phụ lục. The document itself; the others are annexes.';
comment on column tracking.directive_files.handed_in is 'Quản trị viên nộp thay nguồn. An administrator handed it in.';
alter table sync.directive_file drop column current;

create function sync.balance_of(p sync.pass, out unchanged int, out staged bigint, out updated bigint, out redelivered bigint, out recalled bigint,
  out deferred bigint, out withheld bigint, out purged bigint, out failed bigint, out discarded bigint, out balances boolean)
language sql stable as $$
  select p.unchanged,
    count(*) filter (where state = 'staged'), count(*) filter (where state = 'updated'), count(*) filter (where state = 'unchanged'),
    count(*) filter (where state = 'recalled'), count(*) filter (where state = 'deferred'), count(*) filter (where state = 'withheld'),
    count(*) filter (where state = 'purged'), count(*) filter (where state = 'failed'),
    count(*) filter (where state = 'discarded'), p.allowed = p.unchanged + count(*)
  from sync.intake i where i.pass_id = p.id
$$;
create view sync.pass_balance as
  select p.id, p.source, p.kind, p.window_from, p.window_until, p.state, p.seen, p.allowed, p.not_eligible, p.undecided,
    b.unchanged, b.staged, b.updated, b.redelivered, b.recalled, b.deferred, b.withheld, b.purged, b.failed, b.discarded, b.balances
  from sync.pass p cross join lateral sync.balance_of(p) b;
comment on view sync.pass_balance is 'seen = allowed + not_eligible + undecided is a constraint of the pass; allowed = unchanged + every outcome is this view. discarded: a person settled the failure, and the history says who and why.';
create view sync.file_balance as
  select r.directive_id, r.revision, r.files as announced, count(f.id) filter (where f.state = 'stored')::int as stored,
    count(f.id) filter (where f.state = 'waiting')::int as waiting, count(f.id) filter (where f.state = 'unusable')::int as unusable,
    count(f.id) filter (where f.state = 'superseded')::int as superseded, r.files = count(f.id) as balances
  from sync.directive_revision r
  left join sync.directive_file f on f.directive_id = r.directive_id and f.revision <= r.revision and (f.superseded_by is null or f.superseded_by > r.revision)
  group by r.directive_id, r.revision, r.files;
comment on view sync.file_balance is 'announced = stored + waiting + unusable + superseded, of each revision.';
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant select, insert, update, delete on sync.pass_balance, sync.file_balance to chidao_service;
  end if;
end $$;
create index directive_file_waiting on sync.directive_file (due_at) where state = 'waiting';
create index directive_file_message on sync.directive_file (intake_id);
create index directive_file_missing on sync.directive_file (directive_id) where state = 'waiting';
create index directive_file_unusable on sync.directive_file (directive_id) where state = 'unusable' and not unusable_known and superseded_by is null;
create index directive_file_text on sync.directive_file (directive_id) where is_full_text and superseded_by is null and state <> 'stored';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
