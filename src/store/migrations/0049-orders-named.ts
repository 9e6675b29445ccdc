import type { Knex } from 'knex'

/** Whoever decides about an order that waits has to know which document it is about, and who sent it. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
alter table sync.intake add column order_code text, add column order_issuer text;
comment on column sync.intake.order_code is 'Number and symbol that a message which waits for a person prints, until what it is about is called secret.';
comment on column sync.intake.order_issuer is 'Its sender, likewise.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
