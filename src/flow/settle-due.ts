import pMap from 'p-map'
import type { App } from '../app.ts'
import type { FileSize } from '../store/file-claims.ts'
import { followCalendar } from './calendar-deadlines.ts'
import { fetchLater, settle } from './settling.ts'

const rowsAtOnce = 20
const concurrency = 4

/** Takes up what failed until nothing is due. */
export async function settleDue(app: App): Promise<void> {
  await followCalendar(app)
  await untilNone(
    (asked) => app.store.claims.claimDue(app.worker, rowsAtOnce, asked),
    (claim) => settle(app, claim),
    app,
  )
}

/** Fetches what is waited for until nothing is due. */
export async function fetchDue(app: App, size: FileSize): Promise<void> {
  await untilNone(
    (asked) => app.store.fileClaims.claimDue(app.worker, rowsAtOnce, size, asked),
    (claim) => fetchLater(app, claim),
    app,
  )
}

async function untilNone<T>(
  claimDue: (asked: readonly string[]) => Promise<readonly T[]>,
  settleOne: (claim: T) => Promise<void>,
  { store, sources, clock }: App,
): Promise<void> {
  for (;;) {
    const asked = await store.pauses.mayBeAsked(sources.keys(), clock.now())
    const claims = await claimDue(asked)
    if (claims.length === 0) return
    await pMap(claims, settleOne, { concurrency })
  }
}
