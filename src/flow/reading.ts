import type { Source } from '../app.ts'
import type { Pass } from '../store/passes.ts'
import type { Decided, Followed, Refusal } from './admission.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Tally } from './tally.ts'

/** One look at one window of one source: a reading that stages, or one that only looks what would be staged. */
export interface Reading {
  readonly pass: Pick<Pass, 'id' | 'source' | 'kind' | 'from' | 'until' | 'resyncId' | 'beganAt'>
  readonly source: Source
  readonly tally: Tally
  readonly heartbeat: Pick<Heartbeat, 'check'>
  /** What a decision of the gate leads to. */
  follow(decided: Decided): Promise<Followed>
  /** Its source's list alone was enough to refuse it. */
  refused(refusal: Refusal): void
  /** The last page that showed rows, as its source names it; null for the first. */
  listedTo(): string | null
  /** What was called secret since the last time goes out of every view, whatever becomes of the rest. */
  withholdSoFar(): Promise<void>
}
