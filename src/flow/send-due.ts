import pMap from 'p-map'
import type { App } from '../app.ts'
import { pushBack } from '../flow.ts'
import { admitWritings } from './admit-writings.ts'

/** No more is claimed than is sent at once: what waits under a lease would count as sent when the lease runs out. */
const concurrency = 4

/**
 * Takes in what was written, and sends what is due until nothing is. What another row of the same directive holds up
 * comes in a later round.
 */
export async function sendDue(app: App): Promise<void> {
  await admitWritings(app)
  for (;;) {
    if (await isBehind(app)) return
    const now = app.clock.now()
    const asked = await app.store.pauses.mayBeAsked(app.sources.keys(), now)
    const sends = await app.store.outbox.claimDue(app.worker, concurrency, asked, now)
    if (sends.length === 0) return
    // A store that loses what a source was told is then behind what is known of it, though no tick went by.
    if (sends.some(({ kind }) => kind !== 'status')) await app.store.life.raise().catch(() => {})
    await pMap(sends, (send) => pushOne(app, send), { concurrency })
  }
}

/**
 * Another process may have told a source what the store has lost since: the keys know of it, and the machine. Of keys that are
 * away the sweep tells; they keep nothing waiting.
 */
async function isBehind({ store }: App): Promise<boolean> {
  return (await store.life.look(false).catch(() => null)) !== null
}

async function pushOne(app: App, send: Parameters<typeof pushBack>[1]): Promise<void> {
  try {
    await pushBack(app, send)
  } catch (error) {
    // A mistake of ours in one row holds up no other; its lease runs out, and its state says whether it may have left.
    app.log.sendingFailed({ source: send.source, outbox: send.id, kind: send.kind, error })
  }
}
