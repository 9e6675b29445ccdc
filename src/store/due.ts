import type { Knex } from 'knex'
import { type FileSize, isDueFile } from './file-claims.ts'
import { isDueRow } from './intake-claims.ts'
import { isDueSend } from './outbox.ts'
import { isAbandoned, isDuePass } from './passes.ts'
import { wantsWindows } from './resyncs.ts'
import { silenceOf, unheardMs } from './rings.ts'
import { columnsOf, isDueTurn, isFree, rowsOf } from './schedules.ts'
import { isDueWriting } from './writings.ts'

/** How much may begin now, of each kind at most as much as anybody has hands for. */
export interface Due {
  /** Of each job that has a schedule. */
  readonly turns: Readonly<Record<string, number>>
  /** Readings: the newest, the others that go by windows, and those that go by single documents. */
  readonly heads: number
  readonly windows: number
  readonly rechecks: number
  /** Messages that failed. */
  readonly messages: number
  /** Files that are waited for. */
  readonly smallFiles: number
  readonly largeFiles: number
  readonly sends: number
  readonly writings: number
  readonly resyncs: number
}

/** What one look at the store tells a process. */
export interface Look {
  readonly due: Due
  /** Until the next turn of a schedule that is not due yet. */
  readonly nextTurnMs: number | null
  /** Some reading's process is gone. */
  readonly hasAbandoned: boolean
  /** Some schedule is not in the store: it was put back, or another process knows fewer sources. */
  readonly hasUnplanned: boolean
  /** For how long the queue has carried nothing; null while it does. */
  readonly silentMs: number | null
}

/**
 * One statement that tells what is due of these sources, for every process at every sweep. It may name what nobody can
 * take, as of a source that is paused: who claims looks closer.
 */
export function dueWork(db: Knex, leaseMs: number) {
  const upTo = (n: number, rows: string) => `(select count(*)::int from (${rows} limit ${n}) found)`
  const ofSources = 'source = any (:sources)'
  const passes = (kinds: string) =>
    upTo(most, `select from sync.pass where ${isDuePass} and kind in (${kinds}) and ${ofSources}`)
  const files = (size: FileSize, n: number) =>
    upTo(n, `select from sync.directive_file f where ${isDueFile(leaseMs, size)}`)
  const isOurs = (row: string) => `(${row}.source = '' or ${row}.source = any (:sources))`
  const statement = `select
    (select coalesce(json_object_agg(job, n), '{}') from (select s.job, count(*)::int as n from sync.schedule s where ${isDueTurn('s', leaseMs)} and ${isOurs('s')} group by s.job) t) as turns,
    (select extract(epoch from min(s.due_at) - clock_timestamp())::float8 * 1000 from sync.schedule s where not ${isDueTurn('s', leaseMs)} and ${isFree('s', leaseMs)} and ${isOurs('s')}) as "nextTurnMs",
    ${passes(`'head'`)} as heads, ${passes(`'deep', 'resync', 'backfill', 'rolling'`)} as windows, ${passes(`'recheck'`)} as rechecks,
    ${upTo(1, `select from sync.intake where ${isDueRow(leaseMs)} and ${ofSources}`)} as messages,
    ${files('small', 1)} as "smallFiles", ${files('large', most)} as "largeFiles",
    ${upTo(most, `select from sync.outbox where ${isDueSend(leaseMs)} and ${ofSources}`)} as sends,
    ${upTo(1, `select from sync.writing where ${isDueWriting}`)} as writings,
    ${upTo(1, `select from sync.resync r where ${wantsWindows('r')}`)} as resyncs,
    exists (select from sync.pass where ${isAbandoned(leaseMs)}) as "hasAbandoned",
    exists (select from ${rowsOf} where not exists (select from sync.schedule s where s.job = p.job and s.source = p.source)) as "hasUnplanned",
    ${unheardMs} as "unheardMs"`

  return async (
    planned: Parameters<typeof columnsOf>[0],
    sources: Iterable<string>,
  ): Promise<Look> => {
    const { rows } = await db
      .raw(statement, { ...columnsOf(planned), sources: [...sources] })
      .options(plannedOnce)
    const { nextTurnMs, hasAbandoned, hasUnplanned, unheardMs: unheard, ...due } = rows[0]
    return { due, nextTurnMs, hasAbandoned, hasUnplanned, silentMs: silenceOf(unheard) }
  }
}

/** By its name a connection keeps its plan, which takes many times as long to make as to carry out. */
const plannedOnce = { name: 'chidao-look' }

/** More than any lane has hands for, or any claim takes at once. */
const most = 25
