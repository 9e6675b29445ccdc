import { expect, it } from 'vitest'
import { testStore } from '#test/support/store.ts'

it('closes a source for as long after twenty failures at once as after three', async () => {
  await using t = await testStore()
  const { sources, db } = t.store
  await Promise.all(Array.from({ length: 20 }, () => sources.failed('nguon', 'unreachable')))
  const { rows } = await db.raw(
    `select failures, open_until - clock_timestamp() < interval '10 seconds' as soon from sync.source where name = 'nguon'`,
  )
  expect(rows).toEqual([{ failures: 3, soon: true }])
})

it('closes it for longer each time that it is asked again in vain', async () => {
  await using t = await testStore()
  const { sources, db } = t.store
  const pauses: number[] = []
  for (let n = 0; n < 3; n++) await sources.failed('nguon', 'unreachable')
  for (let n = 0; n < 3; n++) {
    const { rows } = await db.raw(
      `select extract(epoch from open_until - clock_timestamp())::float8 as s from sync.source where name = 'nguon'`,
    )
    pauses.push(rows[0].s)
    await db.raw(`update sync.source set open_until = clock_timestamp()`)
    await sources.failed('nguon', 'unreachable')
  }
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  expect(pauses[2]! / pauses[0]!).toBeGreaterThan(3)
})
