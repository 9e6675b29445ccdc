import pMap from 'p-map'
import type { App } from '../app.ts'
import { pushBack } from '../flow.ts'

const rowsAtOnce = 20
const concurrency = 4

/** Sends what is due until nothing is. What another row of the same directive holds up comes in a later round. */
export async function sendDue(app: App): Promise<void> {
  for (;;) {
    const sends = await app.store.outbox.claimDue(app.worker, rowsAtOnce)
    if (sends.length === 0) return
    await pMap(sends, (send) => pushBack(app, send), { concurrency })
  }
}
