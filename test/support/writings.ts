import { manualClock } from '#src/domain/clock.ts'
import { admitWritings } from '#src/flow/admit-writings.ts'
import { openLog } from '#src/log.ts'
import type { Store } from '#src/store/store.ts'
import { now } from './store.ts'

/** What the running service does with what was written through schema `tracking`. */
export async function admitWaiting(store: Store): Promise<void> {
  const log = openLog({ level: 'silent' })
  await admitWritings({ store, sources: new Map(), clock: manualClock(now), log })
}

/** What remains of what was not admitted, for a person. */
export async function notAdmittedIn(store: Store): Promise<{ act: string; cause: string }[]> {
  const { rows } = await store.db.raw(`select act, cause from sync.not_admitted order by at, act`)
  return rows
}
