/** What could not be staged, settled by a person: discarded rows balance, stay discarded, and bar no new version. */

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Admitted } from '#src/store/admitted.ts'
import type { Order } from '#src/store/orders.ts'
import type { Store } from '#src/store/store.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

const by = { actor: 'trực ban', reason: 'nguồn đã gửi bản khác' }

async function rowsOf(store: Store, sql: string) {
  return (await store.db.raw(sql)).rows
}

/** It could not be written. */
async function stuck(store: Store, message: Admitted) {
  const pass = await runningPass(store)
  await store.intake.fail(pass, { ...message, classifyBy: now }, 'ourMistake', now)
  const totals = { seen: 1, allowed: 1, notEligible: 0, undecided: 0, unchanged: 0 }
  await store.passes.end(pass, totals, now)
  const [row] = await store.overview.failed(10)
  return String(row!.id)
}

async function arrives(store: Store, message: Admitted) {
  const pass = await runningPass(store)
  return store.intake.stage(pass, { ...message, askedAt: new Date() }, now)
}

it('settles a row, and its reading still balances', async () => {
  await using t = await testStore()
  const { store } = t
  const id = await stuck(store, admitted('a'))
  expect(await store.failures.discard(id, by, now)).toBe(true)
  expect(await rowsOf(store, `select state from sync.intake`)).toEqual([{ state: 'discarded' }])
  expect(await rowsOf(store, `select allowed, discarded, balances from sync.pass_balance`)).toEqual(
    [{ allowed: 1, discarded: 1, balances: true }],
  )
  expect(await store.overview.totals()).toMatchObject({ discarded: 1, failed: 0 })
  expect(await store.attention.list({ at: now })).toEqual([])
  expect(
    await rowsOf(store, `select actor, event, detail, directive_id from sync.history`),
  ).toEqual([
    {
      actor: by.actor,
      event: 'stagingDiscarded',
      detail: { intake: id, source: 'nguon', cause: 'ourMistake', reason: by.reason },
      directive_id: null,
    },
  ])
  expect(await store.failures.discard(id, by, now)).toBe(false)
})

it('is not tried again, nor read again as the version it was, and a new version is staged', async () => {
  await using t = await testStore()
  const { store } = t
  const id = await stuck(store, admitted('a'))
  const [claim] = await claimAll(store)
  await store.failures.discard(id, by, now)
  // Whoever was at it is fenced off.
  await expect(store.claims.postpone(claim!, 'timeout')).rejects.toThrow()
  expect(await claimAll(store)).toEqual([])
  expect((await arrives(store, admitted('a'))).outcome).toBe('taken')
  await store.db.raw(`update sync.pass set state = 'failed' where state = 'running'`)
  const staged = await arrives(store, admitted('a', { version: 'v2' }))
  expect(staged.outcome).toBe('staged')
  expect(await rowsOf(store, `select revision from tracking.directives`)).toEqual([{ revision: 1 }])
})

it('leaves what shows as it is', async () => {
  await using t = await testStore()
  const { store } = t
  await arrives(store, admitted('a'))
  await store.db.raw(`update sync.pass set state = 'failed' where state = 'running'`)
  const id = await stuck(store, { ...admitted('a', { version: 'v2' }), askedAt: new Date() })
  await store.failures.discard(id, by, now)
  expect(await rowsOf(store, `select revision from tracking.directives`)).toEqual([{ revision: 1 }])
})

it('settles a recall of what was never staged, which then no longer waits for it', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const order = {
    ...{ transportRef: 'r', sourceRef: 'r', version: '1', business: 'revoke', recalls: true },
    ...{ code: null, issuer: null },
    ...{ concerns: ['a'], classifyBy: now, statusCode: null, reason: null, codes: [] },
  } satisfies Order
  await store.intake.order(pass, order, now)
  const [row] = await store.attention.list({ at: now })
  expect(await store.failures.discardable([row!.id])).toMatchObject([{ cause: 'revoke' }])
  expect(await store.failures.discard(row!.id, by, now)).toBe(true)
  await store.intake.stage(pass, admitted('a'), now)
  expect(await claimAll(store)).toEqual([])
})

it('remembers a retry of each row that was named, and one of all', async () => {
  await using t = await testStore()
  const { store } = t
  const id = await stuck(store, admitted('a'))
  expect(await store.failures.retry([id], by, now)).toBe(1)
  expect(await store.failures.retry(null, by, now)).toBe(1)
  expect(await store.failures.retry([randomUUID()], by, now)).toBe(0)
  const history = await rowsOf(
    store,
    `select directive_id is not null as named, detail from sync.history order by detail ->> 'rows' nulls first`,
  )
  expect(history).toEqual([
    { named: false, detail: { intake: id, source: 'nguon', reason: by.reason } },
    { named: false, detail: { rows: 1, reason: by.reason } },
  ])
})

it('forgets what was discarded when its source calls it secret', async () => {
  await using t = await testStore()
  const { store } = t
  const id = await stuck(store, admitted('mã của nguồn'))
  await store.failures.discard(id, by, now)
  expect(await store.failures.discarded('nguon')).toEqual([{ id, sourceRef: 'mã của nguồn' }])
  await store.failures.forget(id, now)
  const left = await rowsOf(store, `select * from sync.intake`)
  expect(left[0].state).toBe('purged')
  expect(JSON.stringify(left)).not.toContain('mã của nguồn')
})

function claimAll(store: Store) {
  return store.claims.claimDue(randomUUID(), 10)
}
