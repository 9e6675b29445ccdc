import type { Knex } from 'knex'
import { isOlderThan } from './instants.ts'

/** A schedule of one source, or of the fleet, where `source` is empty. */
export interface Turn {
  readonly job: string
  readonly source: string
}

interface Planned extends Turn {
  readonly everyMs: number
}

/** Since when the queue has rung for nothing, and how often it should have. */
export interface Silence {
  readonly forMs: number
  readonly expectedEveryMs: number
}

/** A queue that is on its way is not overtaken. */
const leastPatienceMs = 2_000

/** When each schedule was last begun, whatever rang for it, and when the queue last did. */
export function turns(db: Knex) {
  return {
    /**
     * Makes these schedules known and forgets the others; where there is a queue it is expected to ring from now on, or since
     * another service that still runs expected it to.
     */
    async expect(planned: readonly Planned[], hasQueue: boolean): Promise<void> {
      await db.raw(
        `with planned as (select * from unnest(:jobs::text[], :sources::text[], :everyMs::float8[]) as p (job, source, every_ms)),
           gone as (delete from sync.schedule_turn t where not exists (select from planned p where p.job = t.job and p.source = t.source))
         insert into sync.schedule_turn (job, source, every_ms, rung_at)
         select job, source, every_ms, case when :hasQueue then clock_timestamp() end from planned
         on conflict (job, source) do update set every_ms = excluded.every_ms,
           rung_at = case when not :hasQueue then null
             when (select ended_at from sync.sweep) > clock_timestamp() - interval '1 minute' then coalesce(schedule_turn.rung_at, excluded.rung_at)
             else excluded.rung_at end`,
        { ...columnsOf(planned), hasQueue },
      )
    },

    async begun({ job, source }: Turn, byQueue: boolean): Promise<void> {
      await db.raw(
        `update sync.schedule_turn set begun_at = clock_timestamp(), rung_at = case when :byQueue then clock_timestamp() else rung_at end
         where job = :job and source = :source`,
        { job, source, byQueue },
      )
    },

    /**
     * Those that are overdue, each for one caller: not begun for two intervals, or for one where the queue is known not
     * to ring for it. `slackMs` is how late the next caller would come.
     */
    async takeOverdue<T extends Planned>(
      planned: readonly T[],
      { queueRings, slackMs }: { queueRings: boolean; slackMs: number },
    ): Promise<T[]> {
      const { rows } = await db.raw(
        `update sync.schedule_turn t set begun_at = clock_timestamp()
         from unnest(:jobs::text[], :sources::text[], :everyMs::float8[]) as p (job, source, every_ms)
         where t.job = p.job and t.source = p.source and ${isOlderThan(
           't.begun_at',
           `case when :queueRings and not coalesce(${isOlderThan('t.rung_at', patience)}, true) then ${patience} else greatest(0, p.every_ms - :slackMs) end`,
         )}
         returning t.job, t.source`,
        { ...columnsOf(planned), queueRings, slackMs },
      )
      return planned.filter(({ job, source }) =>
        rows.some((row: Turn) => row.job === job && row.source === source),
      )
    },

    /** Null where there is no queue, or no service has been started yet. A service that is stopped expects no ring. */
    async silence(): Promise<Silence | null> {
      const { rows } = await db.raw(
        `select greatest(0, extract(epoch from least(clock_timestamp(), (select ended_at from sync.sweep)) - max(least(rung_at, clock_timestamp()))))::float8 * 1000 as "forMs",
           min(every_ms) as "expectedEveryMs"
         from sync.schedule_turn where rung_at is not null having count(*) > 0`,
      )
      return rows[0] ?? null
    },
  }
}

/** So long that it is no busy moment any more. */
const leastSilenceMs = 10_000

export function isSilent(silence: Silence | null): boolean {
  return silence !== null && silence.forMs > Math.max(3 * silence.expectedEveryMs, leastSilenceMs)
}

const patience = `greatest(2 * p.every_ms, ${leastPatienceMs})`

function columnsOf(planned: readonly Planned[]) {
  return {
    jobs: planned.map(({ job }) => job),
    sources: planned.map(({ source }) => source),
    everyMs: planned.map(({ everyMs }) => everyMs),
  }
}
