/**
 * The real service as two processes under seeded faults of every kind, each alone and all of them together: workers
 * killed, stopped and terminated, restarted all at once, unable to start and with a clock that steps; Postgres stopped
 * and full, with locked tables, without its last commits and moved elsewhere; a queue that is killed, restarted,
 * emptied, dropped or refuses; and a source that answers badly. What is counted at the end comes from what the source
 * knows itself. A short run has a few of the rarer ones, by its seed.
 *
 * `FAULT_SEEDS=1,2,3,4,5 FAULT_MINUTES=10 npm run test:faults` is the long form, with the leases and sweeps that the
 * service has by default; as a part of all tests it is less than a minute of faults for the queue in Redis, and
 * `test/cli/selftest` asks the same of the one in Postgres.
 */
import { appendFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { table } from '#src/cli/output.ts'
import { brokenPromises, reportTable } from '#src/cli/selftest/report.ts'
import { runOnce } from '#src/cli/selftest/run.ts'
import type { Trial } from '#src/cli/selftest/trial.ts'
import { hasRedis } from '#test/support/redis.ts'

const seeds = (process.env.FAULT_SEEDS ?? (hasRedis ? '2' : '1')).split(',').map(Number)
const minutes = Number(process.env.FAULT_MINUTES ?? 0.6)
const isLong = minutes >= 4

const trials: Trial[] = []
afterAll(() => {
  const { header, rows } = reportTable(trials)
  process.stdout.write(`\n${table(header, rows)}\n`)
})

/** Odd seeds keep the queue in Postgres, even ones in Redis. */
const runs = seeds.map((seed) => ({ seed, queue: seed % 2 === 0 ? 'redis' : 'postgres' }) as const)

for (const { seed, queue } of runs) {
  it.skipIf(queue === 'redis' && !hasRedis)(
    `loses, doubles, invents, leaks and forgets nothing: seed ${seed}, queue in ${queue}`,
    async () => {
      const trial = await runOnce({ seed, minutes, queue, env: process.env, say })
      trials.push(trial)
      if (process.env.FAULT_REPORT)
        appendFileSync(process.env.FAULT_REPORT, `${JSON.stringify(trial)}\n`)
      expect(trial.counters, JSON.stringify(trial)).toEqual({
        lost: 0,
        duplicated: 0,
        unexpected: 0,
        exposed: 0,
        unacknowledged: 0,
        leaked: 0,
        stuck: 0,
        unbalanced: 0,
        unkept: 0,
        verbose: 0,
      })
      // A run in which nothing happened would prove nothing.
      expect(new Set(trial.struck.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(8)
      expect(trial.staged).toBeGreaterThan(100)
      expect(trial.repliesArrived).toBeGreaterThan(20)
      expect(trial.endedByThemselves).toBe(0)
      if (isLong) expect(brokenPromises(trial)).toEqual([])
    },
    (minutes * 4 + 15) * 60_000,
  )
}

function say(line: string): void {
  if (isLong) process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)
}
