import type { App } from '#src/app.ts'
import { fetchDue, settleDue } from '#src/flow/settle-due.ts'
import type { Store } from '#src/store/store.ts'

const by = { actor: 'trực ban', reason: 'thử lại' }

/** Everything that failed, and every file that is waited for, is due now. */
export async function retryAll({ failures, directiveFiles }: Store): Promise<void> {
  await failures.retry(null, by, new Date())
  await directiveFiles.retry(null, by, new Date())
}

/** What is due of messages and of files, in this process. */
export async function settleAll(app: App): Promise<void> {
  await settleDue(app)
  await fetchDue(app, 'small')
  await fetchDue(app, 'large')
}
