import type { PlannedTurn } from '#config/schedule.ts'
import type { Lane } from '#jobs/job.ts'
import type { App } from '../app.ts'
import { watchStore } from '../flow/went-back.ts'
import { lanes, within } from '../queue.ts'
import type { Look } from '../store/due.ts'
import { type Done, openHands } from './hands.ts'

export interface Claiming {
  readonly planned: readonly PlannedTurn[]
  readonly everyMs: number
  /** Told at a sweep when the queue has carried nothing for long. */
  readonly onSilence: () => void
}

export interface Claimer {
  /** There may be something due in this lane: what hands are free for is claimed. */
  wake(lane: Lane): void
  /** A ring was heard: one piece of this lane is done before this resolves. Null: nothing due, or no hand free. */
  heed(lane: Lane): Promise<Done | null>
  /** Claims nothing more, and waits for what runs, so long. */
  close(graceMs: number): Promise<void>
}

/** A table that somebody has locked, or a database of keys that hangs, must not keep back what does without. */
const lookMs = 2_000
const watchMs = 5_000

/**
 * The one way in which a process finds work: it asks the store what is due, and its free hands claim that. It looks at
 * every sweep, when a schedule falls due, when a hand gets free, and when somebody rings.
 */
export function startClaimer(app: App, { planned, everyMs, onSilence }: Claiming): Claimer {
  const hands = openHands(app, wake)
  let closed = false
  let looking: Promise<Look> | null = null
  let round: Promise<Look | null> | null = null
  const wanted = new Set<Lane>()
  let watching: Promise<void> | null = null
  let nextSweep: NodeJS.Timeout | undefined
  let nextTurn: NodeJS.Timeout | undefined
  let sweeping = sweep()

  function wake(...inLanes: readonly Lane[]): void {
    if (closed) return
    for (const lane of inLanes) wanted.add(lane)
    if (!round) void takeUp()
  }

  function takeUp(): Promise<Look | null> {
    round ??= oneRound().finally(() => {
      round = null
      if (wanted.size > 0) wake()
    })
    return round
  }

  async function oneRound(): Promise<Look | null> {
    const inLanes = [...wanted]
    wanted.clear()
    const found = await look()
    if (closed) return null
    hands.takeUp(found?.due ?? null, inLanes)
    return found
  }

  /** Null where the store does not tell: then every kind of work is tried, since one locked table must not stop all. */
  async function look(): Promise<Look | null> {
    try {
      // One that is under way may have begun before what its caller comes for.
      if (looking && !(await within(looking, lookMs))) return null
      looking ??= app.store.look(planned, app.sources.keys()).finally(() => {
        looking = null
      })
      const mine = looking
      if (!(await within(mine, lookMs))) return null
      const found = await mine
      wakeAtNextTurn(found.nextTurnMs)
      return found
    } catch (error) {
      app.log.sweepFailed({ error })
      return null
    }
  }

  function wakeAtNextTurn(inMs: number | null): void {
    clearTimeout(nextTurn)
    if (closed || inMs === null || inMs > everyMs) return
    nextTurn = setTimeout(() => wake(...lanes), Math.max(1, Math.ceil(inMs)))
  }

  async function sweep(): Promise<void> {
    // Before anything is done under a store that may have lost commits.
    watching ??= watch().finally(() => {
      watching = null
    })
    await within(watching, watchMs)
    try {
      wake(...lanes)
      const found = await round
      if (found) await tend(found)
    } catch (error) {
      app.log.sweepFailed({ error })
    }
    if (closed) return
    nextSweep = setTimeout(() => {
      sweeping = sweep()
    }, everyMs)
  }

  /** The database of the keys may be away: what needs no key goes on. */
  async function watch(): Promise<void> {
    for (const step of [() => watchStore(app, app.clock.now()), () => app.store.life.raise()])
      await step().catch((error: unknown) => app.log.sweepFailed({ error }))
  }

  async function tend({ hasAbandoned, hasUnplanned, silentMs }: Look): Promise<void> {
    if (hasAbandoned) {
      const count = await app.store.passes.retakeExpired()
      if (count > 0) app.log.retaken({ count })
    }
    if (hasUnplanned) await app.store.schedules.keep(planned)
    if (hasAbandoned || hasUnplanned) wake(...lanes)
    if (silentMs !== null) onSilence()
    await app.store.sweepEnded()
  }

  return {
    wake,
    async heed(lane) {
      const found = closed ? null : await look()
      return hands.takeOne(lane, found?.due ?? null)
    },
    async close(graceMs) {
      closed = true
      hands.rest()
      clearTimeout(nextSweep)
      clearTimeout(nextTurn)
      await within(
        Promise.allSettled([sweeping, round, hands.empty()]).then(() => hands.empty()),
        graceMs,
      )
    },
  }
}
