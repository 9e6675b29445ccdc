create or replace function sync.has_come(instant timestamptz, span interval, at timestamptz) returns boolean language sql stable parallel safe as $$
  select instant <= at or instant > at + span and instant < '9000-01-01'
$$;
comment on function sync.has_come(timestamptz, interval, timestamptz) is 'Whether an instant is over. One that lies further ahead than its longest span was written by a clock that was ahead, and counts as over; from the year 9000 on it waits for a person.';

create or replace function sync.has_come(instant timestamptz, span interval) returns boolean language sql volatile as $$
  select instant <= clock_timestamp() or instant > clock_timestamp() + span and instant < '9000-01-01'
$$;
