import { setTimeout as pause } from 'node:timers/promises'

/** Starts of requests at least this far apart. */
export function paced(pauseMs: number): () => Promise<void> {
  let free = 0
  return async () => {
    const now = performance.now()
    const start = Math.max(now, free)
    free = start + pauseMs
    if (start > now) await pause(start - now)
  }
}
