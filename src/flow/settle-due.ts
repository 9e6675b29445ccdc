import pMap from 'p-map'
import type { App } from '../app.ts'
import { followCalendar } from './calendar-deadlines.ts'
import { settle } from './settling.ts'

const rowsAtOnce = 20
const concurrency = 4

/** Takes up what failed or still misses files until nothing is due. */
export async function settleDue(
  app: App,
  files: { largerThan: number } | { upTo: number },
): Promise<void> {
  await followCalendar(app)
  for (;;) {
    const asked = await app.store.pauses.mayBeAsked(app.sources.keys(), app.clock.now())
    const claims = await app.store.claims.claimDue(app.worker, rowsAtOnce, files, asked)
    if (claims.length === 0) return
    await pMap(claims, (claim) => settle(app, claim), { concurrency })
  }
}
