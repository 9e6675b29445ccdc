import pMap from 'p-map'
import type { App } from '../app.ts'
import type { FileSize } from '../store/file-claims.ts'
import { followCalendar } from './calendar-deadlines.ts'
import { fetchLater, settle } from './settling.ts'

export const rowsAtOnce = 20
const concurrency = 4

/** Takes some of the messages that failed, nearest deadline first; null where none is due. */
export async function claimMessages(app: App): Promise<(() => Promise<void>) | null> {
  const claims = await app.store.claims.claimDue(app.worker, rowsAtOnce, await asked(app))
  if (claims.length === 0) return null
  return async () => {
    await followCalendar(app)
    await pMap(claims, (claim) => settle(app, claim), { concurrency })
  }
}

/** Takes some of the files that are waited for, nearest deadline first; null where none is due. */
export async function claimFiles(app: App, size: FileSize): Promise<(() => Promise<void>) | null> {
  const claims = await app.store.fileClaims.claimDue(app.worker, rowsAtOnce, size, await asked(app))
  if (claims.length === 0) return null
  return async () => {
    await pMap(claims, (claim) => fetchLater(app, claim), { concurrency })
  }
}

function asked({ store, sources, clock }: App): Promise<string[]> {
  return store.pauses.mayBeAsked(sources.keys(), clock.now())
}
