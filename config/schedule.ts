import type { JobName } from '#src/app.ts'

export interface Schedule {
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

/** Which job runs how often. What is due of its own accord (retries, the outbox, resyncs) the sweep rings for. */
export function schedules({
  pollMs,
  alertsMs = minuteMs,
}: {
  pollMs: number
  alertsMs?: number | undefined
}): readonly Schedule[] {
  return [
    { job: 'poll-source', everyMs: pollMs, per: 'source' },
    { job: 'reconcile-source', everyMs: hourMs, per: 'source' },
    { job: 'tidy-files', everyMs: hourMs, per: 'fleet' },
    { job: 'purge-secrets', everyMs: minuteMs, per: 'fleet' },
    { job: 'keep-deadlines', everyMs: minuteMs, per: 'fleet' },
    { job: 'seal-history', everyMs: minuteMs, per: 'fleet' },
    { job: 'watch-deadlines', everyMs: alertsMs, per: 'fleet' },
  ]
}

/** Each schedule once for whatever it is for. */
export function plannedTurns(
  planned: readonly Schedule[],
  sources: readonly string[],
): readonly PlannedTurn[] {
  return planned.flatMap(({ job, everyMs, per }) =>
    (per === 'source' ? sources : ['']).map((source) => ({ job, source, everyMs })),
  )
}

/** What the job of a turn is told. */
export function inputOf({ source }: Pick<PlannedTurn, 'source'>): Record<string, string> {
  return source === '' ? {} : { source }
}

const scheduled: ReadonlySet<string> = new Set(
  schedules({ pollMs: minuteMs }).map(({ job }) => job),
)

export function isScheduled(job: string): boolean {
  return scheduled.has(job)
}
