/** Takes commits away from a store under a service that runs, and remembers what is gone with them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../store/database.ts'
import type { Stage } from './stage.ts'
import { acknowledgedAt, arrivedAt, writtenIn } from './truth.ts'

/** What nobody can ask of a store that lost it. */
export class Forgotten {
  readonly directives = new Set<string>()
  readonly replies = new Set<string>()
  /** Under way meanwhile: what they count is in part not there. */
  readonly readings = new Set<string>()
}

export interface Judged {
  readonly generation: number
  /** How often the store was said to have lost commits. */
  readonly told: number
  /** Withheld because of that. */
  readonly withheld: number
}

/** What the service thinks of its store. */
export async function judged(stage: Stage): Promise<Judged> {
  const [row] = await stage.ask<Judged>(
    `select generation, (select count(*) from sync.history where event = 'storeWentBack') as told,
       (select count(*) from sync.directive where withheld_itself in ('restored', 'purgeLost')) as withheld from sync.life`,
  )
  return row!
}

/** Known some ticks after the service is back. */
export type Verdict = () => Promise<Unkept[]>

export type Unkept = 'unnoticed' | 'uncounted' | 'calledGoneBack'

const inFlightMs = 250
/** A tick or two, on a machine that has just started its Postgres; and a worker that somebody killed meanwhile. */
const noticedWithinMs = 60_000
const lookMs = 100

/**
 * The workers stand still from the look at what there is until it is gone, so that the look tells all of it: what they
 * told a source in between would be known to nobody.
 */
export async function turnBack(stage: Stage, byMs: number, forgotten: Forgotten): Promise<Verdict> {
  const { postgres, workers } = stage
  const kept = await postgres.keep()
  await sleep(byMs)
  for (const worker of workers) worker.stop()
  await sleep(inFlightMs)
  const before = await allOf(stage)
  await postgres.turnBack(kept)
  const after = await allOf(stage)
  const lost = [...before.directives].filter(([name]) => !after.directives.has(name))
  const lostReplies = before.replies.difference(after.replies)
  for (const [name] of lost) forgotten.directives.add(name)
  for (const name of lostReplies) forgotten.replies.add(name)
  for (const id of after.readings) forgotten.readings.add(id)
  const told = new Set([...acknowledgedAt(stage), ...arrivedAt(stage)])
  const isTold = [...lost.map(([name]) => name), ...lostReplies].some((name) => told.has(name))
  // Of each worker that stood still one count may be in the store, and not yet known of it.
  const isBehind = after.judged.generation < before.judged.generation - workers.length
  for (const worker of workers) worker.goOn()
  return async () => {
    // Where nobody ticked and no source was told of what is lost, there is nothing by which to know it.
    if (!isBehind && !isTold) return []
    if (!(await noticed(stage, after.judged))) return ['unnoticed']
    // Keys that went back as well cannot tell what there was; all that is left is withheld.
    if (!stage.keysServer) return []
    const ids = lost.map(([, id]) => id)
    return (await countOfLost(stage)) < (await withKeys(stage, ids)) ? ['uncounted'] : []
  }
}

/** Under the same address, with everything that it had: nothing of that is to be doubted. */
export async function failOver(stage: Stage): Promise<Verdict> {
  const before = await judged(stage)
  await stage.postgres.failOver()
  return async () => {
    for (const until = performance.now() + noticedWithinMs; performance.now() < until; ) {
      const now = await judged(stage)
      if (now.told > before.told || now.withheld > before.withheld) return ['calledGoneBack']
      // Whoever ticked first after it may have been at it before; the second has looked.
      if (now.generation > before.generation + 1) return []
      await sleep(lookMs)
    }
    return []
  }
}

async function allOf(stage: Stage) {
  const held = await stage.ask<{ name: string; id: string }>(
    `select source || ' ' || source_ref as name, id from sync.directive`,
  )
  const written = await writtenIn(stage)
  const running = await stage.ask<{ id: string }>(
    `select id from sync.pass where state = 'running'`,
  )
  return {
    readings: running.map(({ id }) => id),
    judged: await judged(stage),
    directives: new Map(held.map(({ name, id }) => [name, id])),
    replies: new Set(written.map(({ name }) => name)),
  }
}

async function noticed(stage: Stage, since: Judged): Promise<boolean> {
  for (const until = performance.now() + noticedWithinMs; performance.now() < until; ) {
    if ((await judged(stage)).told > since.told) return true
    await sleep(lookMs)
  }
  return false
}

/** As the alert tells it. */
async function countOfLost(stage: Stage): Promise<number> {
  const [row] = await stage.ask<{ lost: number }>(
    `select coalesce(directives_lost, 0) as lost from sync.life`,
  )
  return row!.lost
}

async function withKeys({ databases }: Stage, ids: readonly string[]): Promise<number> {
  const keys = openDatabase({ url: databases.keys, poolSize: 1 })
  try {
    const { rows } = await keys.raw(
      `select count(*) as n from directive_key where directive_id = any (:ids)`,
      { ids: [...ids] },
    )
    return rows[0].n
  } finally {
    await keys.destroy()
  }
}
