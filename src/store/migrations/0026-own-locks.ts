import type { Knex } from 'knex'

/**
 * What the bridge locks are rows of its own: an advisory lock may be taken, and kept, by whoever can connect. And a
 * store has an identity, by which its queue is told from that of another store.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(mutexes)
  await db.raw(units)
  await db.raw(identity)
  await db.raw(access)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

/**
 * Documents and references share a fixed number of rows by their hash: a row for each would be kept of what the gate
 * refuses, and of what was purged. Two of one hash wait for each other, as two of one number do.
 */
const mutexes = `
create table sync.mutex (name text primary key);
comment on table sync.mutex is 'Rows that are locked, and never changed: who holds one does alone what it stands for, until the end of its transaction. Rows of documents and references are numbered by a hash, and name none.';
insert into sync.mutex select unnest(array['alerts', 'calendar', 'seal', 'units'])
  union all select kind || ' ' || hash from unnest(array['document', 'reference']) kind, generate_series(0, 4095) hash;
analyze sync.mutex;

create function sync.lock_mutex(named text) returns void language plpgsql as $$
begin
  perform from sync.mutex m where m.name = named for update;
  if not found then raise exception 'There is no mutex %.', named; end if;
end $$;

create function sync.share_mutex(named text) returns void language plpgsql as $$
begin
  perform from sync.mutex m where m.name = named for share;
  if not found then raise exception 'There is no mutex %.', named; end if;
end $$;
comment on function sync.share_mutex is 'With others that share it, and with nobody who locks it.';

create function sync.try_mutex(named text) returns boolean language plpgsql as $$
begin
  perform from sync.mutex m where m.name = named for update skip locked;
  return found;
end $$;
comment on function sync.try_mutex is 'False where somebody else has it now.';

create function sync.document_mutex(same_document_key text) returns text language sql immutable strict parallel safe as $$
  select 'document ' || (hashtextextended(same_document_key, 1) & 4095)
$$;
create function sync.reference_mutex(source text, source_ref text) returns text language sql immutable strict parallel safe as $$
  select 'reference ' || (hashtextextended(source || ' ' || source_ref, 0) & 4095)
$$;
comment on function sync.reference_mutex is 'Whoever locks the document of a directive too locks that first.';
`

const units = `
create or replace function sync.unit_named(unit jsonb, on_date date) returns uuid language plpgsql as $$
declare found_id uuid;
begin
  if coalesce(unit ->> 'code', '') = '' or coalesce(unit ->> 'name', '') = '' then
    raise exception using errcode = 'CD004', message = 'Mỗi đơn vị cần mã và tên. Each unit needs "code" and "name".';
  end if;
  perform sync.refuse_marked(unit ->> 'code', unit ->> 'name');
  select c.unit_id into found_id from sync.unit_code c
    where c.code = unit ->> 'code' and c.valid_from <= on_date and (c.valid_until is null or c.valid_until > on_date);
  if found_id is null then
    perform sync.lock_mutex('units');
    select c.unit_id into found_id from sync.unit_code c where c.code = unit ->> 'code' and c.valid_until is null;
  end if;
  if found_id is null then
    insert into sync.unit default values returning id into found_id;
    insert into sync.unit_code (unit_id, code, valid_from) values (found_id, unit ->> 'code', on_date);
    insert into sync.unit_name (unit_id, name, valid_from) values (found_id, unit ->> 'name', on_date);
  end if;
  return found_id;
end $$;
`

const identity = `
alter table sync.life add column store_id uuid not null default gen_random_uuid();
comment on column sync.life.store_id is 'In the names of the queue''s keys, so that stores may share a Redis. A copy of a store has it too, until "chidao store adopt" gives the copy one of its own.';
`

const access = `
revoke execute on function sync.lock_mutex(text), sync.share_mutex(text), sync.try_mutex(text), sync.document_mutex(text), sync.reference_mutex(text, text) from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant execute on function sync.lock_mutex(text), sync.share_mutex(text), sync.try_mutex(text), sync.document_mutex(text), sync.reference_mutex(text, text) to chidao_service;
  end if;
end $$;
`
