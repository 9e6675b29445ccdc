import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { LeaseLost } from '#src/store/lease.ts'
import { retryAll } from '#test/support/claims.ts'
import { admitted, kept, now, runningPass, testStore, withholdRef } from '#test/support/store.ts'

const file = { ref: 'f1', name: 'toan-van.pdf', mediaType: 'application/pdf', size: 10 }

it('stages a directive without files at once, with its deadline', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  expect(await t.store.intake.stage(pass, admitted('a'), now)).toMatchObject({
    outcome: 'staged',
  })
  const { rows } = await t.store.db.raw(`select * from tracking.directives`)
  expect(rows).toMatchObject([
    {
      code: '780/UBND-NNMT',
      issued_on: '2026-09-04',
      deadline_date: '2026-09-08',
      calendar_version: 'lich/1',
      staged_at: now,
    },
  ])
})

it('shows a directive at once, and tells apart when its files were there', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  const { outcome, files } = await t.store.intake.stage(pass, admitted('a', { files: [file] }), now)
  expect(outcome).toBe('staged')
  const shown = async () =>
    (
      await t.store.db.raw(
        `select d.staged_at, d.files_complete, d.files_complete_at, f.state from tracking.directives d join tracking.directive_files f on f.directive_id = d.id`,
      )
    ).rows
  expect(await shown()).toEqual([
    { staged_at: now, files_complete: false, files_complete_at: null, state: 'waiting' },
  ])
  const later = new Date(now.getTime() + 60_000)
  expect(await t.store.fileClaims.store(files!, kept(files!.files[0]!), later)).toBe(true)
  expect(await shown()).toEqual([
    { staged_at: now, files_complete: true, files_complete_at: later, state: 'stored' },
  ])
})

it('makes a key for every directive, also for one without files, and for nothing else', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  for (const version of ['v1', 'v1', 'v2']) {
    await t.store.intake.stage(pass, admitted('a', { version }), now)
    await t.store.intake.stage(pass, admitted('a', { version, subject: 'Khác' }), now)
  }
  const { rows } = await t.store.db.raw(`select id from sync.directive`)
  expect(await t.store.keys.all()).toEqual([rows[0].id])
})

it('stages the same version once, however many workers bring it', async () => {
  await using t = await testStore()
  const head = await runningPass(t.store)
  const backfill = await runningPass(t.store, randomUUID(), 'backfill')
  const outcomes = await Promise.all(
    [head, backfill, head, backfill].map((pass) => t.store.intake.stage(pass, admitted('a'), now)),
  )
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
    'staged',
    'taken',
    'taken',
    'taken',
  ])
  expect((await t.store.db.raw(`select id from sync.directive`)).rows).toHaveLength(1)
})

it('makes a revision of changed content and says what changed', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  expect(
    await t.store.intake.stage(
      pass,
      admitted('a', { version: 'v2', subject: 'Trích yếu đã sửa' }),
      now,
    ),
  ).toMatchObject({ outcome: 'updated' })
  const { rows } = await t.store.db.raw(
    `select revision, changed from tracking.directive_revisions order by revision`,
  )
  expect(rows).toEqual([
    { revision: 1, changed: [] },
    { revision: 2, changed: ['subject'] },
  ])
})

it('takes equal content under a new version for a redelivery', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  expect(await t.store.intake.stage(pass, admitted('a', { version: 'v2' }), now)).toMatchObject({
    outcome: 'unchanged',
  })
  expect((await t.store.db.raw(`select revision from sync.directive`)).rows).toEqual([
    { revision: 1 },
  ])
})

it('acknowledges by a row of the same commit, once everything is stored', async () => {
  await using t = await testStore({ acknowledges: true })
  const pass = await runningPass(t.store)
  const { files } = await t.store.intake.stage(pass, admitted('a', { files: [file] }), now)
  const acknowledgements = async () =>
    (await t.store.db.raw(`select id from sync.outbox where kind = 'acknowledge'`)).rows.length
  expect(await acknowledgements()).toBe(0)
  await t.store.fileClaims.store(files!, kept(files!.files[0]!), now)
  expect(await acknowledgements()).toBe(1)
})

it('hands a failed row out again, nearest deadline first, to one worker', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.fail(
    pass,
    { ...admitted('late'), classifyBy: new Date('2026-09-09T17:00:00Z') },
    'ourMistake',
    now,
  )
  await t.store.intake.fail(
    pass,
    { ...admitted('soon'), classifyBy: new Date('2026-09-07T17:00:00Z') },
    'ourMistake',
    now,
  )
  await retryAll(t.store)
  const [first] = await t.store.claims.claimDue(randomUUID(), 1)
  const [second] = await t.store.claims.claimDue(randomUUID(), 1)
  expect([first!.sourceRef, second!.sourceRef]).toEqual(['soon', 'late'])
  expect(await t.store.claims.claimDue(randomUUID(), 1)).toEqual([])
})

it('fences off a sleeper whose claim was taken over', async () => {
  await using t = await testStore({ leaseMs: 1 })
  const pass = await runningPass(t.store)
  const { files } = await t.store.intake.stage(pass, admitted('a', { files: [file] }), now)
  const other = async () => (await t.store.fileClaims.claimDue(randomUUID(), 1, 'small')).length
  await expect.poll(other).toBe(1)
  await expect(t.store.fileClaims.renew(files!)).rejects.toThrow(LeaseLost)
  expect(await t.store.fileClaims.store(files!, kept(files!.files[0]!), now)).toBe(false)
})

it('takes a withheld directive out of every view at once and never stages it again by itself', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a', { files: [] }), now)
  expect(await withholdRef(t.store, 'nguon', 'a', now)).toBe(true)
  for (const view of [
    'directives',
    'directive_revisions',
    'directive_files',
    'tasks',
    'replies',
    'history',
  ]) {
    expect((await t.store.db.raw(`select * from tracking.${view}`)).rows, view).toEqual([])
  }
  expect(await t.store.overview.find('780/UBND-NNMT')).toEqual([])
  expect(
    await t.store.intake.stage(pass, admitted('a', { version: 'v2', subject: 'Khác' }), now),
  ).toMatchObject({ outcome: 'withheld' })
})

it('keeps a recalled directive with its history and stops its clock', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  expect(
    await t.store.intake.recall(
      pass,
      { transportRef: 'a', sourceRef: 'a', version: 'v2' },
      new Date(),
      now,
    ),
  ).toBe('recalled')
  expect(
    await t.store.intake.recall(
      pass,
      { transportRef: 'x', sourceRef: 'x', version: 'v1' },
      new Date(),
      now,
    ),
  ).toBe('unknown')
  const { rows } = await t.store.db.raw(`select recalled_at from tracking.directives`)
  expect(rows).toEqual([{ recalled_at: now }])
  expect((await t.store.overview.deadlines(new Date('2027-01-01'))).overdue).toBe(0)
})

it('refuses to alter or remove history', async () => {
  await using t = await testStore()
  const pass = await runningPass(t.store)
  await t.store.intake.stage(pass, admitted('a'), now)
  await expect(t.store.db.raw(`update sync.history set actor = 'x'`)).rejects.toThrow(/append-only/)
  await expect(t.store.db.raw(`delete from sync.history`)).rejects.toThrow(/append-only/)
  await expect(t.store.db.raw(`truncate sync.history`)).rejects.toThrow(/append-only/)
})
