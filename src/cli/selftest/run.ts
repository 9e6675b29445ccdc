/** A run in a temporary folder of its own, which goes with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StageOptions } from './stage.ts'
import type { Say } from './striking.ts'
import { runTrial, type Trial } from './trial.ts'

export interface RunOptions {
  readonly seed: number
  readonly minutes: number
  readonly queue: StageOptions['queue']
  readonly env: StageOptions['env']
  readonly workerEnv?: Readonly<Record<string, string>>
  readonly say: Say
}

/** From here on with the leases and sweeps that the service has by default, so that their times are what is measured. */
const usualFromMinutes = 4
const usual = { leaseMs: 15_000, sweepMs: 5000, speed: 720 }
const short = { leaseMs: 3000, sweepMs: 500, speed: 2880 }

export async function runOnce(options: RunOptions): Promise<Trial> {
  // The account of an embedded Postgres gets to /var/tmp on every machine, and root's own /tmp may be closed to it.
  const home = process.getuid?.() === 0 ? '/var/tmp' : tmpdir()
  const directory = await mkdtemp(join(home, `chidao-selftest-${process.pid}-`))
  try {
    const pace = options.minutes < usualFromMinutes ? short : usual
    return await runTrial({ ...options, ...pace, directory })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
