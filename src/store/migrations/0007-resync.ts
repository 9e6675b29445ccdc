import type { Knex } from 'knex'

/** What an administrator asked for: rows, so that it can be asked for while the service is down. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create table sync.resync (
  id uuid primary key default gen_random_uuid(),
  source text not null references sync.source,
  kind text not null check (kind in ('plan', 'repair')),
  window_from date not null,
  window_until date not null check (window_until >= window_from),
  refs text[],
  thorough boolean not null,
  state text not null check (state in ('due', 'running', 'paused', 'stopped', 'done')),
  actor text not null,
  reason text,
  asked_at timestamptz not null,
  ended_at timestamptz,
  plan jsonb,
  world text,
  plan_id uuid references sync.resync,
  check ((kind = 'plan') = (plan is not null and world is not null))
);
create index resync_open on sync.resync (asked_at) where state in ('due', 'running', 'paused');
create index resync_plan on sync.resync (plan_id);
comment on table sync.resync is 'repair: a source is asked again, window by window, and the differences are repaired. plan: what that would do.';
comment on column sync.resync.thorough is 'Every message is read again, also where its list says that nothing changed.';
comment on column sync.resync.world is 'What the store held in the window when the plan was made; a plan is not carried out in another world.';

alter table sync.pass add column resync_id uuid references sync.resync, add column requests int;
create index pass_resync on sync.pass (resync_id) where resync_id is not null;
comment on column sync.pass.requests is 'What a resync asked of its source, lists and details together.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
