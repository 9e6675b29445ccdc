import type { Knex } from 'knex'
import { type Waiting, waitFor } from '../waiting.ts'

/**
 * One process at a time changes the schema. The lock is a row that nobody but the owner of the schema may lock, and
 * Postgres frees it with the connection of whoever holds it. It lies beside the list of migrations, because the first
 * migration needs it too.
 */
export async function oneAtATime<T>(
  db: Knex,
  work: () => Promise<T>,
  waiting: Waiting,
): Promise<T> {
  await despiteRaces(() =>
    db.raw(
      `create table if not exists public.chidao_schema_lock (only_row boolean primary key default true check (only_row));
       insert into public.chidao_schema_lock default values on conflict do nothing`,
    ),
  )
  const lock = await db.transaction()
  try {
    // Its holder is idle for as long as the migrations take.
    await lock.raw(`set local idle_in_transaction_session_timeout = 0`)
    await waitFor(
      async () => {
        const { rowCount } = await lock.raw(
          `select from public.chidao_schema_lock for update skip locked`,
        )
        return rowCount === 1 || null
      },
      () => ({
        vi: 'tiến trình khác cập nhật lược đồ của kho',
        en: 'another process that brings the store’s schema up to date',
        advice:
          'See how far it is with: chidao migrate --status. If it hangs, end it; then run this again.',
      }),
      waiting,
    )
    return await work()
  } finally {
    await lock.rollback().catch(() => {})
  }
}

const racedCodes: ReadonlySet<unknown> = new Set(['23505', '42P06', '42P07', '42710'])

/** "If not exists" fails where another session makes the same at the same moment; afterwards it is there. */
export async function despiteRaces(make: () => Promise<unknown>): Promise<void> {
  for (let races = 0; ; races++) {
    try {
      await make()
      return
    } catch (error) {
      if (!racedCodes.has((error as { code?: unknown }).code) || races === mostRaces) throw error
    }
  }
}

/** Each of several processes may be overtaken once for each table that is made. */
const mostRaces = 20
