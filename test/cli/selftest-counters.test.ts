/** The counters of the selftest themselves: each tells of exactly what it is for. */
import { expect, it } from 'vitest'
import { type Compared, compared, isClean } from '#src/cli/selftest/counters.ts'
import { hasFakeTime } from '#src/cli/selftest/fake-time.ts'
import { LogLines } from '#src/cli/selftest/log-lines.ts'
import { planOf } from '#src/cli/selftest/plan.ts'

const good: Compared = {
  must: ['nguon 1', 'nguon 2'],
  may: new Set(['nguon 1', 'nguon 2', 'nguon 3']),
  held: [
    { name: 'nguon 1', shown: true },
    { name: 'nguon 2', shown: true },
    { name: 'nguon 3', shown: false },
  ],
  written: [
    { name: 'nguon a', state: 'delivered' },
    { name: 'nguon b', state: 'rejected' },
    { name: 'nguon c', state: 'unconfirmed' },
    { name: 'nguon d', state: null },
  ],
  arrived: ['nguon a', 'nguon c'],
  acknowledgedWrongly: [],
  acknowledged: new Set(['nguon 1']),
  acknowledges: (name) => name === 'nguon 1',
  forgotten: { directives: new Set(), replies: new Set() },
}
const nothing = { lost: 0, duplicated: 0, unexpected: 0, exposed: 0, unacknowledged: 0 }

it('counts nothing where nothing went wrong', () => {
  expect(compared(good)).toEqual(nothing)
})

it.each<[string, Partial<Compared>, Partial<typeof nothing>]>([
  ['a directive that is not there', { must: [...good.must, 'nguon 4'] }, { lost: 1 }],
  ['a directive that is there and not shown', { must: [...good.must, 'nguon 3'] }, { lost: 1 }],
  ['a reply that is called delivered and never came', { arrived: ['nguon c'] }, { lost: 1 }],
  [
    'a directive that stands twice',
    { held: [...good.held, { name: 'nguon 1', shown: true }] },
    { duplicated: 1 },
  ],
  [
    'a reply that came three times',
    { arrived: [...good.arrived, 'nguon a', 'nguon a'] },
    { duplicated: 2 },
  ],
  [
    'a directive that may not be held, shown or not',
    { held: [...good.held, { name: 'nguon 9', shown: false }] },
    { unexpected: 1 },
  ],
  ['a reply that nobody wrote', { arrived: [...good.arrived, 'nguon x'] }, { unexpected: 1 }],
  [
    'a reply that came although it is called refused',
    { arrived: [...good.arrived, 'nguon b'] },
    { unexpected: 1 },
  ],
  [
    'what must not pass and was acknowledged as taken',
    { acknowledgedWrongly: ['nguon 8', 'nguon 9'] },
    { unexpected: 2 },
  ],
  [
    'a directive that is shown and may not be',
    { held: [...good.held, { name: 'nguon 9', shown: true }] },
    { unexpected: 1, exposed: 1 },
  ],
  ['one of which its source was not told', { acknowledged: new Set() }, { unacknowledged: 1 }],
  [
    'what went with lost commits, as long as its source lists it',
    {
      must: [...good.must, 'nguon 4'],
      forgotten: { directives: new Set(['nguon 4']), replies: new Set() },
    },
    { lost: 1 },
  ],
  [
    'not what went with lost commits, when its source lists it no more',
    {
      must: [...good.must, 'nguon 4'],
      acknowledged: new Set(['nguon 1', 'nguon 4']),
      forgotten: { directives: new Set(['nguon 4']), replies: new Set() },
    },
    {},
  ],
  [
    'a reply that came although it is called refused, whatever was lost',
    {
      arrived: [...good.arrived, 'nguon b', 'nguon x'],
      forgotten: { directives: new Set(), replies: new Set(['nguon b', 'nguon x']) },
    },
    { unexpected: 1 },
  ],
])('counts %s', (_what, change, counted) => {
  expect(compared({ ...good, ...change })).toEqual({ ...nothing, ...counted })
})

it('is clean only if every counter is zero', () => {
  const clean = { ...nothing, leaked: 0, stuck: 0, unbalanced: 0, unkept: 0, verbose: 0 }
  expect(isClean(clean)).toBe(true)
  for (const name of Object.keys(clean)) expect(isClean({ ...clean, [name]: 1 })).toBe(false)
})

it('plans the same faults for the same seed, others for another, and each kind at least once alone', () => {
  const options = { seed: 5, minutes: 10, leaseMs: 15_000, queue: 'redis' } as const
  const plan = planOf(options)
  expect(planOf(options)).toEqual(plan)
  expect(planOf({ ...options, seed: 6 })).not.toEqual(plan)
  expect([...new Set(plan.alone.map(({ kind }) => kind))].sort()).toEqual([
    ...(hasFakeTime ? ['clockStepped'] : []),
    'failedOver',
    'postgresFull',
    'postgresStopped',
    'queueEmptied',
    'queueKilled',
    'queueRefused',
    'queueRestarted',
    'sourceAway',
    'sourceFaulty',
    'startFailed',
    'tableLocked',
    'wentBack',
    'workerKilled',
    'workerStopped',
    'workerTerminated',
    'workersRestarted',
  ])
  for (const strike of plan.alone)
    if (strike.kind === 'workerStopped') expect(strike.forMs).toBeGreaterThan(options.leaseMs)
})

it('plans few of the rare faults for a short run, and not always the same', () => {
  const rare = (seed: number) => {
    const { alone } = planOf({ seed, minutes: 0.6, leaseMs: 3000, queue: 'redis' })
    return alone
      .map(({ kind }) => kind)
      .filter((kind) => /Locked|Back|Over|Refused|Failed|Stepped|workersRestarted/.test(kind))
  }
  expect(rare(1)).toHaveLength(4)
  expect(new Set([1, 2, 3, 4, 5, 6].flatMap(rare)).size).toBeGreaterThan(4)
})

it('counts lines of trouble in the worst minute, and what is no line of the log as one', () => {
  const lines = new LogLines()
  for (let n = 0; n < 3; n++) lines.read('{"level":"warn","event":"passFailed"}')
  lines.read('{"level":"info","event":"passEnded"}')
  lines.read('FATAL ERROR')
  expect(lines.perMinute()).toBe(5)
  expect(lines.worstMinute()).toEqual({ lines: 4, events: { passFailed: 3, 'no event': 1 } })
})
