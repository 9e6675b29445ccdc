import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { LeaseLost } from '#src/store/lease.ts'
import { duePasses } from '#test/support/claims.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

const totals = { seen: 3, allowed: 1, notEligible: 2, undecided: 0, unchanged: 0 }

it('opens one head reading at a time', async () => {
  await using t = await testStore()
  const first = await t.store.passes.open({
    source: 'nguon',
    kind: 'head',
    from: '2026-09-01',
    until: '2026-09-07',
    upperBound: now,
    cursorBefore: null,
  })
  const second = await t.store.passes.open({
    source: 'nguon',
    kind: 'head',
    from: '2026-09-01',
    until: '2026-09-08',
    upperBound: now,
    cursorBefore: null,
  })
  expect(first).not.toBeNull()
  expect(second).toBeNull()
})

it('gives a due pass to one worker only', async () => {
  await using t = await testStore()
  const id = await t.store.passes.open({
    source: 'nguon',
    kind: 'head',
    from: '2026-09-01',
    until: '2026-09-07',
    upperBound: now,
    cursorBefore: null,
  })
  const claims = await Promise.all(
    Array.from({ length: 8 }, () => t.store.passes.claim(randomUUID(), { id: id! })),
  )
  expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
})

it('moves the cursor to the upper bound with the end of the pass', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  expect((await t.store.sources.state('nguon')).headCursor).toBeNull()
  await t.store.passes.end(pass, { ...totals, allowed: 0, notEligible: 3 }, now)
  expect((await t.store.sources.state('nguon')).headCursor).toEqual(now)
})

it('keeps the cursor where it was while something stayed undecided', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const state = await t.store.passes.end(
    pass,
    { seen: 3, allowed: 0, notEligible: 2, undecided: 1, unchanged: 0 },
    now,
  )
  expect(state).toBe('open')
  expect((await t.store.sources.state('nguon')).headCursor).toBeNull()
})

it('does not move a cursor that another pass has moved meanwhile', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const elsewhere = new Date('2026-09-07T03:00:00Z')
  await t.store.db.raw(`update sync.source set head_cursor = ?`, [elsewhere])
  await t.store.passes.end(pass, { ...totals, allowed: 0, notEligible: 3 }, now)
  expect((await t.store.sources.state('nguon')).headCursor).toEqual(elsewhere)
})

it('refuses totals that do not balance', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await expect(
    t.store.passes.end(
      pass,
      { seen: 5, allowed: 1, notEligible: 2, undecided: 0, unchanged: 0 },
      now,
    ),
  ).rejects.toThrow(/check/)
})

it('fences off a worker whose lease ran out and was taken over', async () => {
  await using t = await testStore({ leaseMs: 1 })
  const sleeper = await runningPass(t.store)
  await expect.poll(() => t.store.passes.retakeExpired()).toBe(1)
  await expect(t.store.passes.renew(sleeper)).rejects.toThrow(LeaseLost)
  await expect(t.store.intake.stage(sleeper, admitted('a'), now)).rejects.toThrow(LeaseLost)
  await expect(t.store.passes.end(sleeper, totals, now)).rejects.toThrow(LeaseLost)
  const { rows } = await t.store.db.raw(`select count(*) as n from sync.intake`)
  expect(rows[0].n).toBe(0)
})

it('puts the window of an interrupted reading back in line', async () => {
  await using t = await testStore({ leaseMs: 1 })
  await runningPass(t.store)
  await expect.poll(() => t.store.passes.retakeExpired()).toBe(1)
  const due = await duePasses(t.store, 10)
  expect(due).toHaveLength(1)
  expect(await t.store.passes.claim(randomUUID(), { id: due[0]!.id })).toMatchObject({
    from: '2026-09-01',
    until: '2026-09-07',
    kind: 'head',
  })
})

it('splits what was allowed into outcomes that add up', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  await t.store.intake.fail(pass, { ...admitted('b'), classifyBy: now }, 'diskFull', now)
  await t.store.passes.end(
    pass,
    { seen: 5, allowed: 3, notEligible: 2, undecided: 0, unchanged: 1 },
    now,
  )
  expect(await t.store.passes.one(pass.id)).toMatchObject({
    staged: 1,
    failed: 1,
    unchanged: 1,
    balances: true,
  })
})
