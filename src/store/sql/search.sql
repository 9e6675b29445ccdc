create or replace function sync.searchable(text) returns text language sql immutable parallel safe as $$
  select translate(lower(regexp_replace(normalize(coalesce(left($1, 20000), ''), nfd), '[\u0300-\u036F]', '', 'g')), 'đĐ', 'dd')
$$;
comment on function sync.searchable is 'As somebody types it who has no Vietnamese keyboard.';

create or replace function sync.words_of(text) returns text language sql immutable parallel safe as $$
  select btrim(regexp_replace(regexp_replace(sync.searchable($1), '[^a-z0-9]+', ' ', 'g'), '([a-z0-9]{60})[a-z0-9]+', '\1', 'g'))
$$;
comment on function sync.words_of is 'One space between two words, of which each has sixty letters at most.';

create or replace function sync.sought_words(code text, subject text, summary text, type_name text, issuer text, signer text, source text, issued_on date)
returns tsvector language sql immutable parallel safe cost 10000 as $$
  select array_to_tsvector(
    string_to_array(sync.words_of(coalesce(code, '') || ' ' || subject || ' ' || coalesce(summary, '') || ' ' || type_name), ' ')
    || string_to_array(regexp_replace(sync.words_of(issuer), '\m', 'i:', 'g'), ' ')
    || string_to_array(regexp_replace(sync.words_of(signer), '\m', 's:', 'g'), ' ')
    || array['f:' || source, 'm:' || (extract(year from issued_on) * 100 + extract(month from issued_on))::int])
$$;
comment on function sync.sought_words is 'Every word of a directive, those of its issuer marked with i: and of its signer with s:; its source with f: and its month with m:, so that words and month are looked up together.';
