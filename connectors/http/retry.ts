import { setTimeout as pause } from 'node:timers/promises'
import pRetry from 'p-retry'
import { isRetryable } from '../connector.ts'
import { ExchangeFailure } from './exchange.ts'

export interface Retries {
  readonly times: number
  readonly firstPauseMs: number
  readonly maxPauseMs: number
}

/**
 * Reads again what failed for a reason that may pass; never for a send. `isRenewed` says whether the secret that was
 * refused has been replaced since.
 */
export function again<T>(
  retries: Retries,
  attempt: () => Promise<T>,
  isRenewed: () => boolean,
): Promise<T> {
  return pRetry(attempt, {
    retries: retries.times,
    minTimeout: retries.firstPauseMs,
    maxTimeout: retries.maxPauseMs,
    randomize: true,
    shouldRetry: async ({ error }) => {
      if (!(error instanceof ExchangeFailure)) return false
      if (error.failure.word === 'unauthorized' && isRenewed()) return true
      if (!isRetryable(error.failure.word)) return false
      // Asked to wait longer than a read may take, give up: the next pass comes later anyway.
      if (error.retryAfterMs > retries.maxPauseMs) return false
      await pause(error.retryAfterMs)
      return true
    },
  })
}
