import type { JobName } from '#src/app.ts'
import { fetchFiles, fetchLargeFiles } from './fetch-files.ts'
import type { Job, Lane } from './job.ts'
import { keepDeadlinesJob } from './keep-deadlines.ts'
import { listAgainJob } from './list-again.ts'
import { pollSource } from './poll-source.ts'
import { purgeSecretsJob } from './purge-secrets.ts'
import { reconcileSource } from './reconcile-source.ts'
import { runResync } from './run-resync.ts'
import { sealHistory } from './seal-history.ts'
import { admitWritten, sendOutbox } from './send-outbox.ts'
import { settleIntake } from './settle-intake.ts'
import { takeHead, takeRecheck, takeWindow } from './take-window.ts'
import { tidyFiles } from './tidy-files.ts'
import { watchDeadlines } from './watch-deadlines.ts'

/** Every kind of work there is; of one lane, the most urgent first. */
export const jobs: readonly Job[] = [
  pollSource,
  takeHead,
  settleIntake,
  fetchFiles,
  takeWindow,
  fetchLargeFiles,
  admitWritten,
  sendOutbox,
  watchDeadlines,
  purgeSecretsJob,
  keepDeadlinesJob,
  sealHistory,
  runResync,
  takeRecheck,
  reconcileSource,
  listAgainJob,
  tidyFiles,
]

const lanesOf = new Map(jobs.map(({ name, lane }) => [name, lane]))

export function laneOf(job: JobName): Lane {
  return lanesOf.get(job)!
}
