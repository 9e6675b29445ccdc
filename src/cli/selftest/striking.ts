/** Carries out a fault and measures how the service comes back from it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { failingStart } from './failing-start.ts'
import type { Plan, Strike } from './plan.ts'
import { dropQueue, refuse } from './queue-faults.ts'
import { howMuch, type InHand, inHand, untilAtWork, untilRetaken } from './recovery.ts'
import type { Stage } from './stage.ts'
import { lockTable } from './table-lock.ts'
import { type Forgotten, failOver, turnBack, type Unkept, type Verdict } from './went-back.ts'
import type { WorkerProcess } from './worker-process.ts'

export interface Struck {
  readonly kind: Strike['kind']
  /** Nothing else struck between its beginning and the service's recovery. */
  readonly alone: boolean
  /** What was waited for; null where there was nothing in hand, so nothing to recover. */
  readonly recovered: 'retaken' | 'atWork' | null
  readonly recoveryMs: number | null
  /** Until the last of it was in other hands, its wait in line included. */
  readonly allMs?: number
  /** What it took longest to recover. */
  readonly last: string
  /** What is promised of this very fault and was not kept. */
  readonly unkept: readonly (Unkept | 'silentStart')[]
}

/** Every fault alone, then all of them by the plan's own times. */
export async function strikeAll(
  stage: Stage,
  plan: Plan,
  forgotten: Forgotten,
  say: Say,
): Promise<Struck[]> {
  const watch = new Overlaps()
  const struck: Struck[] = []
  const carryOut = async (one: Strike) => {
    say(worded(one))
    const span = watch.begin()
    const recovery = await strike(stage, one, forgotten)
    const alone = watch.end(span)
    struck.push({ kind: one.kind, alone, unkept: [], ...recovery })
    if (recovery.unkept?.length) say(`${one.kind} ${one.target} NOT KEPT: ${recovery.unkept}`)
    if (recovery.recoveryMs !== null)
      say(
        `${one.kind} ${one.target} ${recovery.recovered} ${recovery.recoveryMs} ms ${recovery.last}`,
      )
  }
  for (const one of plan.alone) await carryOut(one)

  stage.simulator.faults.set(plan.noise)
  const begun = performance.now()
  const lanes = Map.groupBy(plan.together, ({ strike: { target } }) => target)
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const { atMs, strike: one } of lane) {
        await sleep(Math.max(0, begun + atMs - performance.now()))
        if (performance.now() - begun > plan.togetherMs) return
        await carryOut(one)
      }
    }),
  )
  await sleep(Math.max(0, begun + plan.togetherMs - performance.now()))
  stage.simulator.faults.clear()
  return struck
}

function worded(one: Strike): string {
  return Object.values(one)
    .filter((value) => typeof value !== 'object')
    .join(' ')
}

export type Say = (line: string) => void

type Recovery = Pick<Struck, 'recovered' | 'recoveryMs' | 'allMs' | 'last'> &
  Partial<Pick<Struck, 'unkept'>>

const nothing: Recovery = { recovered: null, recoveryMs: null, last: '' }

async function strike(stage: Stage, one: Strike, forgotten: Forgotten): Promise<Recovery> {
  const { postgres, redis, simulator } = stage
  switch (one.kind) {
    case 'workerKilled': {
      const worker = workerOf(stage, one)
      const held = await caughtWithWork(stage, worker)
      await worker.end('SIGKILL')
      return retaken(stage, held)
    }
    case 'workerStopped': {
      const worker = workerOf(stage, one)
      const held = await caughtWithWork(stage, worker)
      worker.stop()
      const [recovery] = await Promise.all([
        retaken(stage, held),
        sleep(one.forMs).then(() => worker.goOn()),
      ])
      return recovery
    }
    case 'workerTerminated': {
      const worker = workerOf(stage, one)
      const held = await caughtWithWork(stage, worker)
      await worker.end('SIGTERM')
      return retaken(stage, held)
    }
    case 'clockStepped':
      await stage.fakeTime?.step(one.to)
      await sleep(one.forMs)
      await stage.fakeTime?.step('+0')
      return atWork(stage)
    case 'workersRestarted':
      await Promise.all(stage.workers.map((worker) => worker.end('SIGTERM')))
      return atWork(stage)
    case 'startFailed':
      return (await failingStart(stage, one.because))
        ? nothing
        : { ...nothing, unkept: ['silentStart'] }
    case 'tableLocked':
      await lockTable(postgres.urlOf('chidao'), one.table, one.forMs)
      return atWork(stage)
    case 'wentBack':
      return atWorkAnd(stage, await turnBack(stage, one.forMs, forgotten))
    case 'failedOver':
      return atWorkAnd(stage, await failOver(stage))
    case 'postgresStopped':
      await postgres.stopAtOnce()
      await sleep(one.forMs)
      await postgres.startAgain()
      return atWork(stage)
    case 'postgresFull':
      await postgres.fillUp(one.forMs)
      return atWork(stage)
    case 'queueKilled':
      await redis?.end('SIGKILL')
      await sleep(one.forMs)
      await redis?.startAgain()
      return atWork(stage)
    case 'queueRestarted':
      await redis?.end('SIGTERM')
      await redis?.startAgain()
      return atWork(stage)
    case 'queueEmptied':
      await stage.emptyQueue()
      return atWork(stage)
    case 'queueRefused':
      await refuse(stage, one.how, one.forMs)
      return atWork(stage)
    case 'queueDropped':
      await dropQueue(stage)
      return atWork(stage)
    case 'sourceAway':
      await simulator.outage(one.forMs)
      return atWork(stage)
    case 'sourceFaulty': {
      const { plan } = simulator.faults
      simulator.faults.set(one.faults)
      await sleep(one.forMs)
      simulator.faults.set(plan)
      return nothing
    }
  }
}

function workerOf({ workers }: Stage, { target }: Strike): WorkerProcess {
  return workers[target === 'worker 1' ? 0 : 1]!
}

const waitForWorkMs = 3000

/** Where it can be had, the moment is one in which the worker holds something. */
async function caughtWithWork(stage: Stage, worker: WorkerProcess) {
  await worker.untilStarted()
  const lease = worker.lease!
  for (const until = performance.now() + waitForWorkMs; ; await sleep(10)) {
    const held = await inHand(stage, lease)
    if (howMuch(held) > 0 || performance.now() > until) return held
  }
}

/** Asked again first: between the look and the signal it may have finished, or taken more. */
async function retaken(stage: Stage, before: InHand): Promise<Recovery> {
  const held = await inHand(stage, before.lease)
  if (howMuch(held) === 0) return nothing
  const { ms, allMs, last } = await untilRetaken(stage, held)
  return { recovered: 'retaken', recoveryMs: ms, allMs, last }
}

async function atWork(stage: Stage): Promise<Recovery> {
  return { recovered: 'atWork', recoveryMs: await untilAtWork(stage), last: '' }
}

async function atWorkAnd(stage: Stage, verdict: Verdict): Promise<Recovery> {
  const [recovery, unkept] = await Promise.all([atWork(stage), verdict()])
  return { ...recovery, unkept }
}

/** Which of several spans of time nothing else touched. */
class Overlaps {
  readonly #open = new Set<{ touched: boolean }>()

  begin(): { touched: boolean } {
    const span = { touched: this.#open.size > 0 }
    for (const other of this.#open) other.touched = true
    this.#open.add(span)
    return span
  }

  end(span: { touched: boolean }): boolean {
    this.#open.delete(span)
    return !span.touched
  }
}
