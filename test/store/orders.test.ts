/** What a message orders of a directive, in whatever order the messages come. */

import { expect, it } from 'vitest'
import type { Admitted } from '#src/store/admitted.ts'
import type { Order } from '#src/store/orders.ts'
import type { Store } from '#src/store/store.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

function order(ref: string, concerns: readonly string[], more: Partial<Order> = {}): Order {
  return {
    transportRef: ref,
    sourceRef: ref,
    version: '1',
    business: 'revoke',
    concerns,
    classifyBy: now,
    recalls: true,
    code: null,
    issuer: null,
    statusCode: null,
    reason: 'gửi nhầm',
    codes: [],
    ...more,
  }
}

function update(ref: string, concerns: readonly string[], subject: string): Admitted {
  return { ...admitted(ref, { subject }), business: 'update', concerns, revises: 'byMessage' }
}

const message = (ref: string): Admitted => ({ ...admitted(ref), revises: 'byMessage' })

async function one(store: Store, sql: string, values: unknown[] = []) {
  return (await store.db.raw(sql, values as string[])).rows[0]
}

const stateOf = async (store: Store, ref: string) =>
  (await one(store, `select state from sync.intake where transport_ref = ?`, [ref])).state

/** As the sweep does: what is due again is claimed, read and handled. */
async function again(store: Store, orders: readonly Order[]): Promise<number> {
  const claims = await store.claims.claimDue('0e984725-c51c-4bf4-9960-e1c80e27aba0', 10)
  for (const claim of claims) {
    const meant = orders.find(({ transportRef }) => transportRef === claim.transportRef)
    if (meant) await store.claims.order(claim, meant, now)
  }
  return claims.length
}

it('recalls a directive whose recall came before it', async () => {
  await using t = await testStore({ statuses: ['01'] })
  const { store } = t
  const pass = await runningPass(store)
  const early = order('r', ['a'])
  expect(await store.intake.order(pass, early, now)).toBe('deferred')
  expect(await again(store, [early])).toBe(0)
  await store.intake.stage(pass, message('a'), now)
  expect(await again(store, [early])).toBe(1)
  expect(await stateOf(store, 'r')).toBe('recalled')
  const { recalled } = await one(
    store,
    `select recalled_at is not null as recalled from tracking.directives`,
  )
  expect(recalled).toBe(true)
})

it('is told twice and recalls once', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.stage(pass, message('a'), now)
  expect(await store.intake.order(pass, order('r1', ['a']), now)).toBe('recalled')
  expect(await store.intake.order(pass, order('r2', ['a']), now)).toBe('recalled')
  expect(await store.intake.order(pass, order('r2', ['a']), now)).toBe('taken')
  const { n } = await one(store, `select count(*) as n from tracking.orders`)
  const { recalls } = await one(
    store,
    `select count(*) as recalls from sync.history where event = 'recalled'`,
  )
  expect([n, recalls]).toEqual([1, 1])
})

it('keeps a recall of what was never staged where a person sees it', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.order(pass, order('r', ['nobody knows']), now)
  expect(await store.overview.failed(10)).toMatchObject([{ state: 'deferred', failure: 'revoke' }])
  expect((await store.overview.totals()).deferred).toBe(1)
})

it('writes an update as a revision of what it updates, under every name that it has had', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.stage(pass, message('a'), now)
  const first = await store.intake.stage(pass, update('u1', ['a'], 'Nội dung mới'), now)
  const second = await store.intake.stage(pass, update('u2', ['u1'], 'Nội dung mới nữa'), now)
  expect([first.outcome, second.outcome]).toEqual(['updated', 'updated'])
  const { subject, revision } = await one(
    store,
    `select subject, revision from tracking.directives`,
  )
  expect([subject, revision]).toEqual(['Nội dung mới nữa', 3])
  expect(await store.intake.order(pass, order('r', ['u2']), now)).toBe('recalled')
})

it('keeps an update that came before what it updates', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const early = update('u', ['a'], 'Nội dung mới')
  expect((await store.intake.stage(pass, early, now)).outcome).toBe('deferred')
  await store.intake.stage(pass, message('a'), now)
  const readAgain = { ...early, askedAt: new Date() }
  const [claim] = await store.claims.claimDue('0e984725-c51c-4bf4-9960-e1c80e27aba0', 10)
  expect((await store.claims.restage(claim!, readAgain, now)).outcome).toBe('updated')
  const { subject } = await one(store, `select subject from tracking.directives`)
  expect(subject).toBe('Nội dung mới')
})

it('leaves an update of what was recalled to a person', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.stage(pass, message('a'), now)
  await store.intake.order(pass, order('r', ['a']), now)
  const updated = await store.intake.stage(pass, update('u', ['a'], 'Nội dung mới'), now)
  expect(updated.outcome).toBe('failed')
  expect(await store.overview.failed(10)).toMatchObject([{ state: 'failed', failure: 'conflict' }])
  const { recalled } = await one(
    store,
    `select recalled_at is not null as recalled from tracking.directives`,
  )
  expect(recalled).toBe(true)
})

it('links what replaces and what is replaced, whichever came first', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const successor: Admitted = {
    ...message('b'),
    directive: { ...message('b').directive, number: '781', code: '781/UBND-NNMT' },
    business: 'replace',
    concerns: ['a'],
  }
  await store.intake.stage(pass, successor, now)
  await store.intake.stage(pass, message('a'), now)
  const { rows } = await store.db.raw(
    `select code, cardinality(replaces) as replaces, cardinality(replaced_by) as "replacedBy" from tracking.directives order by code`,
  )
  expect(rows).toEqual([
    { code: '780/UBND-NNMT', replaces: 0, replacedBy: 1 },
    { code: '781/UBND-NNMT', replaces: 1, replacedBy: 0 },
  ])
})

it('says what it is about while it waits, and nothing once that is called secret', async () => {
  const { store } = await testStore()
  const named = { code: '15/UBND-TH', issuer: 'UBND tỉnh' }
  await store.intake.order(await runningPass(store), order('r1', ['ref 9'], named), now)
  const waiting = await store.failures.waiting('nguon')
  expect(waiting).toMatchObject([{ sourceRefs: ['ref 9', 'r1'] }])
  const listed = async () =>
    (await store.attention.list({ at: now, kinds: ['messageDeferred'] })).map(
      ({ code, detail }) => [code, detail.issuer],
    )
  expect(await listed()).toEqual([['15/UBND-TH', 'UBND tỉnh']])
  expect(await store.overview.failed(9)).toMatchObject([{ code: '15/UBND-TH' }])
  await store.failures.silence(waiting[0]!.id)
  expect(await listed()).toEqual([[null, null]])
  expect(await store.failures.waiting('nguon')).toEqual([])
})

it('says nothing of what is withheld', async () => {
  const { store } = await testStore()
  const pass = await runningPass(store)
  await store.intake.stage(pass, message('d1'), now)
  await store.withholding.withhold(
    (await one(store, `select id from sync.directive`)).id,
    'vanished',
    now,
  )
  const unclear = {
    ...order('r1', ['d1']),
    business: 'unclear' as const,
    code: '780/UBND-NNMT',
    issuer: 'UBND tỉnh',
  }
  await store.intake.defer(pass, unclear, now)
  const [row] = await store.attention.list({ at: now, kinds: ['messageDeferred'] })
  expect([row?.code, row?.detail.issuer]).toEqual([null, null])
})
