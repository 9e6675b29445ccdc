/** Withholding and purging reach every message of a directive, by whatever reference its source sent it. */

import { expect, it } from 'vitest'
import type { Admitted } from '#src/store/admitted.ts'
import { row } from '#test/connectors/paged-register.ts'
import { dueNow, farSide } from '#test/review/far-side.ts'
import { pullAll } from '#test/support/app.ts'
import { settleAll } from '#test/support/claims.ts'
import { admitted, kept, now, runningPass, testStore } from '#test/support/store.ts'

const files = [{ ref: 'f1', name: 'a.pdf', mediaType: null, size: 10 }]

function update(ref: string, more: Partial<Admitted> = {}): Admitted {
  const message = admitted(ref, { subject: 'Nội dung mới' })
  return { ...message, business: 'update', concerns: ['a'], revises: 'byMessage', ...more }
}

/** A directive that an update, under a reference of its own, is about to change. */
async function updated() {
  const t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.stage(pass, { ...admitted('a'), revises: 'byMessage' }, now)
  const { rows } = await store.db.raw(`select id from sync.directive`)
  return { t, store, pass, id: rows[0].id as string }
}

it('stops an update whose files are still coming when its directive is withheld', async () => {
  await using s = await disposable(updated())
  const { files: claim } = await s.store.intake.stage(s.pass, update('u', { files }), now)
  await s.store.withholding.withhold(s.id, 'secret', now)
  await expect(s.store.fileClaims.renew(claim!)).rejects.toThrow('lease')
  expect(await s.store.fileClaims.store(claim!, kept(claim!.files[0]!), now)).toBe(false)
  expect(await s.store.fileClaims.claimDue(s.pass.lease.owner, 10, 'small')).toEqual([])
  expect(await s.store.directiveFiles.open(10)).toEqual([])
})

it('takes up again an update that came while its directive was withheld', async () => {
  await using s = await disposable(updated())
  await s.store.withholding.withhold(s.id, 'doubtful', now)
  expect(await s.store.intake.stage(s.pass, update('u'), now)).toMatchObject({
    outcome: 'withheld',
  })
  await s.store.withholding.release(s.id, now, { actor: 'người trực' })
  const [claim, ...others] = await s.store.claims.claimDue(s.pass.lease.owner, 10)
  expect(others).toEqual([])
  expect(claim).toMatchObject({ sourceRef: 'u', state: 'failed', directiveId: null })
  expect(await s.store.claims.restage(claim!, update('u'), now)).toMatchObject({
    outcome: 'updated',
  })
})

it('names nothing of what is withheld among the failures', async () => {
  await using s = await disposable(updated())
  const item = { ...update('u'), classifyBy: now, business: 'update' } as const
  await s.store.intake.fail(s.pass, item, 'unreachable', now)
  // As if the row had been missed.
  await s.store.db.raw(
    `update sync.directive set withheld_at = now(), withheld_because = 'secret', withheld_itself = 'secret'`,
  )
  expect(await s.store.overview.failed(10)).toMatchObject([{ code: null }])
})

it('leaves no acknowledgement of a message that went with its directive', async () => {
  await using s = await disposable(updated())
  await s.store.intake.stage(s.pass, update('u'), now)
  await s.store.withholding.withhold(s.id, 'secret', now)
  const by = { actor: 'bridge', authority: 'luật' }
  expect(await s.store.purging.purge(s.id, by, now)).not.toBeNull()
  const { rows } = await s.store.db.raw(`select from sync.outbox`)
  expect(rows).toEqual([])
  const { rows: left } = await s.store.db.raw(
    `select distinct state, source_ref as ref from sync.intake`,
  )
  expect(left).toEqual([{ state: 'purged', ref: '' }])
})

it('shows the new content of what changed at its source while it was withheld', async () => {
  await using f = await farSide([row(1)])
  await pullAll(f.app)
  const { rows } = await f.app.store.db.raw(`select id from sync.directive`)
  const at = f.app.clock.now()
  await f.app.store.withholding.withhold(rows[0].id, 'doubtful', at)
  f.rows[0] = row(1, { abstract: 'Về việc đã sửa đổi' })
  await pullAll(f.app)
  await f.app.store.withholding.release(rows[0].id, at, { actor: 'người trực' })
  await dueNow(f.app)
  await settleAll(f.app)
  const { rows: found } = await f.app.store.db.raw(`select subject from tracking.directives`)
  expect(found).toEqual([{ subject: 'Về việc đã sửa đổi' }])
})

async function disposable<T extends { t: AsyncDisposable }>(made: Promise<T>) {
  const one = await made
  return { ...one, [Symbol.asyncDispose]: () => one.t[Symbol.asyncDispose]() }
}

it('leaves no reference of what was purged with the messages that named it', async () => {
  await using s = await disposable(updated())
  const replacing = { ...admitted('r'), business: 'replace', concerns: ['a', 'z'] } as const
  const directive = { ...replacing.directive, number: '999', code: '999/UBND-NNMT' }
  await s.store.intake.stage(s.pass, { ...replacing, directive }, now)
  const scope = { source: 'nguon', from: '2026-01-01', until: '2026-12-31', refs: ['a'] }
  const request = { ...scope, thorough: false }
  await s.store.resyncs.request(request, { actor: 'x', reason: null }, now)
  await s.store.withholding.withhold(s.id, 'secret', now)
  await s.store.purging.purge(s.id, { actor: 'bridge', authority: 'luật' }, now)
  const { rows: replaced } = await s.store.db.raw(`select source_ref as ref from sync.replacement`)
  expect(replaced).toEqual([{ ref: 'z' }])
  const { rows: concerned } = await s.store.db.raw(
    `select concerns from sync.intake where source_ref = 'r'`,
  )
  expect(concerned).toEqual([{ concerns: ['z'] }])
  const { rows: asked } = await s.store.db.raw(`select refs from sync.resync`)
  expect(asked).toEqual([{ refs: [] }])
})

it('keeps the references of a resync no longer than it runs', async () => {
  await using t = await testStore()
  const scope = { source: 'nguon', from: '2026-03-01', until: '2026-03-02', refs: ['a'] }
  const request = { ...scope, thorough: false }
  const by = { actor: 'x', reason: null }
  const id = await t.store.resyncs.request(request, by, now)
  await t.store.resyncs.advance(now)
  expect((await t.store.resyncs.one(id))?.refs).toEqual(['a'])
  await t.store.db.raw(
    `update sync.pass set state = 'done', seen = 1, allowed = 0, not_eligible = 1, undecided = 0, unchanged = 0`,
  )
  await t.store.resyncs.advance(now)
  expect(await t.store.resyncs.one(id)).toMatchObject({ state: 'done', refs: [] })
})
