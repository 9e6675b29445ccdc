/** Which fault strikes what and when. All of it follows from the seed, so that a run can be repeated. */
import { type Draw, drawFrom } from '#connectors/simulator/draw.ts'
import { type FaultKind, type FaultPlan, faultKinds } from '#connectors/simulator/faults.ts'

export type Target = 'worker 1' | 'worker 2' | 'postgres' | 'queue' | 'source'

export type Strike =
  /** SIGKILL; somebody starts it again a second later, as a supervisor would. */
  | { readonly kind: 'workerKilled'; readonly target: Target }
  /** SIGSTOP for longer than its leases, then SIGCONT. */
  | { readonly kind: 'workerStopped'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'workerTerminated'; readonly target: Target }
  /** Immediate shutdown, and a start that recovers. */
  | { readonly kind: 'postgresStopped'; readonly target: Target; readonly forMs: number }
  /** Every connection is ended, and others take all that there may be. */
  | { readonly kind: 'postgresFull'; readonly target: Target; readonly forMs: number }
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
/** From here on every fault of the source has a turn of its own. */
const longMinutes = 4

export function planOf({ seed, minutes, leaseMs, queue }: PlanOptions): Plan {
  const draw = drawFrom(`faults ${seed}`)
  /** Troubles of a short run are short, so that as many fit in. */
  const pace = Math.min(1, Math.max(0.2, minutes / 10))
  const make = strikes({ seed, leaseMs, pace, draw })
  const alone = draw.some(
    [
      make.workerKilled('worker 1'),
      make.workerStopped('worker 2'),
      make.workerTerminated('worker 1'),
      make.postgresStopped(),
      make.postgresFull(),
      ...make.ofQueue(queue),
      make.sourceAway(),
      ...(minutes < longMinutes ? [make.sourceFaulty(faultKinds)] : eachKind(make.sourceFaulty)),
    ],
    100,
  )
  const togetherMs = Math.round(minutes * 60_000 * (1 - aloneShare))
  const lane = (target: Target, gapMs: readonly [number, number], pick: () => Strike) =>
    laneOf(draw, togetherMs, [gapMs[0] * pace, gapMs[1] * pace], target, pick)
  const ofWorker = (target: Target) => () =>
    draw.pick([make.workerKilled, make.workerStopped, make.workerTerminated])(target)
  return {
    alone,
    together: [
      ...lane('worker 1', [10_000, 35_000], ofWorker('worker 1')),
      ...lane('worker 2', [10_000, 35_000], ofWorker('worker 2')),
      ...lane('postgres', [20_000, 60_000], () =>
        draw.chance(0.5) ? make.postgresStopped() : make.postgresFull(),
      ),
      ...(queue === 'none'
        ? []
        : lane('queue', [15_000, 50_000], () => draw.pick(make.ofQueue(queue)))),
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

function strikes(of: { seed: number; leaseMs: number; pace: number; draw: Draw }) {
  const { seed, leaseMs, pace, draw } = of
  const between = (least: number, most: number) => Math.round(draw.int(least, most) * pace)
  const queueKilled = (): Strike => ({
    kind: 'queueKilled',
    target: 'queue',
    forMs: between(1000, 10_000),
  })
  const queueEmptied: Strike = { kind: 'queueEmptied', target: 'queue' }
  const queueRestarted: Strike = { kind: 'queueRestarted', target: 'queue' }
  return {
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
