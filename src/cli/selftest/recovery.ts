/** How long the service needs to be at work again, seen from outside: by what changes in the store. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'

const lookMs = 50
/** Longer than any promise; who needs more is reported with this. */
export const givenUpMs = 90_000

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

/** Named with the epoch of its lease: a worker that was only stopped goes on later, under leases of its own. */
export interface InHand {
  readonly lease: string
  readonly readings: readonly string[]
  /** Windows of its head readings. */
  readonly heads: readonly string[]
  readonly messages: readonly string[]
  readonly sends: readonly string[]
}

/** What this worker holds now. */
export async function inHand(stage: Stage, lease: string): Promise<InHand> {
  const [row] = await stage.ask<Omit<InHand, 'lease'>>(
    `select array(select ${epochOf} from sync.pass where state = 'running' and lease_owner = :lease) as readings,
       array(select ${windowOf} from sync.pass where kind = 'head' and state = 'running' and lease_owner = :lease) as heads,
       array(select ${epochOf} from sync.intake where ${openMessage} and lease_until is not null and lease_owner = :lease) as messages,
       array(select ${epochOf} from sync.outbox where ${openSend} and lease_until is not null and lease_owner = :lease) as sends`,
    { lease },
  )
  return { lease, ...row! }
}

export function howMuch({ readings, messages, sends }: InHand): number {
  return readings.length + messages.length + sends.length
}

export interface Retaken {
  /** Its leases are over, its head readings and the first of whatever else it held are in other hands. */
  readonly ms: number
  /** The last of it is, too: messages and sends wait in line with all others, the nearest deadline first. */
  readonly allMs: number
  /** What was waited for last. */
  readonly last: string
}

interface Left {
  readonly readings: number
  readonly heads: number
  /** Under a lease that is not over. */
  readonly leased: number
  readonly messages: number
  readonly sends: number
  readonly line: number
  readonly closed: string[] | null
}

export async function untilRetaken(stage: Stage, held: InHand): Promise<Retaken> {
  const from = performance.now()
  let last = ''
  let ms: number | null = null
  let before: Left | null = null
  const allMs = await until(from, async () => {
    const [left] = await stage.ask<Left>(selectLeft, { ...held })
    before ??= left!
    const first = left!.readings + left!.heads + left!.leased === 0 && isBegun(before, left!)
    if (first) ms ??= Math.round(performance.now() - from)
    const all = left!.readings + left!.heads + left!.messages + left!.sends === 0
    if (!all) last = worded(left!)
    return all
  })
  return { ms: ms ?? allMs, allMs, last }
}

function isBegun(before: Left, now: Left): boolean {
  return (['messages', 'sends'] as const).every(
    (what) => before[what] === 0 || now[what] < before[what],
  )
}

function worded(left: Left): string {
  return Object.entries(left)
    .filter(([, n]) => n !== 0 && n !== null)
    .map(([what, n]) => `${what} ${n}`)
    .join(', ')
}

const windowOf = `concat_ws(' ', source, kind, window_from, opened_at)`
const epochOf = `concat_ws(' ', id, lease_epoch)`
const openMessage = `state in ('failed', 'deferred')`
const openSend = `state in ('sending', 'unconfirmed')`

const heldMessages = `from sync.intake where ${openMessage} and lease_until is not null and ${epochOf} = any (:messages)`
const heldSends = `from sync.outbox where ${openSend} and lease_until is not null and ${epochOf} = any (:sends)`
const selectLeft = `select (select count(*) from sync.pass where state = 'running' and ${epochOf} = any (:readings)) as readings,
  (select count(*) from sync.pass where kind = 'head' and state = 'due' and due_at <= clock_timestamp() and attempts > 0 and ${windowOf} = any (:heads)) as heads,
  (select count(*) ${heldMessages} and lease_until > clock_timestamp()) + (select count(*) ${heldSends} and lease_until > clock_timestamp()) as leased,
  (select count(*) ${heldMessages}) as messages, (select count(*) ${heldSends}) as sends,
  (select count(*) from sync.intake where state = 'failed' and due_at <= clock_timestamp()) as line,
  (select array_agg(name) from sync.source where open_until > clock_timestamp()) as closed`

async function until(from: number, over: () => Promise<boolean>): Promise<number> {
  for (;;) {
    const passed = performance.now() - from
    if (passed > givenUpMs || (await over())) return Math.round(performance.now() - from)
    await sleep(lookMs)
  }
}
