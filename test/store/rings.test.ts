import { expect, it } from 'vitest'
import type { Store } from '#src/store/store.ts'
import { testStore } from '#test/support/store.ts'

const age = (store: Store, by = '10 minutes') =>
  store.db.raw(`update sync.ring set unheard_since = unheard_since - interval '${by}'`)

it('knows since when the queue has carried nothing, while a service runs', async () => {
  await using t = await testStore()
  const { store } = t
  await store.sweepEnded()
  expect(await store.rings.silentMs()).toBeNull()
  await store.rings.rung()
  expect(await store.rings.silentMs(), 'just rung').toBeNull()
  await age(store)
  await store.rings.rung()
  await store.sweepEnded()
  expect(await store.rings.silentMs()).toBeGreaterThan(590_000)
  // Another service that starts meanwhile changes nothing of that.
  await store.rings.expect(true)
  expect(await store.rings.silentMs()).not.toBeNull()
  await store.rings.heard()
  expect(await store.rings.silentMs()).toBeNull()
})

it('misses no ring while no service ran, and none without a queue', async () => {
  await using t = await testStore()
  const { store } = t
  await store.sweepEnded()
  await store.rings.rung()
  await age(store, '1 day')
  await store.db.raw(`update sync.sweep set ended_at = clock_timestamp() - interval '1 day'`)
  expect(await store.rings.silentMs()).toBeNull()
  await store.rings.expect(true)
  await store.sweepEnded()
  expect(await store.rings.silentMs()).toBeNull()
  await store.rings.rung()
  await age(store)
  await store.rings.expect(false)
  expect(await store.rings.silentMs()).toBeNull()
})
