/** Removes what was deleted from the files of a database as well (docs/purge.md). */
import { openDatabase } from './database.ts'

/** A plain vacuum leaves the old bytes in the free space of a page, and the planner keeps samples of columns. */
export const scrubSteps = [
  'alter system set wal_recycle = off',
  'select pg_reload_conf()',
  'vacuum (full, analyze)',
  'vacuum full pg_catalog.pg_statistic',
  'vacuum full pg_catalog.pg_statistic_ext_data',
  'checkpoint',
  `select pg_create_restore_point('purge'), pg_switch_wal() from generate_series(1, (select count(*) + 2 from pg_ls_waldir()))`,
  'checkpoint',
  'checkpoint',
] as const

/** Where copies of the log go that no step here reaches. */
export interface LogCopies {
  readonly archived: boolean
  readonly replicas: number
  readonly slots: number
}

export type Scrubbed =
  | { readonly done: true; readonly copies: LogCopies }
  /** The login may not: a table can be written anew by its owner alone, and the log let go by a superuser. */
  | { readonly done: false; readonly why: 'notSuperuser' }

export async function scrub(url: string): Promise<Scrubbed> {
  const db = openDatabase({ url })
  try {
    const { rows } = await db.raw(
      `select rolsuper as "mayScrub", current_setting('archive_mode') <> 'off' as archived,
         (select count(*)::int from pg_stat_replication) as replicas, (select count(*)::int from pg_replication_slots) as slots
       from pg_roles where rolname = current_user`,
    )
    const { mayScrub, ...copies } = rows[0] as LogCopies & { mayScrub: boolean }
    if (!mayScrub) return { done: false, why: 'notSuperuser' }
    for (const step of scrubSteps) await db.raw(step)
    return { done: true, copies }
  } finally {
    await db.destroy()
  }
}
