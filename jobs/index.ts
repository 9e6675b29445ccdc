import type { JobName } from '#src/app.ts'
import { fetchFiles } from './fetch-files.ts'
import type { Job } from './job.ts'
import { keepDeadlinesJob } from './keep-deadlines.ts'
import { pollSource } from './poll-source.ts'
import { purgeSecretsJob } from './purge-secrets.ts'
import { reconcileSource } from './reconcile-source.ts'
import { runResync } from './run-resync.ts'
import { sealHistory } from './seal-history.ts'
import { sendOutbox } from './send-outbox.ts'
import { settleIntake } from './settle-intake.ts'
import { takeWindow } from './take-window.ts'
import { tidyFiles } from './tidy-files.ts'
import { watchDeadlines } from './watch-deadlines.ts'

/** Every job there is. */
export const jobs: Readonly<Record<JobName, Job>> = {
  'poll-source': pollSource,
  'take-window': takeWindow,
  'settle-intake': settleIntake,
  'fetch-files': fetchFiles,
  'send-outbox': sendOutbox,
  'purge-secrets': purgeSecretsJob,
  'run-resync': runResync,
  'reconcile-source': reconcileSource,
  'seal-history': sealHistory,
  'keep-deadlines': keepDeadlinesJob,
  'tidy-files': tidyFiles,
  'watch-deadlines': watchDeadlines,
}
