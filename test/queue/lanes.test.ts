import { expect, it } from 'vitest'
import { jobs, laneOf } from '#jobs/index.ts'
import type { JobName } from '#src/app.ts'
import { handsPerLane } from '#src/queue.ts'

it.each(['take-window', 'take-recheck', 'run-resync'] satisfies JobName[])(
  'keeps what is half staged out of the line of %s, which may be long',
  (job) => {
    expect(laneOf('settle-intake')).not.toBe(laneOf(job))
  },
)

it('leaves the newest readings hands that neither polls nor what failed can take', () => {
  const others = jobs.filter(({ name, lane }) => lane === 'urgent' && name !== 'take-head')
  const most = others.reduce((sum, job) => sum + (job.most ?? handsPerLane.urgent), 0)
  expect(most).toBeLessThan(handsPerLane.urgent)
})

it('leaves the alerts a hand while a source is slow to answer about single documents', () => {
  expect(jobs.find(({ name }) => name === 'take-recheck')!.most).toBeLessThan(handsPerLane.upkeep)
})
