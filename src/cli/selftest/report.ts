/** What runs showed, as a table: one line each. */
import { isClean } from './counters.ts'
import type { StrikeKind } from './plan.ts'
import type { Trial } from './trial.ts'

/** What the service promises of its return, in milliseconds; anything else is only told. */
export const promises: readonly {
  readonly title: string
  readonly kinds: readonly StrikeKind[]
  readonly withinMs: number
}[] = [
  { title: 'killed', kinds: ['workerKilled'], withinMs: 30_000 },
  { title: 'stopped', kinds: ['workerStopped'], withinMs: 30_000 },
  { title: 'terminated', kinds: ['workerTerminated'], withinMs: 30_000 },
  { title: 'Postgres back', kinds: ['postgresStopped', 'postgresFull'], withinMs: 30_000 },
  { title: 'Redis back', kinds: ['queueKilled', 'queueRestarted'], withinMs: 30_000 },
  { title: 'queue emptied', kinds: ['queueEmptied', 'queueDropped'], withinMs: 60_000 },
  { title: 'queue willing', kinds: ['queueRefused'], withinMs: 30_000 },
  { title: 'table free', kinds: ['tableLocked'], withinMs: 30_000 },
  { title: 'went back', kinds: ['wentBack', 'failedOver'], withinMs: 30_000 },
  { title: 'all restarted', kinds: ['workersRestarted'], withinMs: 30_000 },
  { title: 'clock right', kinds: ['clockStepped'], withinMs: 30_000 },
]

export interface Worst {
  /** While nothing else struck; null where it never came to that. */
  readonly aloneMs: number | null
  readonly anyMs: number | null
  readonly times: number
}

export function worstOf(trial: Trial, kinds: readonly StrikeKind[]): Worst {
  const all = trial.struck.filter(({ kind }) => kinds.includes(kind))
  const most = (some: readonly { recoveryMs: number | null }[]) => {
    const times = some.flatMap(({ recoveryMs }) => recoveryMs ?? [])
    return times.length === 0 ? null : Math.max(...times)
  }
  return { aloneMs: most(all.filter(({ alone }) => alone)), anyMs: most(all), times: all.length }
}

/** Titles of what took longer than promised, while nothing else struck. */
export function brokenPromises(trial: Trial): string[] {
  return promises
    .filter(({ kinds, withinMs }) => (worstOf(trial, kinds).aloneMs ?? 0) > withinMs)
    .map(({ title }) => title)
}

const counterTitles = {
  lost: 'lost',
  duplicated: 'dupl.',
  unexpected: 'unexp.',
  exposed: 'exposed',
  unacknowledged: 'unack.',
  leaked: 'leaked',
  stuck: 'stuck',
  unbalanced: 'unbal.',
  unkept: 'unkept',
  verbose: 'verbose',
} as const

export function reportTable(trials: readonly Trial[]): {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
} {
  const names = Object.keys(counterTitles) as (keyof typeof counterTitles)[]
  return {
    header: [
      ...['seed', 'queue', 'minutes', 'faults'],
      ...names.map((name) => counterTitles[name]),
      ...promises.map(({ title }) => `${title} s`),
      ...['settled s', 'margin h', 'slowest s', 'staged', 'replies', 'asked'],
      ...['lines/min', 'worst min', 'clock', 'result'],
    ],
    rows: trials.map((trial) => [
      ...[trial.seed, trial.queue, trial.minutes, trial.struck.length].map(String),
      ...names.map((name) => String(trial.counters[name])),
      ...promises.map(({ kinds }) => shown(worstOf(trial, kinds))),
      seconds(trial.settledMs),
      String(trial.worstMarginHours ?? '–'),
      String(trial.slowestSeconds ?? '–'),
      ...[trial.staged, trial.repliesArrived, trial.asked].map(String),
      trial.lines.map(({ perMinute }) => perMinute).join(', '),
      trial.lines.map(({ troubles }) => troubles).join(', '),
      trial.clocksStepped ? 'stepped' : 'no libfaketime',
      isClean(trial.counters) ? 'ok' : 'NOT OK',
    ]),
  }
}

/** Alone, and in brackets the worst of all where something else struck too. */
function shown({ aloneMs, anyMs }: Worst): string {
  return anyMs === aloneMs ? seconds(aloneMs) : `${seconds(aloneMs)} (${seconds(anyMs)})`
}

function seconds(ms: number | null): string {
  return ms === null ? '–' : (ms / 1000).toFixed(1)
}
