import type { Knex } from 'knex'

/** How many documents were refused for their form alone, by field; nothing that tells secrecy from anything else. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create table sync.form_refusal (
  source text not null references sync.source(name),
  day date not null,
  field text not null check (field in ('subject', 'number', 'issuedOn', 'issuer', 'typeName')),
  count int not null check (count > 0),
  primary key (source, field, day)
);
comment on table sync.form_refusal is 'The most that one reading of a day refused because this field of an issued document in scope, against which nothing else speaks, is missing or unreadable.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
