import type { App } from '../../app.ts'

export interface ScheduleState {
  readonly job: string
  readonly source: string | null
  readonly everyMs: number
  readonly nextAt: Date
  readonly lastEndedAt: Date | null
  readonly missed: number
}

/** A demonstration polls every half second; nothing is late by seconds. */
const breathMs = 30_000

/** The schedules as the store has them, by the clock of the database. */
export async function readSchedules({ store }: App): Promise<readonly ScheduleState[]> {
  return (await store.schedules.all()).map(
    ({ job, source, everyMs, dueAt, endedAt, lateMs }): ScheduleState => ({
      job,
      source: source === '' ? null : source,
      everyMs,
      nextAt: dueAt,
      lastEndedAt: endedAt,
      missed: lateMs < breathMs ? 0 : Math.ceil(lateMs / everyMs),
    }),
  )
}
