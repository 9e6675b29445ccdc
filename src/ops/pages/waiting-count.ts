import type { App } from '../../app.ts'
import { lately } from './lately.ts'

const countedAnewMs = 5_000
const perApp = new WeakMap<App, (at: Date) => Promise<number>>()

/** How much waits for a person; every page says it, so it is not counted for each anew. */
export function needsAttention(app: App, at: Date): Promise<number> {
  let read = perApp.get(app)
  if (!read) {
    read = lately(countedAnewMs, async (now: Date) => {
      const counts = await app.store.attention.counts({ at: now })
      return Object.values(counts).reduce((sum, n) => sum + n, 0)
    })
    perApp.set(app, read)
  }
  return read(at)
}

/** After an act the old count would look as if nothing had been done. */
export function attentionChanged(app: App): void {
  perApp.delete(app)
}
