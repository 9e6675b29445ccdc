import pMap from 'p-map'
import type { App } from '../app.ts'
import { pushBack } from '../flow.ts'

/** No more is claimed than is sent at once: what waits under a lease would count as sent when the lease runs out. */
export const sendsAtOnce = 4
const patienceMs = 2_000

/** Takes a few sends that are due; null where there are none. What a row of the same directive holds up comes later. */
export async function claimSends(app: App): Promise<(() => Promise<void>) | null> {
  if (await isBehind(app)) return null
  const now = app.clock.now()
  const asked = await app.store.pauses.mayBeAsked(app.sources.keys(), now)
  const sends = await app.store.outbox.claimDue(app.worker, sendsAtOnce, asked, now)
  if (sends.length === 0) return null
  // A store that loses what a source was told is then behind what is known of it, though no tick went by.
  if (sends.some(({ kind }) => kind !== 'status')) await inTime(app.store.life.raise())
  return async () => {
    await pMap(sends, (send) => pushOne(app, send), { concurrency: sendsAtOnce })
  }
}

/**
 * Another process may have told a source what the store has lost since: the keys know of it, and the machine. Of keys that are
 * away the sweep tells; they keep nothing waiting.
 */
async function isBehind({ store }: App): Promise<boolean> {
  return (await inTime(store.life.look(false))) !== null
}

/** A database of keys that hangs keeps no reply waiting. Null: it did not answer. */
async function inTime<T>(asked: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs)
  })
  try {
    return await Promise.race([asked.catch(() => null), late])
  } finally {
    clearTimeout(timer)
  }
}

async function pushOne(app: App, send: Parameters<typeof pushBack>[1]): Promise<void> {
  try {
    await pushBack(app, send)
  } catch (error) {
    // A mistake of ours in one row holds up no other; its lease runs out, and its state says whether it may have left.
    app.log.sendingFailed({ source: send.source, outbox: send.id, kind: send.kind, error })
  }
}
