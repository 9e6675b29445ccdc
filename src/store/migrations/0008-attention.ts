import type { Knex } from 'knex'

/** What waits for a person can be settled by one: failures are discarded, directives recalled, and both are counted. */
export async function up(db: Knex): Promise<void> {
  await db.raw(discarding)
  await db.raw(recalling)
  await db.raw(lookingUp)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

const discarding = `
alter table sync.intake drop constraint intake_state_check;
alter table sync.intake add check (state in ('staged', 'updated', 'unchanged', 'recalled', 'deferred', 'withheld', 'purged', 'failed', 'pending', 'discarded'));
create index intake_discarded on sync.intake (source) where state = 'discarded';

drop view sync.pass_balance;
drop function sync.balance_of(sync.pass);
create function sync.balance_of(p sync.pass, out unchanged int, out staged bigint, out updated bigint, out redelivered bigint, out recalled bigint,
  out deferred bigint, out withheld bigint, out purged bigint, out failed bigint, out pending bigint, out discarded bigint, out balances boolean)
language sql stable as $$
  select p.unchanged,
    count(*) filter (where state = 'staged'), count(*) filter (where state = 'updated'), count(*) filter (where state = 'unchanged'),
    count(*) filter (where state = 'recalled'), count(*) filter (where state = 'deferred'), count(*) filter (where state = 'withheld'),
    count(*) filter (where state = 'purged'), count(*) filter (where state = 'failed'), count(*) filter (where state = 'pending'),
    count(*) filter (where state = 'discarded'), p.allowed = p.unchanged + count(*)
  from sync.intake i where i.pass_id = p.id
$$;
create view sync.pass_balance as
select p.id, p.source, p.kind, p.window_from, p.window_until, p.state, p.seen, p.allowed, p.not_eligible, p.undecided, b.*
from sync.pass p cross join lateral sync.balance_of(p) b;
comment on view sync.pass_balance is 'seen = allowed + not_eligible + undecided is a constraint of the pass; allowed = unchanged + every outcome is this view. discarded: a person settled the failure, and the history says who and why.';
revoke execute on all functions in schema tracking, sync from public;
`

const recalling = `
alter table sync.directive add column recall_authority text;
comment on column sync.directive.recall_authority is 'By whose decision a person recalled it; null where its source did. A source that goes on listing it does not undo that.';
`

const lookingUp = `
alter table sync.pass add column balanced boolean;
comment on column sync.pass.balanced is 'Whether allowed = unchanged + the rows it took, when it ended. The view pass_balance says what became of them since.';
create index pass_unbalanced on sync.pass (id) where not balanced;
create index pass_undecided on sync.pass (source, kind, window_from, ended_at desc) where state = 'open';
create index outbox_rejected on sync.outbox (source) where state = 'rejected';
comment on column sync.pass.failure is 'Why a reading failed; of one that ended open, why its last undecided item could not be read.';
`
