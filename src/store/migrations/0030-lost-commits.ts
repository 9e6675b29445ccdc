import type { Knex } from 'knex'

/** A store that has lost commits says so, and what it lost the purge of waits for a person. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.life add column went_back_at timestamptz, add column directives_lost int;
comment on column sync.life.went_back_at is 'When it was last noticed that commits of this store were lost.';
alter table sync.directive drop constraint directive_withheld_because_check, drop constraint directive_withheld_itself_check,
  add constraint directive_withheld_because_check
    check (withheld_because in ('secret', 'otherSecret', 'takenAlong', 'doubtful', 'vanished', 'byHand', 'restored', 'purgeLost')),
  add constraint directive_withheld_itself_check
    check (withheld_itself in ('secret', 'otherSecret', 'takenAlong', 'doubtful', 'vanished', 'byHand', 'restored', 'purgeLost'));
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
