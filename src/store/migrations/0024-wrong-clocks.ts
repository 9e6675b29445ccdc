import type { Knex } from 'knex'

/** What a wrong clock wrote is not believed, and what nobody's queue rings for is seen to be overdue. */
export async function up(db: Knex): Promise<void> {
  await db.raw(rule)
  await db.raw(turns)
  await db.raw(access)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const rule = `
create function sync.has_come(instant timestamptz, span interval, at timestamptz) returns boolean language sql stable parallel safe as $$
  select instant <= at or instant > at + span and instant < '9000-01-01'
$$;
comment on function sync.has_come(timestamptz, interval, timestamptz) is 'Whether an instant is over. One that lies further ahead than its longest span was written by a clock that was ahead, and counts as over; from the year 9000 on it waits for a person.';

create function sync.has_come(instant timestamptz, span interval) returns boolean language sql volatile as $$
  select instant <= clock_timestamp() or instant > clock_timestamp() + span and instant < '9000-01-01'
$$;

-- Waited for a person ten years ahead of its last look-up.
update sync.outbox set due_at = '9999-01-01' where state = 'unconfirmed' and due_at > clock_timestamp() + interval '1 year';
`

const turns = `
create table sync.schedule_turn (
  job text not null,
  source text not null,
  every_ms float8 not null,
  begun_at timestamptz not null default clock_timestamp(),
  rung_at timestamptz,
  primary key (job, source)
);
comment on table sync.schedule_turn is 'When each schedule was last begun, by the clock of this database; source is empty where there is one for the fleet. What is overdue the sweep does itself.';
comment on column sync.schedule_turn.rung_at is 'When the queue last rang for it, or since when it is expected to; null where there is no queue.';
`

const access = `
revoke execute on function sync.has_come(timestamptz, interval), sync.has_come(timestamptz, interval, timestamptz) from public;
do $$ begin
  if exists (select from pg_roles where rolname = 'chidao_service') then
    grant execute on function sync.has_come(timestamptz, interval), sync.has_come(timestamptz, interval, timestamptz) to chidao_service;
  end if;
end $$;
`
