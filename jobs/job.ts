/**
 * THE DOOR. A job is a kind of work whose truth is in Postgres: it says in which lane it is done and how one piece of it
 * is claimed, and walks through one step of the flow with that. A throw is a mistake of ours; what was claimed is taken
 * up again when its lease is over.
 */
import type { App, JobName } from '#src/app.ts'
import type { Due } from '#src/store/due.ts'

/** Hands of their own for each, so that a backlog of one kind never holds up another (docs/decisions/0015). */
export type Lane = 'urgent' | 'normal' | 'large' | 'send' | 'upkeep'

export interface Job {
  readonly name: JobName
  readonly lane: Lane
  /** How many of the lane's hands it may have in one process; left out: all. */
  readonly most?: number
  /** What follows from a piece of it is rung for; left out: there may be more of its lane when one is done. */
  readonly ringsOn?: true
  /** How many pieces there may be, by what the store showed of everything at once. */
  pieces(due: Due): number
  /** Takes one piece under a lease, the most urgent first; null where there is none. */
  claim(app: App): Promise<Piece | null>
}

/** Carries it out. What it returns says in one word how it ended, where that is not just "done". */
export type Piece = () => Promise<unknown>
