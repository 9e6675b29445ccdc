import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { LeaseLost } from '#src/store/lease.ts'
import type { Store } from '#src/store/store.ts'
import { assigned, now, testStore } from '#test/support/store.ts'

const reply = {
  outcome: 'completed',
  completedOn: '2026-09-07',
  explanation: 'Đã xong',
  document: null,
} as const

async function write(store: Store, assignment: string): Promise<string> {
  const id = randomUUID()
  await store.replies.write(id, assignment, reply, [], 'đơn vị', now)
  return id
}

it('commits a reply as sending before it leaves, and gives it to one worker', async () => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  await write(t.store, assignment)
  const claims = await Promise.all(
    Array.from({ length: 6 }, () => t.store.outbox.claimDue(randomUUID(), 10)),
  )
  expect(claims.flat()).toHaveLength(1)
  expect((await t.store.db.raw(`select state, attempts from sync.outbox`)).rows).toEqual([
    { state: 'sending', attempts: 1 },
  ])
})

it('never sends a document again by itself when its sender vanished', async () => {
  await using t = await testStore({ leaseMs: 1 })
  const { assignment } = await assigned(t.store)
  await write(t.store, assignment)
  const [gone] = await t.store.outbox.claimDue('11111111-1111-4111-8111-111111111111', 1)
  const next = () => t.store.outbox.claimDue(randomUUID(), 1)
  await expect.poll(async () => (await next())[0]?.state).toBe('unconfirmed')
  await expect(t.store.outbox.renew(gone!)).rejects.toThrow(LeaseLost)
  await expect(
    t.store.outbox.settle(gone!, { state: 'delivered', farRef: null }, now),
  ).rejects.toThrow(LeaseLost)
})

it('repeats an acknowledgement whose sender vanished', async () => {
  await using t = await testStore({ leaseMs: 1, statuses: ['03'] })
  await assigned(t.store)
  await t.store.outbox.claimDue(randomUUID(), 1)
  await expect
    .poll(async () => (await t.store.outbox.claimDue(randomUUID(), 1))[0]?.state)
    .toBe('sending')
})

it('keeps a directive’s order: an unconfirmed reply blocks the next, a rejected one does not', async () => {
  await using t = await testStore()
  const { assignment } = await assigned(t.store)
  await write(t.store, assignment)
  const second = await write(t.store, assignment)
  const [first] = await t.store.outbox.claimDue(randomUUID(), 10)
  await t.store.outbox.settle(
    first!,
    { state: 'unconfirmed', failure: 'timeout', lookAgainInS: null },
    now,
  )
  expect(await t.store.outbox.claimDue(randomUUID(), 10)).toEqual([])
  await t.store.outbox.settleByHand(first!.id, 'settled', 'quản trị', 'văn thư xác nhận', now)
  expect(await t.store.outbox.claimDue(randomUUID(), 10)).toMatchObject([
    { replyId: second, state: 'sending' },
  ])
})

it('writes only the statuses the source wants to hear', async () => {
  await using none = await testStore()
  await assigned(none.store)
  expect((await none.store.db.raw(`select id from sync.outbox`)).rows).toEqual([])
  await using some = await testStore({ statuses: ['01', '03'] })
  await assigned(some.store)
  expect(
    (await some.store.db.raw(`select detail ->> 'code' as code from sync.outbox order by place`))
      .rows,
  ).toEqual([{ code: '01' }, { code: '03' }])
})

it('rings whoever listens when a row is written', async () => {
  await using t = await testStore()
  const { listenForOutbox } = await import('#src/store/bell.ts')
  let rings = 0
  const bell = listenForOutbox(t.url, () => rings++)
  await expect.poll(() => rings).toBe(1)
  const { assignment } = await assigned(t.store)
  await write(t.store, assignment)
  await expect.poll(() => rings).toBeGreaterThan(1)
  await bell.close()
})
