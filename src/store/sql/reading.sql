create or replace function sync.balance_of(p sync.pass, out unchanged int, out staged bigint, out updated bigint, out redelivered bigint, out recalled bigint,
  out deferred bigint, out withheld bigint, out purged bigint, out failed bigint, out discarded bigint, out balances boolean)
language sql stable as $$
  select p.unchanged,
    count(*) filter (where state = 'staged'), count(*) filter (where state = 'updated'), count(*) filter (where state = 'unchanged'),
    count(*) filter (where state = 'recalled'), count(*) filter (where state = 'deferred'), count(*) filter (where state = 'withheld'),
    count(*) filter (where state = 'purged'), count(*) filter (where state = 'failed'),
    count(*) filter (where state = 'discarded'), p.allowed = p.unchanged + count(*)
  from sync.intake i where i.pass_id = p.id
$$;

create or replace function sync.directive_called(source text, source_ref text) returns uuid language sql stable as $$
  select coalesce(
    (select d.id from sync.directive d where d.source = $1 and d.source_ref = $2),
    (select i.directive_id from sync.intake i where i.source = $1 and i.source_ref = $2 and i.business = 'update' and i.directive_id is not null limit 1))
$$;
