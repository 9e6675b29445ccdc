create or replace function sync.lock_mutex(named text) returns void language plpgsql as $$
begin
  perform from sync.mutex m where m.name = named for update;
  if not found then raise exception 'There is no mutex %.', named; end if;
end $$;

create or replace function sync.share_mutex(named text) returns void language plpgsql as $$
begin
  perform from sync.mutex m where m.name = named for share;
  if not found then raise exception 'There is no mutex %.', named; end if;
end $$;
comment on function sync.share_mutex is 'With others that share it, and with nobody who locks it.';

create or replace function sync.try_mutex(named text) returns boolean language plpgsql as $$
begin
  perform from sync.mutex m where m.name = named for update skip locked;
  return found;
end $$;
comment on function sync.try_mutex is 'False where somebody else has it now.';

create or replace function sync.document_mutex(same_document_key text) returns text language sql immutable strict parallel safe as $$
  select 'document ' || (hashtextextended(same_document_key, 1) & 4095)
$$;
create or replace function sync.reference_mutex(source text, source_ref text) returns text language sql immutable strict parallel safe as $$
  select 'reference ' || (hashtextextended(source || ' ' || source_ref, 0) & 4095)
$$;
comment on function sync.reference_mutex is 'Whoever locks the document of a directive too locks that first.';
