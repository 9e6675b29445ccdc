import type { App } from '../../app.ts'
import { nearHours } from '../../domain/alert.ts'
import { type AttentionAsked, totalOf } from '../../store/attention.ts'
import { lately } from './lately.ts'

const countedAnewMs = 5_000
const perApp = new WeakMap<App, (at: Date) => Promise<number>>()

/** How much waits for a person; every page says it, so it is not counted for each anew. */
export function needsAttention(app: App, at: Date): Promise<number> {
  let read = perApp.get(app)
  if (!read) {
    read = lately(countedAnewMs, async (now: Date) =>
      totalOf(await app.store.attention.counts(askedAt(app, now))),
    )
    perApp.set(app, read)
  }
  return read(at)
}

/** The one list, as every page, the badge and the metrics ask for it. */
export function askedAt(app: App, at: Date): AttentionAsked {
  return { at, near: app.alerts?.nearHours ?? nearHours }
}

/** After an act the old count would look as if nothing had been done. */
export function attentionChanged(app: App): void {
  perApp.delete(app)
}
