/** A process whose clock shows another time than the machine's, and steps when it is told to; see libfaketime. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'

const library = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path))

export const hasFakeTime = library !== undefined

export interface FakeTime {
  /** `step('+7h')` and `step('+0')`, or an instant: `step('@2000-01-01 00:00:00')`. */
  step(to: string): Promise<void>
  /** Of the process. */
  readonly env: Readonly<Record<string, string>>
}

export async function fakeTime(file: string): Promise<FakeTime> {
  const step = (to: string) => writeFile(file, `${to}\n`)
  await step('+0')
  return {
    step,
    env: {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Timers go by this one, which no step of a machine's clock moves.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  }
}
