import { expect, it } from 'vitest'
import { jobs } from '#jobs/index.ts'

it.each(['backfill', 'deep', 'resync', 'recheck'])(
  'keeps what is half staged out of the line of %s windows, which may be long',
  (kind) => {
    const window = { pass: '5a1f0a52-11c4-4d00-8a00-0000000000a1', kind }
    expect(jobs['settle-intake'].lane({})).not.toBe(jobs['take-window'].lane(window))
  },
)
