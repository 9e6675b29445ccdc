create or replace function sync.share_word(one text, other text) returns boolean language sql immutable parallel safe as $$
  select sync.words_of(one) = sync.words_of(other) or exists (
    select from unnest(string_to_array(sync.words_of(one), ' ')) as word
    where length(regexp_replace(word, '[^a-z]', '', 'g')) >= 3 and word = any (string_to_array(sync.words_of(other), ' ')))
$$;
comment on function sync.share_word is 'Of two subjects: whether a word of three letters or more stands in both, or they are one.';
