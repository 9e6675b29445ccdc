/** A directive that a person recalls, against what its source goes on saying. */

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Admitted } from '#src/store/admitted.ts'
import type { Order } from '#src/store/orders.ts'
import type { Store } from '#src/store/store.ts'
import { admitted, assigned, now, runningPass, testStore } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'

const by = { actor: 'trực ban', reason: 'ban hành nhầm', authority: 'CV 12/VP-TH' }

async function shown(store: Store) {
  const { rows } = await store.db.raw(
    `select recalled_at is not null as recalled, subject from tracking.directives order by source`,
  )
  return rows
}

async function staged(store: Store, source = 'nguon') {
  await store.sources.register(source, { statuses: [], replies: 'none' }, 'f')
  const message = admitted(`ref ${source}`)
  const opened = await store.passes.open({
    ...{ source, kind: 'head', from: '2026-09-01', until: '2026-09-07' },
    ...{ upperBound: now, cursorBefore: null },
  })
  const pass = (await store.passes.claim(randomUUID(), { id: opened! }))!
  await store.intake.stage(pass, message, now)
  const id = (await store.withholding.shown(source, null)).get(message.sourceRef)!
  const read = (change: Partial<Admitted>) =>
    store.intake.stage(pass, { ...message, askedAt: new Date(), ...change }, now)
  return { id, pass, message, read }
}

it('stops the clocks, with those of its copies, and says who, why and by what decision', async () => {
  await using t = await testStore()
  const { store } = t
  const { id } = await staged(store)
  await staged(store, 'hai')
  expect((await store.overview.deadlines(now)).open).toBe(1)
  expect(await store.recalls.recall(id, by, now)).toBe(true)
  expect((await store.overview.deadlines(now)).open).toBe(0)
  expect((await shown(store)).map(({ recalled }: { recalled: boolean }) => recalled)).toEqual([
    true,
    true,
  ])
  const { rows } = await store.db.raw(
    `select actor, detail from sync.history where event = 'recalled'`,
  )
  const { reason, authority } = by
  const entry = { actor: by.actor, detail: { reason, authority, byHand: true } }
  expect(rows).toEqual([entry, entry])
  await expect(
    store.db.raw(`select tracking.classify(:id, '[]', 'chuyên viên')`, { id }),
  ).rejects.toMatchObject({ code: 'CD003' })
  expect(await store.recalls.recall(id, by, now)).toBe(false)
})

it('is not undone by a source that goes on listing it, unchanged or in another version', async () => {
  await using t = await testStore()
  const { store } = t
  const { id, message, read } = await staged(store)
  await store.recalls.recall(id, by, now)
  expect((await read({ version: 'v2' })).outcome).toBe('unchanged')
  expect(await shown(store)).toMatchObject([{ recalled: true }])
  const directive = { ...message.directive, subject: 'Nội dung mới' }
  expect((await read({ version: 'v3', directive })).outcome).toBe('updated')
  expect(await shown(store)).toEqual([{ recalled: true, subject: 'Nội dung mới' }])
  // So that the daily recheck does not take it for changed each time.
  const again = { ...message, directive, askedAt: new Date() }
  expect(await store.rechecks.isUnchanged(id, again)).toBe(true)
})

it('is taken back by a person, and only by one', async () => {
  await using t = await testStore()
  const { store } = t
  const { id, pass, message, read } = await staged(store)
  await store.recalls.recall(id, by, now)
  expect(await store.recalls.undo(id, by, now)).toBe(true)
  expect(await shown(store)).toMatchObject([{ recalled: false }])
  expect(await store.recalls.undo(id, by, now)).toBe(false)

  // What its source recalls afterwards is its source's, and taken back by that.
  await store.recalls.recall(id, by, now)
  const { transportRef, sourceRef } = message
  const item = { transportRef, sourceRef, version: 'recall' }
  expect(await store.intake.recall(pass, item, new Date(), now)).toBe('recalled')
  expect(await store.recalls.undo(id, by, now)).toBe(false)
  await read({ version: 'v2' })
  expect(await shown(store)).toMatchObject([{ recalled: false }])
})

it('gives way to an order of its issuer, which the Office then answers', async () => {
  await using t = await testStore()
  const { store } = t
  const { id, pass } = await staged(store)
  await store.recalls.recall(id, by, now)
  const order = {
    ...{ transportRef: 'r', sourceRef: 'r', version: '1', business: 'revoke', recalls: true },
    ...{ code: null, issuer: null },
    ...{ concerns: ['ref nguon'], classifyBy: now, statusCode: null, reason: 'nhầm', codes: [] },
  } satisfies Order
  expect(await store.intake.order(pass, order, now)).toBe('recalled')
  const { rows } = await store.db.raw(`select id from tracking.orders`)
  expect(rows).toHaveLength(1)
  await store.db.raw(`select tracking.answer_order(?, false, 'vẫn cần', 'lãnh đạo')`, [rows[0].id])
  await admitWaiting(store)
  expect(await shown(store)).toMatchObject([{ recalled: false }])
})

it('touches nothing that is withheld', async () => {
  await using t = await testStore()
  const { store } = t
  const { directive } = await assigned(store)
  await store.withholding.withhold(directive, 'doubtful', now)
  expect(await store.recalls.recall(directive, by, now)).toBe(false)
  await runningPass(store)
  const { rows } = await store.db.raw(`select recalled_at from sync.directive`)
  expect(rows).toEqual([{ recalled_at: null }])
})
