/** How long the service needs to be at work again, seen from outside: by what changes in the store. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'
import { isOpenSend } from './truth.ts'

const lookMs = 50
/** Longer than any promise; who needs more is reported with this. */
export const givenUpMs = 120_000

/** From now until every source is being asked again: a reading under way is renewed or taken anew, or one has ended. */
export async function untilAtWork(stage: Stage): Promise<number> {
  const from = performance.now()
  const values = { at: stage.clock.now(), leaseUntil: new Date(Date.now() + stage.options.leaseMs) }
  const names = [...stage.app.sources.keys()]
  return until(from, async () => {
    const rows = await stage.ask<{ source: string }>(
      `select distinct source from sync.pass where kind = 'head'
         and (state = 'running' and lease_until > :leaseUntil or state in ('done', 'open') and ended_at > :at)`,
      values,
    )
    return names.every((name) => rows.some(({ source }) => source === name))
  })
}

interface InHand {
  readonly lease: string
  /** Windows that it was reading. */
  readonly windows: readonly string[]
  readonly count: number
}

/** What this worker holds now. */
export async function inHand(stage: Stage, lease: string): Promise<InHand> {
  const [row] = await stage.ask<{ windows: string[] | null; rows: number }>(
    `select (select array_agg(${windowOf}) from sync.pass where state = 'running' and lease_owner = :lease) as windows, ${heldIntake} + ${heldSends} as rows`,
    { lease },
  )
  const windows = row?.windows ?? []
  return { lease, windows, count: windows.length + (row?.rows ?? 0) }
}

export interface Retaken {
  readonly ms: number
  /** What was waited for last. */
  readonly last: string
}

/** From now until others have its rows, its sends and its head readings, and its other readings are back in line. */
export async function untilRetaken(
  stage: Stage,
  { lease, windows }: { readonly lease: string; readonly windows: readonly string[] },
): Promise<Retaken> {
  let last = ''
  const ms = await until(performance.now(), async () => {
    const [row] = await stage.ask<Record<string, number | string[] | null>>(
      `select (select count(*) from sync.pass where state = 'running' and lease_owner = :lease) as "readings under its lease",
         (select count(*) from sync.pass where kind = 'head' and state = 'due' and due_at <= clock_timestamp() and attempts > 0 and ${windowOf} = any (:windows)) as "head readings in line",
         (select count(*) from sync.intake where state in ('failed', 'pending') and due_at <= clock_timestamp()) as "all messages due",
         (select count(*) from sync.outbox o where ${isOpenSend} and due_at <= clock_timestamp()) as "all sends due",
         ${heldIntake} as messages, ${heldSends} as sends, (select array_agg(name) from sync.source where open_until > clock_timestamp()) as "closed to"`,
      { lease, windows: [...windows] },
    )
    const left = Object.entries(row!).filter(([, n]) => n !== 0 && n !== null)
    if (left.every(([what]) => what === 'closed to' || what.startsWith('all'))) return true
    last = left.map(([what, n]) => `${what} ${n}`).join(', ')
    return false
  })
  return { ms, last }
}

const windowOf = `concat_ws(' ', source, kind, window_from, opened_at)`

const heldIntake = `(select count(*) from sync.intake where state in ('failed', 'pending', 'deferred') and lease_owner = :lease and lease_until is not null)`
const heldSends = `(select count(*) from sync.outbox where state in ('sending', 'unconfirmed') and lease_owner = :lease and lease_until is not null)`

async function until(from: number, over: () => Promise<boolean>): Promise<number> {
  for (;;) {
    const passed = performance.now() - from
    if (passed > givenUpMs || (await over())) return Math.round(performance.now() - from)
    await sleep(lookMs)
  }
}
