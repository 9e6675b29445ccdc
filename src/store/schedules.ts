import type { Knex } from 'knex'
import { hasCome, longestLease } from './instants.ts'
import { type Lease, LeaseLost } from './lease.ts'

/** Of one source, or of the fleet, where `source` is empty. */
interface Planned {
  readonly job: string
  readonly source: string
  readonly everyMs: number
}

/** One turn of a schedule, under lease. */
export interface Turn {
  readonly job: string
  readonly source: string
  readonly lease: Lease
}

export interface ScheduleRow extends Planned {
  readonly dueAt: Date
  /** When a turn last came to its end. */
  readonly endedAt: Date | null
  /** How late it is by the clock of the database; 0 where it is not. */
  readonly lateMs: number
}

export function schedules(db: Knex, leaseMs: number) {
  return {
    /** Those of sources that are configured no more; while another process still knows them, it puts them back. */
    async forgetOthers(planned: readonly Planned[]): Promise<void> {
      await db.raw(
        `delete from sync.schedule s where not exists (select from ${rowsOf} where p.job = s.job and p.source = s.source)`,
        columnsOf(planned),
      )
    },

    /** Makes these known. A new one is due at once. */
    async keep(planned: readonly Planned[]): Promise<void> {
      await db.raw(
        `with planned as (select * from ${rowsOf})
         insert into sync.schedule (job, source, every_ms) select job, source, every_ms from planned
         on conflict (job, source) do update set every_ms = excluded.every_ms where schedule.every_ms <> excluded.every_ms`,
        columnsOf(planned),
      )
    },

    /** Takes the turn of this job that has been due longest, of these sources or of the fleet; null where none is. */
    async claim(job: string, owner: string, sources: Iterable<string>): Promise<Turn | null> {
      const { rows } = await db.raw(
        `update sync.schedule s set lease_owner = :owner, lease_epoch = s.lease_epoch + 1,
           lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
         from (select job, source from sync.schedule
           where job = :job and source = any (:sources) and ${isDueTurn('schedule', leaseMs)}
           order by due_at limit 1 for update skip locked) due
         where s.job = due.job and s.source = due.source returning s.source, s.lease_epoch as epoch`,
        { job, owner, leaseMs, sources: ['', ...sources] },
      )
      if (!rows[0]) return null
      const { source, epoch } = rows[0]
      return { job, source, lease: { owner, epoch } }
    },

    async renew(turn: Turn): Promise<void> {
      const { rowCount } = await db.raw(
        `update sync.schedule set lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond' where ${held}`,
        { leaseMs, ...fenceOf(turn) },
      )
      if (rowCount === 0) throw new LeaseLost('a turn of a schedule')
    },

    /** It is due again at the next instant of its own, however many were missed. False where it passed to another. */
    async end(turn: Turn): Promise<boolean> {
      const { rowCount } = await db.raw(
        `update sync.schedule set lease_until = null, ended_at = clock_timestamp(),
           due_at = to_timestamp((floor(extract(epoch from clock_timestamp())::float8 * 1000 / every_ms - phase) + 1 + phase) * every_ms / 1000)
         where ${held}`,
        fenceOf(turn),
      )
      return rowCount === 1
    },

    async all(): Promise<ScheduleRow[]> {
      const { rows } = await db.raw(
        `select job, source, every_ms as "everyMs", due_at as "dueAt", ended_at as "endedAt",
           case when ${hasComeOf('schedule')} then greatest(0, extract(epoch from clock_timestamp() - due_at))::float8 * 1000 else 0 end as "lateMs"
         from sync.schedule order by job, source`,
      )
      return rows
    },
  }
}

const hasComeOf = (row: string) =>
  `sync.has_come(${row}.due_at, ${row}.every_ms * interval '1 millisecond')`

/** Nobody is at it, or whoever was is gone. */
export const isFree = (row: string, leaseMs: number) =>
  `coalesce(${hasCome(`${row}.lease_until`, longestLease(leaseMs))}, true)`

export const isDueTurn = (row: string, leaseMs: number) =>
  `${hasComeOf(row)} and ${isFree(row, leaseMs)}`

const held = `job = :job and source = :source and lease_owner = :owner and lease_epoch = :epoch`

function fenceOf({ job, source, lease }: Turn) {
  return { job, source, ...lease }
}

/** As rows `p`, of what `columnsOf` binds. */
export const rowsOf = `unnest(:jobs::text[], :plannedSources::text[], :everyMs::float8[]) as p (job, source, every_ms)`

export function columnsOf(planned: readonly Planned[]) {
  return {
    jobs: planned.map(({ job }) => job),
    plannedSources: planned.map(({ source }) => source),
    everyMs: planned.map(({ everyMs }) => everyMs),
  }
}
