import type { Knex } from 'knex'

/** Who may look at the pages and act on them, and the logins that are in force. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
create table sync.account (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
  shown_name text not null,
  role text not null check (role in ('viewer', 'administrator')),
  language text not null default 'vi' check (language in ('vi', 'en')),
  password text,
  created_at timestamptz not null,
  disabled_at timestamptz,
  last_login_at timestamptz,
  failures int not null default 0,
  locked_until timestamptz
);
comment on table sync.account is 'Who may log in to the pages. Never deleted: the history names them.';
comment on column sync.account.password is 'scrypt with its parameters and salt; null: the directory of the province checks it.';
comment on column sync.account.failures is 'Wrong passwords in a row; at the limit the account is locked for a while.';

create table sync.session (
  token_hash bytea primary key,
  account text not null references sync.account,
  begun_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp()
);
create index session_account on sync.session (account);
comment on table sync.session is 'A login in force. The token itself is only in the browser.';
`)
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only. Restore a backup of the store to go back.')
}
