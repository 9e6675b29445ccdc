/**
 * One run: the real service as worker processes of its own, a source with both faces, people who answer, and faults
 * by seed. When they are over nobody touches anything; then the store is held against what the source knows.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Counters, compared, wrongIn } from './counters.ts'
import { mostTroublesAMinute } from './log-lines.ts'
import { openOffice, settleWentBack } from './office.ts'
import { planOf } from './plan.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'
import { type Say, type Struck, strikeAll } from './striking.ts'
import {
  acknowledgedAt,
  acknowledgedWrongly,
  arrivedAt,
  eligibleAt,
  heldIn,
  isOfAxis,
  isOpenSend,
  leaksIn,
  type Margins,
  marginsOf,
  stuckIn,
  unbalancedIn,
  writtenIn,
} from './truth.ts'
import { Forgotten } from './went-back.ts'

export interface Trial extends Margins {
  readonly seed: number
  readonly minutes: number
  readonly queue: StageOptions['queue']
  readonly counters: Counters
  /** What the first of them count, by name. */
  readonly wrong: ReturnType<typeof wrongIn>
  readonly struck: readonly Struck[]
  /** How often the source did what wrong. */
  readonly sourceFaults: Readonly<Record<string, number>>
  readonly staged: number
  readonly repliesWritten: number
  readonly repliesArrived: number
  /** Replies that wait for a person, because nobody can know whether they arrived. */
  readonly asked: number
  readonly stuckRows: Readonly<Record<string, number>>
  /** Ends of a worker that nobody asked for. */
  readonly endedByThemselves: number
  /** From the last fault until everything was at rest; null where it never was. */
  readonly settledMs: number | null
  /** Of each worker. */
  readonly lines: readonly Lines[]
  /** Whether a worker's clock could be made to step. */
  readonly clocksStepped: boolean
  readonly seconds: number
}

interface Lines {
  readonly perMinute: number
  /** Of the minute with most of them. */
  readonly troubles: number
  readonly events: Readonly<Record<string, number>>
}

export interface TrialOptions extends StageOptions {
  readonly say: Say
}

export async function runTrial(options: TrialOptions): Promise<Trial> {
  const { seed, minutes, queue, leaseMs, say } = options
  const from = performance.now()
  await using stage = await openStage(options)
  for (const worker of stage.workers) await worker.untilStarted()
  const publicNow = () => new Set(eligibleAt(stage, stage.clock.now(), 'may'))
  const office = openOffice(stage.app, publicNow)
  const forgotten = new Forgotten()
  let struck: Struck[]
  try {
    struck = await strikeAll(stage, planOf({ seed, minutes, leaseMs, queue }), forgotten, say)
  } finally {
    await office.close()
  }
  const must = eligibleAt(stage, stage.clock.now(), 'must')
  say('no more faults')
  const settledMs = await untilAtRest(stage, publicNow)
  const restedAt = stage.clock.now()
  const endedByThemselves = stage.workers.reduce((sum, worker) => sum + worker.endedByItself, 0)
  await Promise.all(stage.workers.map((worker) => worker.close()))
  say('every process has ended')

  const [held, written, stuckRows] = [
    await heldIn(stage),
    await writtenIn(stage),
    await stuckIn(stage, restedAt),
  ]
  const arrived = arrivedAt(stage)
  const may = publicNow()
  const sides = {
    ...{ must, may, held, written, arrived },
    acknowledgedWrongly: acknowledgedWrongly(stage),
    acknowledged: acknowledgedAt(stage),
    acknowledges: isOfAxis,
    forgotten,
  }
  const lines = stage.workers.map(({ lines: read }): Lines => {
    const worst = read.worstMinute()
    return { perMinute: read.perMinute(), troubles: worst.lines, events: worst.events }
  })
  return {
    ...{ seed, minutes, queue, struck, stuckRows, endedByThemselves, settledMs },
    counters: {
      ...compared(sides),
      leaked: await leaksIn(stage),
      stuck: Object.values(stuckRows).reduce((sum, n) => sum + n, 0) + (settledMs === null ? 1 : 0),
      unbalanced: await unbalancedIn(stage, forgotten.readings),
      unkept: struck.reduce((sum, { unkept }) => sum + unkept.length, 0),
      verbose: lines.filter(({ troubles }) => troubles > mostTroublesAMinute).length,
    },
    lines,
    clocksStepped: stage.fakeTime !== null,
    wrong: wrongIn(sides),
    sourceFaults: stage.simulator.faults.counts(),
    staged: held.filter(({ shown }) => shown).length,
    repliesWritten: written.length,
    repliesArrived: arrived.length,
    asked: written.filter(({ state }) => state === 'unconfirmed').length,
    ...(await marginsOf(stage)),
    seconds: Math.round((performance.now() - from) / 1000),
  }
}

/** Longest pauses of a retry are ten minutes; what needs more is stuck. */
const patienceMs = 660_000
const lookMs = 250

/** Until both readings of every source that began after the faults have ended well, and nothing is open. */
async function untilAtRest(
  stage: Stage,
  publicNow: () => ReadonlySet<string>,
): Promise<number | null> {
  const from = performance.now()
  const since = stage.clock.now()
  const wanted = stage.app.sources.size * 2
  for (; performance.now() - from < patienceMs; await sleep(lookMs)) {
    await settleWentBack(stage.app, publicNow)
    const [row] = await stage.ask<{ readings: number; open: number }>(
      `select (select count(distinct source || kind) from sync.pass where kind in ('head', 'deep') and state = 'done' and opened_at > :since) as readings,
         (select count(*) from sync.intake where state in ('failed', 'deferred')) + (select count(*) from sync.directive_file where state = 'waiting') + (select count(*) from sync.outbox o where ${isOpenSend})
         + (select count(*) from sync.pass where kind in ('backfill', 'resync') and state in ('due', 'running'))
         + (select count(*) from sync.directive where withheld_itself in ('restored', 'purgeLost')) as open`,
      { since },
    )
    if (row!.readings === wanted && row!.open === 0) return Math.round(performance.now() - from)
  }
  return null
}
