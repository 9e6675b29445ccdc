import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { LeaseLost } from '#src/store/lease.ts'
import type { Store } from '#src/store/store.ts'
import { testStore } from '#test/support/store.ts'

const hourMs = 3_600_000
const poll = { job: 'poll-source', source: 'nguon', everyMs: hourMs }
const purge = { job: 'purge-secrets', source: '', everyMs: hourMs }

const claim = (store: Store, job = poll.job) =>
  store.schedules.claim(job, randomUUID(), [poll.source])
const move = (store: Store, change: string) => store.db.raw(`update sync.schedule set ${change}`)

async function done(store: Store) {
  const turn = (await claim(store))!
  await store.schedules.end(turn)
  return (await store.schedules.all())[0]!
}

it('has a new one due at once, for one of all who ask', async () => {
  await using t = await testStore()
  await t.store.schedules.keep([poll])
  const turns = await Promise.all(Array.from({ length: 8 }, () => claim(t.store)))
  expect(turns.filter((turn) => turn !== null)).toHaveLength(1)
  expect(await claim(t.store), 'under lease').toBeNull()
})

it('is due again within its interval, and not before', async () => {
  await using t = await testStore()
  await t.store.schedules.keep([poll])
  const { dueAt, endedAt } = await done(t.store)
  expect(dueAt.getTime()).toBeGreaterThan(endedAt!.getTime())
  expect(dueAt.getTime()).toBeLessThanOrEqual(endedAt!.getTime() + hourMs)
  expect(await claim(t.store)).toBeNull()
})

it.each(['10 minutes', '3 hours', '400 days', '56 years'])(
  'does the turns of %s that were missed once',
  async (ago) => {
    await using t = await testStore()
    await t.store.schedules.keep([poll])
    await move(t.store, `due_at = clock_timestamp() - interval '${ago}'`)
    const { dueAt } = await done(t.store)
    expect(dueAt.getTime()).toBeGreaterThan((await t.store.now()).getTime())
    expect(await claim(t.store)).toBeNull()
  },
)

it.each([`'2062-01-01'`, `clock_timestamp() + interval '2 hours'`, `'8999-12-31'`])(
  'does not believe that it is due at %s',
  async (at) => {
    await using t = await testStore()
    await t.store.schedules.keep([poll])
    await done(t.store)
    await move(t.store, `due_at = ${at}`)
    expect(await claim(t.store)).not.toBeNull()
  },
)

it('goes to another when whoever is at it is gone, and is ended by nobody else', async () => {
  await using t = await testStore()
  const { store } = t
  await store.schedules.keep([poll])
  const first = (await claim(store))!
  await store.schedules.renew(first)
  await move(store, `lease_until = clock_timestamp()`)
  const second = (await claim(store))!
  await expect(store.schedules.renew(first)).rejects.toThrow(LeaseLost)
  expect(await store.schedules.end(first)).toBe(false)
  expect(await claim(store)).toBeNull()
  expect(await store.schedules.end(second)).toBe(true)
})

it('is handed back by a process that stops', async () => {
  await using t = await testStore()
  const { store } = t
  await store.schedules.keep([poll])
  const turn = (await claim(store))!
  await store.handBack(turn.lease.owner)
  expect(await claim(store)).toMatchObject({ source: poll.source })
})

it('keeps those of sources that another process knows', async () => {
  await using t = await testStore()
  const { schedules } = t.store
  const others = { ...poll, source: 'nguon-khac' }
  await schedules.keep([others])
  await schedules.keep([poll])
  expect(await schedules.all()).toHaveLength(2)
  await schedules.forgetOthers([poll])
  expect(await schedules.all()).toMatchObject([{ source: poll.source }])
})

it('falls due at a phase of its own', async () => {
  await using t = await testStore()
  const planned = Array.from({ length: 20 }, (_, n) => ({ ...poll, source: `nguon-${n}` }))
  await t.store.schedules.keep(planned)
  for (const { source } of planned) {
    const turn = await t.store.schedules.claim(poll.job, randomUUID(), [source])
    await t.store.schedules.end(turn!)
  }
  const due = (await t.store.schedules.all()).map(({ dueAt }) => dueAt.getTime())
  expect(new Set(due).size).toBe(20)
  expect(Math.max(...due) - Math.min(...due)).toBeGreaterThan(hourMs / 10)
})

it('keeps its turn when it is planned again, unless its interval shrank below what it waits', async () => {
  await using t = await testStore()
  const { store } = t
  await store.schedules.keep([poll])
  const before = await done(store)
  await store.schedules.keep([poll])
  expect((await store.schedules.all())[0]).toEqual({ ...before, lateMs: 0 })
  await move(store, `due_at = clock_timestamp() + interval '50 minutes'`)
  await store.schedules.keep([{ ...poll, everyMs: 60_000 }])
  expect(await claim(store)).not.toBeNull()
})

it('forgets that of a source that left the configuration', async () => {
  await using t = await testStore()
  await t.store.schedules.keep([poll, purge])
  await t.store.schedules.forgetOthers([purge])
  expect((await t.store.schedules.all()).map(({ job }) => job)).toEqual([purge.job])
})

it('leaves the turns of a source to those who have it, and misses none of its own', async () => {
  await using t = await testStore()
  const { store } = t
  const other = { ...poll, source: 'khac' }
  await store.schedules.keep([poll, other, purge])
  const look = await store.look([poll, purge], [poll.source])
  expect(look).toMatchObject({
    due: { turns: { 'poll-source': 1, 'purge-secrets': 1 } },
    hasUnplanned: false,
  })
  expect(await claim(store)).toMatchObject({ source: poll.source })
  expect(await claim(store)).toBeNull()
  // Another process that knows fewer sources has started.
  await store.schedules.forgetOthers([purge])
  expect((await store.look([poll, purge], [poll.source])).hasUnplanned).toBe(true)
})
