import type { JobName } from '#src/app.ts'

interface Schedule {
  readonly job: JobName
  readonly everyMs: number
  /** One schedule for each configured source, or one for the whole fleet. */
  readonly per: 'source' | 'fleet'
}

/** A schedule for one source, or for the fleet, where `source` is empty. */
export interface PlannedTurn {
  readonly job: JobName
  readonly source: string
  readonly everyMs: number
}

const hourMs = 3_600_000
const minuteMs = 60_000

/** What is done how often, for each of these sources or once for the fleet. The rest is due by rows of its own. */
export function plannedTurns(
  { pollMs, alertsMs = minuteMs }: { pollMs: number; alertsMs?: number | undefined },
  sources: readonly string[],
): readonly PlannedTurn[] {
  const schedules: readonly Schedule[] = [
    { job: 'poll-source', everyMs: pollMs, per: 'source' },
    { job: 'reconcile-source', everyMs: hourMs, per: 'source' },
    { job: 'list-again', everyMs: hourMs, per: 'source' },
    { job: 'tidy-files', everyMs: hourMs, per: 'fleet' },
    { job: 'purge-secrets', everyMs: minuteMs, per: 'fleet' },
    { job: 'keep-deadlines', everyMs: minuteMs, per: 'fleet' },
    { job: 'seal-history', everyMs: minuteMs, per: 'fleet' },
    { job: 'watch-deadlines', everyMs: alertsMs, per: 'fleet' },
  ]
  return schedules.flatMap(({ job, everyMs, per }) =>
    (per === 'source' ? sources : ['']).map((source) => ({ job, source, everyMs })),
  )
}
