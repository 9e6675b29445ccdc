import type { Knex } from 'knex'

/** What the operators' pages are answered from, also with a million directives in the store. */
export async function up(db: Knex): Promise<void> {
  await db.raw(searching)
  await db.raw(indexes)
  await db.raw(access)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

/**
 * Words without diacritics. They stand in an index and in no column, so that whatever removes a directive, or
 * withholds it, removes them as well.
 */
const searching = String.raw`
create function sync.searchable(text) returns text language sql immutable parallel safe as $$
  select translate(lower(regexp_replace(normalize(coalesce(left($1, 20000), ''), nfd), '[\u0300-\u036F]', '', 'g')), 'đĐ', 'dd')
$$;
comment on function sync.searchable is 'As somebody types it who has no Vietnamese keyboard.';

create function sync.search_words(code text, subject text, summary text, type_name text, issuer text, signer text)
returns tsvector language sql immutable parallel safe cost 10000 as $$
  select array_to_tsvector(array(
    select distinct kind || left(word, 60) from (
      select '' as kind, regexp_split_to_table(sync.searchable(coalesce(code, '') || ' ' || subject || ' ' || coalesce(summary, '') || ' ' || type_name), '[^a-z0-9]+') as word
      union all select 'i:', regexp_split_to_table(sync.searchable(issuer), '[^a-z0-9]+')
      union all select 's:', regexp_split_to_table(sync.searchable(signer), '[^a-z0-9]+')) words
    where word <> ''))
$$;
-- Its cost keeps the planner from asking row by row what the index knows.
comment on function sync.search_words is 'Every word of a directive, those of its issuer marked with i: and of its signer with s:.';

create index directive_words on sync.directive
  using gin (sync.search_words(code, subject, summary, type_name, issuer, signer_name)) where withheld_at is null;
`

const indexes = `
create index directive_newest on sync.directive (issued_on desc, id desc) where withheld_at is null;
create index directive_newest_of_source on sync.directive (source, issued_on desc, id desc) where withheld_at is null;
create index directive_recalled on sync.directive (issued_on desc, id desc) where withheld_at is null and recalled_at is not null;
create index directive_refused on sync.directive (issued_on desc, id desc) where withheld_at is null and refused_at is not null;
create index directive_waiting on sync.directive (classify_by, id)
  where classified_at is null and refused_at is null and recalled_at is null and withheld_at is null and not before_go_live;
create index directive_judged on sync.directive (classify_by) include (classified_at, refused_at, recalled_at)
  where withheld_at is null and not before_go_live;
create index directive_staged on sync.directive (staged_at) include (classify_by, before_go_live) where withheld_at is null;
create index directive_classified on sync.directive (classified_at) where withheld_at is null and classified_at is not null;
create index outbox_reply on sync.outbox (state, place) where kind = 'reply';
create index outbox_reply_all on sync.outbox (place) where kind = 'reply';
create index outbox_directive_replies on sync.outbox (directive_id, place) where kind <> 'acknowledge';
create index pass_newest on sync.pass (opened_at desc, id desc);
create index pass_of_kind on sync.pass (ended_at desc) where kind = 'deep' and state in ('done', 'open');
`

const access = `
revoke execute on function sync.searchable(text), sync.search_words(text, text, text, text, text, text) from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant execute on function sync.searchable(text), sync.search_words(text, text, text, text, text, text) to chidao_service;
  end if;
end $$;
`
