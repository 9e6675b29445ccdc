/** Claims what is due and carries it out, as the claimer of a service would, in the order in which a test wants it. */
import { jobs } from '#jobs/index.ts'
import type { App, JobName } from '#src/app.ts'
import type { PullResult } from '#src/flow/pass.ts'
import { pull as pullClaimed } from '#src/flow.ts'
import type { PassKind } from '#src/store/passes.ts'
import { breakerIsOpen } from '#src/store/sources.ts'
import type { Store } from '#src/store/store.ts'

/** Carries out this kind of work until none is due. */
export async function carryOut(app: App, ...names: readonly JobName[]): Promise<void> {
  for (const { name, claim } of jobs) {
    if (!names.includes(name)) continue
    for (let piece = await claim(app); piece; piece = await claim(app)) await piece()
  }
}

export const sendDue = (app: App): Promise<void> => carryOut(app, 'admit-writings', 'send-outbox')

/** Opens the next windows of what administrators asked for. */
export async function runResyncs(app: App): Promise<void> {
  await app.store.resyncs.advance(app.clock.now())
}

/** What is due of messages and of files. */
export const settleAll = (app: App): Promise<void> =>
  carryOut(app, 'settle-intake', 'fetch-files', 'fetch-large-files')

const by = { actor: 'trực ban', reason: 'thử lại' }

/** Everything that failed, and every file that is waited for, is due now. */
export async function retryAll({ failures, directiveFiles }: Store): Promise<void> {
  await failures.retry(null, by, new Date())
  await directiveFiles.retry(null, by, new Date())
}

/** Takes this one reading; `notOurs` where it cannot be had. */
export async function pull(app: App, id: string): Promise<PullResult> {
  const sources = [...app.sources.keys()]
  const pass = await app.store.passes.claim(app.worker, { id, sources, at: app.clock.now() })
  return pass ? pullClaimed(app, pass) : 'notOurs'
}

/** What may be read now, urgent kinds first. */
export async function duePasses(
  { db }: Store,
  limit: number,
): Promise<{ id: string; kind: PassKind }[]> {
  const { rows } = await db.raw(
    `select id, kind from sync.pass where state = 'due' and sync.has_come(due_at, interval '300 seconds')
       and not exists (select from sync.source s where s.name = pass.source and ${breakerIsOpen('s')})
     order by array_position(array['head', 'deep', 'recheck', 'resync', 'backfill', 'rolling'], kind), window_until desc limit ?`,
    [limit],
  )
  return rows
}
