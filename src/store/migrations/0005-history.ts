import type { Knex } from 'knex'

/**
 * The history as evidence: payloads that only a purge may delete, and a chain over them that nobody may touch. The
 * key of the seals lies in the keys database.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(chain)
  await db.raw(purging)
  await db.raw(role)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const chain = `
-- What is purged cannot be guessed from the digest that stays: 122 random bits go with the payload.
alter table sync.history add column salt bytea not null default uuid_send(gen_random_uuid());

create table sync.history_chain (
  seq bigint primary key,
  history_id uuid not null unique,
  digest bytea not null,
  previous bytea not null,
  seal bytea not null
);
comment on table sync.history_chain is 'seal = HMAC over seq, the previous seal, the id and the digest of a payload. Not even a purge deletes from it.';

create table sync.history_unsealed (history_id uuid primary key);
comment on table sync.history_unsealed is 'Written with each payload, however late that commits; emptied by the sealer.';
insert into sync.history_unsealed select id from sync.history;

create function sync.await_seal() returns trigger language plpgsql as $$
begin
  insert into sync.history_unsealed select id from added;
  return null;
end $$;
create trigger history_awaits_seal after insert on sync.history referencing new table as added
  for each statement execute function sync.await_seal();

create function sync.history_digest(h sync.history) returns bytea language sql stable as $$
  select sha256(h.salt || convert_to(jsonb_build_array(h.id, to_char(h.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    h.directive_id, h.actor, h.event, h.detail)::text, 'UTF8'))
$$;

create or replace function sync.history_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name = 'history' and current_setting('chidao.purging', true) = 'on' then return null; end if;
  raise exception 'The history is append-only: % of % refused.', lower(tg_op), tg_table_name;
end $$;
create trigger history_chain_append_only before update or delete or truncate on sync.history_chain
  for each statement execute function sync.history_is_append_only();
`

const purging = `
create function sync.purge_history(directive uuid) returns uuid[] language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare removed uuid[];
begin
  perform set_config('chidao.purging', 'on', true);
  with gone as (delete from sync.history h where h.directive_id = directive returning h.id)
  select coalesce(array_agg(id), '{}') into removed from gone;
  perform set_config('chidao.purging', '', true);
  delete from sync.history_unsealed u where u.history_id = any (removed);
  return removed;
end $$;
comment on function sync.purge_history is 'All that may delete from the history. Its caller records the ids in an entry of event purged, or the chain does not verify.';
`

const role = `
do $$ begin
  if not exists (select from pg_roles where rolname = 'chidao_service') then create role chidao_service nologin; end if;
exception when duplicate_object or unique_violation or insufficient_privilege then null;
end $$;
revoke execute on all functions in schema tracking, sync from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant usage on schema sync, tracking to chidao_service;
    grant select, insert, update, delete on all tables in schema sync to chidao_service;
    grant select on all tables in schema tracking to chidao_service;
    grant usage on all sequences in schema sync to chidao_service;
    grant execute on all functions in schema tracking, sync to chidao_service;
    revoke update, delete, truncate on sync.history, sync.history_chain from chidao_service;
    if to_regclass('public.chidao_migration') is not null then grant select on public.chidao_migration, public.chidao_migration_lock to chidao_service; end if;
    alter default privileges in schema sync grant select, insert, update, delete on tables to chidao_service;
    alter default privileges in schema sync grant usage on sequences to chidao_service;
    alter default privileges in schema sync, tracking grant execute on functions to chidao_service;
    alter default privileges in schema tracking grant select on tables to chidao_service;
  end if;
end $$;
`
