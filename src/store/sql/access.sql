-- A function that is made anew may be called by everyone, until this takes it back.
revoke execute on all functions in schema tracking, sync from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant execute on all functions in schema tracking, sync to chidao_service;
  end if;
  if exists (select from pg_roles where rolname = 'chidao_tracking') then
    grant execute on all functions in schema tracking to chidao_tracking;
  end if;
end $$;
