import { expect, it } from 'vitest'
import type { Store } from '#src/store/store.ts'
import { isSilent } from '#src/store/turns.ts'
import { testStore } from '#test/support/store.ts'

const poll = { job: 'poll-source', source: 'nguon', everyMs: 60_000 }
const purge = { job: 'purge-secrets', source: '', everyMs: 60_000 }
const planned = [poll, purge]

const overdue = (store: Store, queueRings: boolean) =>
  store.turns.takeOverdue(planned, { queueRings, slackMs: 1000 })
const age = (store: Store, seconds: number, column = 'begun_at') =>
  store.db.raw(
    `update sync.schedule_turn set ${column} = clock_timestamp() - :seconds * interval '1 second' where job = 'poll-source'`,
    { seconds },
  )

it('finds nothing overdue behind a queue that rings in time', async () => {
  await using t = await testStore()
  await t.store.turns.expect(planned, true)
  await age(t.store, 70)
  expect(await overdue(t.store, true)).toEqual([])
})

it('gives what is overdue by its interval to one caller', async () => {
  await using t = await testStore()
  await t.store.turns.expect(planned, true)
  await age(t.store, 121)
  const [one, other] = await Promise.all([overdue(t.store, true), overdue(t.store, true)])
  expect([...one, ...other]).toEqual([poll])
})

it('waits one interval where the queue is known not to ring, or rings no longer', async () => {
  await using t = await testStore()
  await t.store.turns.expect(planned, true)
  await age(t.store, 60)
  expect(await overdue(t.store, false)).toEqual([poll])
  await age(t.store, 60)
  await age(t.store, 121, 'rung_at')
  expect(await overdue(t.store, true)).toEqual([poll])
  await t.store.turns.expect(planned, false)
  await age(t.store, 60)
  expect(await overdue(t.store, true)).toEqual([poll])
})

it('knows since when the queue has rung for nothing, while a service runs', async () => {
  await using t = await testStore()
  const { store } = t
  expect(await store.turns.silence()).toBeNull()
  await store.turns.expect(planned, false)
  expect(await store.turns.silence()).toBeNull()
  await store.turns.expect(planned, true)
  await store.sweepEnded()
  expect(isSilent(await store.turns.silence())).toBe(false)
  await store.db.raw(
    `update sync.schedule_turn set rung_at = clock_timestamp() - interval '10 minutes'`,
  )
  expect(isSilent(await store.turns.silence())).toBe(true)
  // Another service that starts meanwhile changes nothing of that.
  await store.turns.expect(planned, true)
  expect(isSilent(await store.turns.silence())).toBe(true)
  await store.turns.begun(purge, false)
  expect(isSilent(await store.turns.silence())).toBe(true)
  await store.turns.begun(purge, true)
  expect(isSilent(await store.turns.silence())).toBe(false)
})

it('expects no ring while no service ran', async () => {
  await using t = await testStore()
  const { store } = t
  await store.turns.expect(planned, true)
  await store.db.raw(`update sync.schedule_turn set rung_at = clock_timestamp() - interval '1 day'`)
  await store.db.raw(`update sync.sweep set ended_at = clock_timestamp() - interval '1 day'`)
  expect(isSilent(await store.turns.silence())).toBe(false)
  await store.turns.expect(planned, true)
  await store.sweepEnded()
  expect(isSilent(await store.turns.silence())).toBe(false)
})

it('forgets the schedule of a source that left the configuration', async () => {
  await using t = await testStore()
  await t.store.turns.expect(planned, true)
  await t.store.turns.expect([purge], true)
  const { rows } = await t.store.db.raw(`select job from sync.schedule_turn`)
  expect(rows).toEqual([{ job: purge.job }])
})
