import pMap from 'p-map'
import type { App } from '../app.ts'
import { followCalendar } from './calendar-deadlines.ts'
import { settle } from './settling.ts'

export const rowsAtOnce = 20
const concurrency = 4

/** Takes some of what failed or still misses files, nearest deadline first; null where nothing is due. */
export async function claimRows(
  app: App,
  files: { largerThan: number } | { upTo: number },
): Promise<(() => Promise<void>) | null> {
  const asked = await app.store.pauses.mayBeAsked(app.sources.keys(), app.clock.now())
  const claims = await app.store.claims.claimDue(app.worker, rowsAtOnce, files, asked)
  if (claims.length === 0) return null
  return async () => {
    await followCalendar(app)
    await pMap(claims, (claim) => settle(app, claim), { concurrency })
  }
}
