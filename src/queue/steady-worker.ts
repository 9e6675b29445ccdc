import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ConnectionOptions,
  type IQueueBackend,
  type JobProgress,
  type RedisQueueBackend,
  Worker,
} from 'bullmq'

/** What a ring leaves for the boards: what was done under it, how that ended, and how long it took. */
export interface Ending {
  readonly job?: string
  readonly ended: string
  readonly ms?: number
}

/** Soon enough for whoever waits, and no load for a queue that refuses. */
const restMs = 1_000

/**
 * BullMQ rests after errors of the connection alone. Of a queue that answers and refuses its loop would ask as fast as
 * the answers come, and keep one core busy.
 */
export class SteadyWorker<
  B extends IQueueBackend = RedisQueueBackend,
  Connection = ConnectionOptions,
> extends Worker<Record<string, never>, Ending, string, B, JobProgress, Connection> {
  protected override async moveToActive(token: string, name?: string) {
    try {
      return await super.moveToActive(token, name)
    } catch (error) {
      await sleep(restMs)
      throw error
    }
  }

  /** What it waits without saying how long is the pause after a failed wait for jobs. */
  override delay(...[milliseconds, controller]: Parameters<Worker['delay']>): Promise<void> {
    return super.delay(milliseconds ?? restMs, controller)
  }
}
