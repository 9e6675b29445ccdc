create or replace function sync.history_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name = 'history' and current_setting('chidao.purging', true) = 'on' then return null; end if;
  raise exception 'The history is append-only: % of % refused.', lower(tg_op), tg_table_name;
end $$;

create or replace function sync.await_seal() returns trigger language plpgsql as $$
begin
  insert into sync.history_unsealed select id from added;
  return null;
end $$;

create or replace function sync.history_digest(h sync.history) returns bytea language sql stable as $$
  select sha256(h.salt || convert_to(jsonb_build_array(h.id, to_char(h.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    h.directive_id, h.actor, h.event, h.detail)::text, 'UTF8'))
$$;

create or replace function sync.purge_history(directive uuid) returns uuid[] language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
