create or replace function sync.folded(text) returns text language sql immutable parallel safe as $$
  select regexp_replace(lower(normalize($1, nfkc)), '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF]', '', 'g')
$$;

create or replace function sync.carries_mark(text) returns boolean language sql immutable parallel safe as $$
  select $1 is not null and (
    regexp_replace(sync.folded($1),
      '(bảo|bí|cơ|bảo vệ bí|giải|văn bản|tài liệu|thông tin)\s+mật|mật\s+(độ|khẩu|mã|ong|thiết|mía|vụ|danh)|(ong|túi|sỏi|chi)\s+mật', ' ', 'g')
      ~ '(^|[^[:alpha:]])([mM][[:space:]._-]*[ậẬ][[:space:]._-]*[tT])($|[^[:alpha:]])'
    or sync.folded($1) ~ '[([{<]\s*((tuyet|toi)\s*|)mat\s*[])}>]'
    or sync.folded($1) ~ '(^|[^[:alpha:]])(top\s+|)(secret|confidential)($|[^[:alpha:]])'
    or $1 ~ '[\uE000-\uF8FF\uFFFD]')
$$;
comment on function sync.carries_mark is 'A plain check at the door, so that flagrant text is not kept at all. The gate of the bridge decides afterwards about all the rest.';

create or replace function sync.carries_secret_suffix(symbol text) returns boolean language sql immutable parallel safe as $$
  select coalesce(sync.folded($1) ~ '[-/(.]\s*(t|tu|)m\s*(\)|)\s*$', false)
$$;

create or replace function sync.refuse_marked(variadic texts text[]) returns void language plpgsql as $$
begin
  if exists (select from unnest(texts) t where sync.carries_mark(t)) then
    raise exception using errcode = 'CD001',
      message = 'Nội dung chưa đủ điều kiện ghi vào hệ thống. Not eligible: nothing of it was kept.',
      hint = 'Bỏ nội dung không được phép trên hệ thống, hoặc báo cáo bằng hình thức khác (Điều 6.4).';
  end if;
end $$;

create or replace function sync.check_actor(actor text) returns void language plpgsql as $$
begin
  if coalesce(btrim(actor), '') = '' then
    raise exception using errcode = 'CD004', message = 'Phải ghi người thực hiện. Say who acts: actor must not be empty.';
  end if;
  perform sync.refuse_marked(actor);
end $$;

create or replace function sync.check_dates(content jsonb) returns void language plpgsql as $$
begin
  if exists (
    select from (select jsonb_path_query(content, 'lax $.**.dueOn') union all select jsonb_path_query(content, 'lax $.**.completedOn')
      union all select jsonb_path_query(content, 'lax $.**.issuedOn')) dates (day)
    where jsonb_typeof(day) <> 'null' and day #>> '{}' !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') then
    raise exception using errcode = 'CD004', message = 'Ngày phải viết theo dạng năm-tháng-ngày, ví dụ 2026-09-20. Dates are written YYYY-MM-DD.';
  end if;
end $$;
comment on function sync.check_dates is 'What is read later is read by another session: it must mean the same to each.';
