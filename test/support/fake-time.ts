/** Skipped visibly where there is no libfaketime; a failure where there must be one, as in CI. */
import { hasFakeTime } from '#src/cli/selftest/fake-time.ts'

export { fakeTime, hasFakeTime } from '#src/cli/selftest/fake-time.ts'

if (!hasFakeTime && process.env.REQUIRE_FAKETIME === '1')
  throw new Error(
    'REQUIRE_FAKETIME is set and there is no libfaketime: apt-get install libfaketime',
  )
