import type { Knex } from 'knex'

/** A source that lists and takes nothing back must still be read: sends have a breaker of their own. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.source add column send_failures int not null default 0, add column sends_open_until timestamptz;
comment on column sync.source.open_until is 'The circuit breaker: nobody asks the source before this instant, nor sends.';
comment on column sync.source.sends_open_until is 'The breaker of the way back: nothing is sent before this instant, while the source is read on.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
