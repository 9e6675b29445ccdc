import type { Knex } from 'knex'

/** What the pages and the metrics ask of a store of years is answered from what is little, or from an index alone. */
export async function up(db: Knex): Promise<void> {
  await db.raw(words)
  await db.raw(indexes)
  await db.raw(access)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const words = String.raw`
create function sync.words_of(text) returns text language sql immutable parallel safe as $$
  select btrim(regexp_replace(regexp_replace(sync.searchable($1), '[^a-z0-9]+', ' ', 'g'), '([a-z0-9]{60})[a-z0-9]+', '\1', 'g'))
$$;
comment on function sync.words_of is 'One space between two words, of which each has sixty letters at most.';

create function sync.sought_words(code text, subject text, summary text, type_name text, issuer text, signer text, source text, issued_on date)
returns tsvector language sql immutable parallel safe cost 10000 as $$
  select array_to_tsvector(
    string_to_array(sync.words_of(coalesce(code, '') || ' ' || subject || ' ' || coalesce(summary, '') || ' ' || type_name), ' ')
    || string_to_array(regexp_replace(sync.words_of(issuer), '\m', 'i:', 'g'), ' ')
    || string_to_array(regexp_replace(sync.words_of(signer), '\m', 's:', 'g'), ' ')
    || array['f:' || source, 'm:' || (extract(year from issued_on) * 100 + extract(month from issued_on))::int])
$$;
-- Its cost keeps the planner from asking row by row what the index knows.
comment on function sync.sought_words is 'Every word of a directive, those of its issuer marked with i: and of its signer with s:; its source with f: and its month with m:, so that words and month are looked up together.';

-- A search reads the whole list of what is not sorted in yet, once for each month.
drop index sync.directive_words;
drop function sync.search_words(text, text, text, text, text, text);
create index directive_words on sync.directive
  using gin (sync.sought_words(code, subject, summary, type_name, issuer, signer_name, source, issued_on))
  with (gin_pending_list_limit = 64) where withheld_at is null;
`

const indexes = `
create index directive_staged_late on sync.directive (classify_by)
  where withheld_at is null and not before_go_live and (staged_at is null or staged_at >= classify_by);
drop index sync.outbox_rejected;
create index outbox_unsent on sync.outbox (source) where state in ('rejected', 'unconfirmed');
`

const access = `
revoke execute on function sync.words_of(text), sync.sought_words(text, text, text, text, text, text, text, date) from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant execute on function sync.words_of(text), sync.sought_words(text, text, text, text, text, text, text, date) to chidao_service;
  end if;
end $$;
`
