/** Which fault strikes what and when. All of it follows from the seed, so that a run can be repeated. */
import { type Draw, drawFrom } from '#connectors/simulator/draw.ts'
import { type FaultKind, type FaultPlan, faultKinds } from '#connectors/simulator/faults.ts'
import { type Reason, reasons } from './failing-start.ts'
import { hasFakeTime } from './fake-time.ts'
import type { Refusal } from './queue-faults.ts'
import { hotTables } from './table-lock.ts'

export type Target = 'worker 1' | 'worker 2' | 'workers' | 'postgres' | 'queue' | 'source'

export type Strike =
  /** SIGKILL; somebody starts it again a second later, as a supervisor would. */
  | { readonly kind: 'workerKilled'; readonly target: Target }
  /** SIGSTOP for longer than its leases, then SIGCONT. */
  | { readonly kind: 'workerStopped'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'workerTerminated'; readonly target: Target }
  /** Its clock shows another time, and the right one again. */
  | {
      readonly kind: 'clockStepped'
      readonly target: Target
      readonly forMs: number
      readonly to: string
    }
  /** All of them at once, and all of them are started again a second later. */
  | { readonly kind: 'workersRestarted'; readonly target: Target }
  /** One more worker is started, and cannot. */
  | { readonly kind: 'startFailed'; readonly target: Target; readonly because: Reason }
  /** Immediate shutdown, and a start that recovers. */
  | { readonly kind: 'postgresStopped'; readonly target: Target; readonly forMs: number }
  /** Every connection is ended, and others take all that there may be. */
  | { readonly kind: 'postgresFull'; readonly target: Target; readonly forMs: number }
  /** Somebody else's session holds a table that everything goes through. */
  | {
      readonly kind: 'tableLocked'
      readonly target: Target
      readonly forMs: number
      readonly table: (typeof hotTables)[number]
    }
  /** It goes on without what was committed in this time. */
  | { readonly kind: 'wentBack'; readonly target: Target; readonly forMs: number }
  /** It goes on elsewhere with everything. */
  | { readonly kind: 'failedOver'; readonly target: Target }
  /** It answers, and refuses. */
  | {
      readonly kind: 'queueRefused'
      readonly target: Target
      readonly forMs: number
      readonly how: Refusal
    }
  | { readonly kind: 'queueDropped'; readonly target: Target }
  | { readonly kind: 'queueKilled'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'queueRestarted'; readonly target: Target }
  | { readonly kind: 'queueEmptied'; readonly target: Target }
  | { readonly kind: 'sourceAway'; readonly target: Target; readonly forMs: number }
  | {
      readonly kind: 'sourceFaulty'
      readonly target: Target
      readonly forMs: number
      readonly faults: FaultPlan
    }

export type StrikeKind = Strike['kind']

export interface Plan {
  /** One after the other, each only when the one before is over. */
  readonly alone: readonly Strike[]
  /** Counted from their common beginning. Those of one target do not overlap; all others may. */
  readonly together: readonly { readonly atMs: number; readonly strike: Strike }[]
  readonly togetherMs: number
  /** What the source does wrong all the time while they strike together. */
  readonly noise: FaultPlan
}

export interface PlanOptions {
  readonly seed: number
  readonly minutes: number
  readonly leaseMs: number
  readonly queue: 'postgres' | 'redis' | 'none'
}

const aloneShare = 0.4
/** What a machine does that woke up, or that somebody set right. */
const steps = ['+7h', '-7h', '+26h', '-3h']
/** A standby that was a moment behind, one whose line was slow, and a copy of some minutes ago. */
const backMs = [500, 15_000, 120_000]
/** Of those with many forms, so many in a short run; the seed says which. */
const fewOfRare = 4
/** From here on every fault of the source has a turn of its own. */
const longMinutes = 4

export function planOf({ seed, minutes, leaseMs, queue }: PlanOptions): Plan {
  const draw = drawFrom(`faults ${seed}`)
  /** Troubles of a short run are short, so that as many fit in. */
  const pace = Math.min(1, Math.max(0.2, minutes / 10))
  const isLong = minutes >= longMinutes
  const make = strikes({ seed, leaseMs, pace, isLong, draw })
  const rare = [
    ...hotTables.map(make.tableLocked),
    ...backMs.map(make.wentBack),
    make.failedOver,
    ...make.refusals(queue),
    ...(hasFakeTime ? steps.map((to) => make.clockStepped(to)('worker 2')) : []),
    make.workersRestarted,
    ...reasons.map(make.startFailed),
  ]
  const alone = draw.some(
    [
      make.workerKilled('worker 1'),
      make.workerStopped('worker 2'),
      make.workerTerminated('worker 1'),
      make.postgresStopped(),
      make.postgresFull(),
      ...make.ofQueue(queue),
      make.sourceAway(),
      ...(isLong ? eachKind(make.sourceFaulty) : [make.sourceFaulty(faultKinds)]),
      ...(isLong ? rare : draw.some(rare, fewOfRare)),
    ],
    100,
  )
  const togetherMs = Math.round(minutes * 60_000 * (1 - aloneShare))
  const lane = (target: Target, gapMs: readonly [number, number], pick: () => Strike) =>
    laneOf(draw, togetherMs, [gapMs[0] * pace, gapMs[1] * pace], target, pick)
  const ofWorker = (target: Target, also: readonly ((target: Target) => Strike)[]) => () =>
    draw.pick([make.workerKilled, make.workerStopped, make.workerTerminated, ...also])(target)
  const stepped = hasFakeTime ? [make.clockStepped(draw.pick(steps))] : []
  return {
    alone,
    together: [
      ...lane('worker 1', [10_000, 35_000], ofWorker('worker 1', [])),
      ...lane('worker 2', [10_000, 35_000], ofWorker('worker 2', stepped)),
      ...lane('workers', [60_000, 150_000], () =>
        draw.chance(0.5) ? make.workersRestarted : make.startFailed(draw.pick(reasons)),
      ),
      ...lane('postgres', [20_000, 60_000], () =>
        draw.pick([
          make.postgresStopped,
          make.postgresFull,
          () => make.tableLocked(draw.pick(hotTables)),
          () => make.wentBack(draw.pick(backMs.filter((ms) => ms < togetherMs / 2))),
          () => make.failedOver,
        ])(),
      ),
      ...(queue === 'none'
        ? []
        : lane('queue', [15_000, 50_000], () =>
            draw.pick([...make.ofQueue(queue), ...make.refusals(queue)]),
          )),
      ...lane('source', [5000, 20_000], () =>
        draw.chance(0.3)
          ? make.sourceAway()
          : make.sourceFaulty(draw.some(faultKinds, draw.int(1, 4))),
      ),
    ].sort((a, b) => a.atMs - b.atMs),
    togetherMs,
    noise: {
      seed,
      rates: { serverError: 0.02, dropped: 0.02, answerLost: 0.05, latency: 0.05, cutJson: 0.01 },
    },
  }
}

function strikes(of: { seed: number; leaseMs: number; pace: number; isLong: boolean; draw: Draw }) {
  const { seed, leaseMs, pace, isLong, draw } = of
  const between = (least: number, most: number) => Math.round(draw.int(least, most) * pace)
  const queueKilled = (): Strike => ({
    kind: 'queueKilled',
    target: 'queue',
    forMs: between(1000, 10_000),
  })
  const queueEmptied: Strike = { kind: 'queueEmptied', target: 'queue' }
  const queueRestarted: Strike = { kind: 'queueRestarted', target: 'queue' }
  return {
    workersRestarted: { kind: 'workersRestarted', target: 'workers' } as Strike,
    failedOver: { kind: 'failedOver', target: 'postgres' } as Strike,
    startFailed: (because: Reason): Strike => ({ kind: 'startFailed', target: 'workers', because }),
    tableLocked: (table: (typeof hotTables)[number]): Strike => ({
      kind: 'tableLocked',
      target: 'postgres',
      forMs: between(2000, 12_000),
      table,
    }),
    wentBack: (byMs: number): Strike => ({
      kind: 'wentBack',
      target: 'postgres',
      forMs: isLong ? byMs : Math.max(500, byMs / 30),
    }),
    clockStepped:
      (to: string) =>
      (target: Target): Strike => ({
        kind: 'clockStepped',
        target,
        forMs: between(4000, 15_000),
        to,
      }),
    refusals: (queue: PlanOptions['queue']): Strike[] => {
      const refused = (how: Refusal): Strike => ({
        kind: 'queueRefused',
        target: 'queue',
        forMs: between(4000, 12_000),
        how,
      })
      return queue === 'redis'
        ? [refused('full'), refused('readOnly')]
        : queue === 'postgres'
          ? [refused('noRights'), { kind: 'queueDropped', target: 'queue' }]
          : []
    },
    workerKilled: (target: Target): Strike => ({ kind: 'workerKilled', target }),
    workerTerminated: (target: Target): Strike => ({ kind: 'workerTerminated', target }),
    workerStopped: (target: Target): Strike => ({
      kind: 'workerStopped',
      target,
      forMs: leaseMs + between(1000, 8000),
    }),
    postgresStopped: (): Strike => ({
      kind: 'postgresStopped',
      target: 'postgres',
      forMs: between(500, 10_000),
    }),
    postgresFull: (): Strike => ({
      kind: 'postgresFull',
      target: 'postgres',
      forMs: between(2000, 12_000),
    }),
    ofQueue: (queue: PlanOptions['queue']): Strike[] =>
      queue === 'redis'
        ? [queueKilled(), queueEmptied, queueRestarted]
        : queue === 'postgres'
          ? [queueEmptied]
          : [],
    sourceAway: (): Strike => ({
      kind: 'sourceAway',
      target: 'source',
      forMs: between(1000, 8000),
    }),
    sourceFaulty: (kinds: readonly FaultKind[]): Strike => ({
      kind: 'sourceFaulty',
      target: 'source',
      forMs: between(4000, 8000),
      faults: {
        seed: `${seed} ${draw.int(0, 1_000_000)}`,
        rates: Object.fromEntries(kinds.map((kind) => [kind, draw.int(10, 40) / 100])),
        latencyMs: [20, 400],
      },
    }),
  }
}

function eachKind(make: (kinds: readonly FaultKind[]) => Strike): Strike[] {
  return faultKinds.map((kind) => make([kind]))
}

function laneOf(
  draw: Draw,
  totalMs: number,
  [least, most]: readonly [number, number],
  target: Target,
  pick: () => Strike,
) {
  const planned: { atMs: number; strike: Strike }[] = []
  const gap = () => Math.round(least + draw.next() * (most - least))
  for (let atMs = gap(); atMs < totalMs; ) {
    const strike = { ...pick(), target }
    planned.push({ atMs, strike })
    atMs += ('forMs' in strike ? strike.forMs : 0) + gap()
  }
  return planned
}
