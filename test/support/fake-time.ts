/** A process whose clock shows another time than the machine's, and steps when it is told to; see libfaketime. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'

/** Skipped visibly where there is none; a failure where there must be one, as in CI. */
export const hasFakeTime = existsSync(library)
if (!hasFakeTime && process.env.REQUIRE_FAKETIME === '1')
  throw new Error(
    'REQUIRE_FAKETIME is set and there is no libfaketime: apt-get install libfaketime',
  )

/** `step('+7h')` and `step('+0')`, or an instant: `step('@2000-01-01 00:00:00')`. */
export async function fakeTime(file: string) {
  const step = (to: string) => writeFile(file, `${to}\n`)
  await step('+0')
  return {
    step,
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Timers go by this one, which no step of a machine's clock moves.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  }
}
