import type { Knex } from 'knex'

/**
 * What the bridge locks are rows of its own: an advisory lock may be taken, and kept, by whoever can connect. And a
 * store has an identity, by which its queue is told from that of another store.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(mutexes)
  await db.raw(identity)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}

/**
 * Documents and references share a fixed number of rows by their hash: a row for each would be kept of what the gate
 * refuses, and of what was purged. Two of one hash wait for each other, as two of one number do.
 */
const mutexes = `
create table sync.mutex (name text primary key);
comment on table sync.mutex is 'Rows that are locked, and never changed: who holds one does alone what it stands for, until the end of its transaction. Rows of documents and references are numbered by a hash, and name none.';
insert into sync.mutex select unnest(array['alerts', 'calendar', 'seal', 'units'])
  union all select kind || ' ' || hash from unnest(array['document', 'reference']) kind, generate_series(0, 4095) hash;
analyze sync.mutex;
`

const identity = `
alter table sync.life add column store_id uuid not null default gen_random_uuid();
comment on column sync.life.store_id is 'In the names of the queue''s keys, so that stores may share a Redis. A copy of a store has it too, until "chidao store adopt" gives the copy one of its own.';
`
