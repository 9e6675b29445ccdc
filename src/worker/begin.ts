import { isScheduled } from '#config/schedule.ts'
import { jobs } from '#jobs/index.ts'
import type { Outcome } from '#jobs/job.ts'
import type { App, JobName } from '../app.ts'

/** Runs a job. That a schedule had its turn is noted first, so that nobody takes it for overdue meanwhile. */
export async function begin(
  app: App,
  job: JobName,
  input: Record<string, string>,
  by: 'queue' | 'hands',
): Promise<Outcome> {
  if (isScheduled(job))
    await app.store.turns.begun({ job, source: input.source ?? '' }, by === 'queue')
  return jobs[job].run(app, input)
}
