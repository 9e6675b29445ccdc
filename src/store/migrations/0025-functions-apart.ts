import type { Knex } from 'knex'

/** From here on a function's text is in src/store/sql, and a migration only drops those whose signature changes. */
export async function up(db: Knex): Promise<void> {
  await db.raw(functions)
  await db.raw(staging)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const functions = `
create table sync.function_edition (only_row boolean primary key default true check (only_row), edition int not null, digest text not null);
comment on table sync.function_edition is 'Which edition of src/store/sql the functions are of. A process with an older one leaves them as they are.';
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    revoke insert, update, delete on sync.function_edition from chidao_service;
  end if;
end $$;
`

/** One path stages, for one message and for many; what a source can do stands beside what it wants to be told. */
const staging = `
alter table sync.source add column acknowledges boolean not null default false;
comment on column sync.source.acknowledges is 'Whether it lists a message until it is told that it was taken.';
-- Each start says so anew; until the first one, whoever was ever told is told on.
update sync.source s set acknowledges = true where exists (select from sync.outbox o where o.source = s.name and o.kind = 'acknowledge');
drop function sync.stage_together(jsonb);
drop function sync.stage_first(uuid, uuid, int, float8, boolean, timestamptz, jsonb, jsonb, jsonb, jsonb);
drop function sync.complete_together(jsonb);
drop function sync.store_and_complete(uuid, uuid, int, boolean, timestamptz, jsonb);
drop function sync.complete_staging(uuid, uuid, int, boolean, timestamptz);
drop function sync.finish_staging(uuid, boolean, timestamptz);
`
