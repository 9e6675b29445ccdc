/** What waits for a person, as one list. */

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Admitted } from '#src/store/admitted.ts'
import type { AttentionKind } from '#src/store/attention-kinds.ts'
import type { Pass } from '#src/store/passes.ts'
import type { Store } from '#src/store/store.ts'
import { admitted, assigned, now, runningPass, testStore } from '#test/support/store.ts'
import { admitWaiting } from '#test/support/writings.ts'

const hour = 3_600_000
const later = (hours: number) => new Date(now.getTime() + hours * hour)
const kindsOf = async (store: Store, at = now) =>
  (await store.attention.list({ at })).map(({ kind }) => kind)

function numbered(n: number, more: Partial<Admitted> = {}): Admitted {
  const code = `${n}/UBND-NNMT`
  return { ...admitted(`ref-${n}`, { number: String(n), code }), ...more }
}

const reply = {
  outcome: 'completed',
  completedOn: '2026-09-07',
  explanation: 'Đã xong',
  document: null,
} as const

/** A reply that was sent, and what became of it. */
async function sent(store: Store, assignment: string, state: 'rejected' | 'unconfirmed') {
  await store.replies.write(randomUUID(), assignment, reply, [], 'đơn vị', now)
  const [send] = await store.outbox.claimDue(randomUUID(), 1)
  const result =
    state === 'rejected'
      ? ({ state, failure: 'rejected', answer: 'Sai đơn vị nhận' } as const)
      : ({ state, failure: 'timeout', lookAgainInS: null } as const)
  await store.outbox.settle(send!, result, now)
}

async function ended(
  store: Store,
  pass: Pass,
  undecided = 0,
  because: string | null = null,
  lost = 0,
): Promise<void> {
  const { rows } = await store.db.raw(`select count(*) as n from sync.intake where pass_id = ?`, [
    pass.id,
  ])
  const allowed = rows[0].n + lost
  const totals = { seen: allowed + undecided, allowed, notEligible: 0, undecided, unchanged: 0 }
  await store.passes.end(pass, totals, now, because)
}

it('holds one of everything, the nearest endangered deadline first, each with its cause', async () => {
  await using t = await testStore()
  const { store } = t
  const { assignment } = await assigned(store, 'classified')
  await sent(store, assignment, 'rejected')
  await sent(store, assignment, 'unconfirmed')

  const pass = await runningPass(store)
  const failing = { ...numbered(1), classifyBy: later(30) }
  await store.intake.fail(pass, failing, 'diskFull', now)
  await store.intake.stage(pass, numbered(2), now)
  const other = numbered(2, { version: 'v2', revises: 'byMessage' })
  await store.intake.stage(
    pass,
    { ...other, transportRef: 'again', directive: { ...other.directive, subject: 'Khác' } },
    now,
  )
  await store.intake.order(
    pass,
    {
      ...{ transportRef: 'r', sourceRef: 'r', version: '1', business: 'revoke', recalls: true },
      ...{ concerns: ['nobody knows'], classifyBy: later(1) },
      ...{ statusCode: null, reason: null, codes: [] },
      ...{ code: '15/UBND-TH', issuer: 'UBND tỉnh' },
    },
    now,
  )
  const broken = {
    ref: 'b',
    name: 'b.pdf',
    mediaType: null,
    size: null,
    unusable: 'broken',
  } as const
  await store.intake.stage(pass, { ...numbered(4), files: [broken] }, now)
  const slow = [1, 2].map((n) => ({ ref: `f${n}`, name: `f${n}.pdf`, mediaType: null, size: 9 }))
  const { files } = await store.intake.stage(pass, { ...numbered(5), files: slow }, now)
  await store.fileClaims.postpone(files!, files!.files.slice(1), 'timeout')
  await store.intake.stage(pass, numbered(3), now)
  const three = (await store.withholding.shown('nguon', null)).get('ref-3')!
  await store.withholding.withhold(three, 'vanished', now)
  await store.db.raw(
    `select tracking.refuse(id, 'Xem MËT', 'cv') from tracking.directives where symbol = 'UBND-NNMT' and code like '2/%'`,
  )
  await admitWaiting(store)
  await ended(store, pass, 2, 'malformed', 1)
  const short = await runningPass(store, randomUUID(), 'backfill')
  const nothing = { seen: 0, allowed: 0, notEligible: 0, undecided: 0, unchanged: 0 }
  await store.db.raw(
    `update sync.pass set window_from = '2026-08-01', window_until = '2026-08-07' where id = ?`,
    [short.id],
  )
  await store.passes.end(short, nothing, now, null, { counted: 8, listed: 7 })
  await store.fuses.holds({ source: 'nguon', kind: 'withhold', count: 500, outOf: 1000 }, now)
  const five = (await store.withholding.shown('nguon', null)).get('ref-5')!
  await store.contradictions.note(new Map([[five, { how: 'inTurns', version: 'a' }]]), [], now)
  await store.sources.countUnmapped('nguon', 'secrecy', '7', 12, now)
  await store.sources.failed('nguon', 'timeout')
  await store.pauses.begin({
    ...{ source: 'nguon', until: later(48), since: now },
    ...{ actor: 'trực ban', reason: 'bảo trì' },
  })
  const rows = await store.attention.list({ at: now })
  const deadline = new Date('2026-09-08T17:00:00Z')
  expect(rows.map(({ kind, cause, code, endangers }) => [kind, cause, code, endangers])).toEqual([
    ['sourceFailing', 'timeout', null, later(30)],
    ['sourcePaused', 'maintenance', null, later(30)],
    ['stagingFailed', 'diskFull', null, later(30)],
    ['conflict', 'conflict', '2/UBND-NNMT', deadline],
    ['contradiction', 'inTurns', '5/UBND-NNMT', deadline],
    ['fileMissing', 'timeout', '5/UBND-NNMT', deadline],
    ['fileUnusable', 'broken', '4/UBND-NNMT', deadline],
    ['notAdmitted', 'notEligible', '2/UBND-NNMT', deadline],
    ['withheld', 'vanished', null, deadline],
    ['fuse', 'withhold', null, null],
    ['listShort', 'listShort', null, null],
    ['messageDeferred', 'revoke', '15/UBND-TH', null],
    ['sendRejected', 'rejected', '780/UBND-NNMT', null],
    ['unbalanced', 'head', null, null],
    ['undecided', 'malformed', null, null],
    ['unmappedCode', 'unmapped', null, null],
    ['sendUnconfirmed', 'timeout', '780/UBND-NNMT', null],
  ])
  expect(rows.every(({ since, source }) => since instanceof Date && source === 'nguon')).toBe(true)
  const detailOf = (kind: AttentionKind) => rows.find((row) => row.kind === kind)!.detail
  expect(detailOf('messageDeferred')).toMatchObject({ issuer: 'UBND tỉnh' })
  expect(detailOf('undecided')).toMatchObject({ count: 2, from: '2026-09-01', run: pass.id })
  expect(detailOf('unmappedCode')).toMatchObject({ field: 'secrecy', code: '7', count: 12 })
  expect(detailOf('listShort')).toMatchObject({
    ...{ counted: 8, listed: 7, from: '2026-08-01', until: '2026-08-07', run: short.id },
  })
  // With the one that is withheld already.
  expect(detailOf('fuse')).toMatchObject({ counted: 501, outOf: 1001 })
  expect(detailOf('sendRejected')).toMatchObject({ sends: 'reply', answer: 'Sai đơn vị nhận' })
  expect(detailOf('sourcePaused')).toMatchObject({ by: 'trực ban', reason: 'bảo trì' })

  expect(detailOf('fileMissing')).toMatchObject({ files: 1, attempts: 1, fullText: false, size: 9 })

  const { overdue, dueSoon, withoutText, doubtedDate, alert, undelivered, ...others } =
    await store.attention.counts({
      at: now,
    })
  const { mayBeSame, nameGiven, waitsForOther, releasedLate, foundLate, formRefused, ...counts } =
    others
  expect([releasedLate, foundLate, formRefused]).toEqual([0, 0, 0])
  const none = [overdue, dueSoon, withoutText, doubtedDate, alert, undelivered, mayBeSame]
  expect([...none, nameGiven, waitsForOther]).toEqual(Array(9).fill(0))
  expect(Object.values(counts)).toEqual(Array.from({ length: 17 }, () => 1))
})

it('is empty where nothing waits', async () => {
  await using t = await testStore()
  await assigned(t.store)
  expect(await t.store.attention.list({ at: now })).toEqual([])
  const counts = await t.store.attention.counts({ at: now })
  expect(new Set(Object.values(counts))).toEqual(new Set([0]))
})

it('lists a directive with files that could not be fetched once, by the first of them', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  const files = [1, 2, 3].map((n) => ({
    ref: `f${n}`,
    name: `f${n}.pdf`,
    mediaType: null,
    size: n,
  }))
  const { files: claim } = await store.intake.stage(pass, numbered(1, { files }), now)
  await ended(store, pass)
  expect(await store.attention.list({ at: now }), 'not tried yet').toEqual([])
  await store.fileClaims.postpone(claim!, claim!.files.slice(2), 'timeout')
  await store.fileClaims.postpone(claim!, claim!.files.slice(0, 1), 'tooLarge')
  const [row, ...more] = await store.attention.list({ at: now })
  expect(more).toEqual([])
  expect(row).toMatchObject({
    ...{ kind: 'fileMissing', id: claim!.directiveId, code: '1/UBND-NNMT', cause: 'tooLarge' },
    ...{ since: now, detail: { files: 2, fullText: true, size: 1 } },
  })
  const by = { actor: 'trực ban', reason: 'nguồn đã chạy lại' }
  expect(await store.directiveFiles.retry([claim!.directiveId], by, now)).toBe(3)
  const first = claim!.files[0]!.id
  await store.directiveFiles.giveUp(first, 'done', by, now)
  expect(await store.attention.list({ at: now })).toMatchObject([
    { cause: 'timeout', detail: { files: 1, fullText: false } },
  ])
})

it('is cut into pages, and asked for by kind, source and directive', async () => {
  await using t = await testStore()
  const { store } = t
  await store.sources.register('khác', { statuses: [], replies: 'none' }, 'f')
  const pass = await runningPass(store)
  for (let n = 1; n <= 5; n++)
    await store.intake.fail(pass, { ...numbered(n), classifyBy: later(10 - n) }, 'timeout', now)
  await store.sources.failed('khác', 'unreachable')
  const asked = { at: now, kinds: ['stagingFailed'] as const }
  const whole = await store.attention.list(asked)
  expect(whole.map(({ endangers }) => endangers)).toEqual([5, 6, 7, 8, 9].map(later))
  const pages = await Promise.all(
    [0, 2, 4].map((offset) => store.attention.list(asked, { limit: 2, offset })),
  )
  expect(pages.flat()).toEqual(whole)
  expect((await store.attention.list({ at: now, sources: ['khác'] })).map(({ id }) => id)).toEqual([
    'khác',
  ])
  expect(await store.attention.counts({ at: now, sources: ['khác'] })).toMatchObject({
    stagingFailed: 0,
    sourceFailing: 1,
  })
  expect(await store.attention.list({ at: now, directiveId: randomUUID() })).toEqual([])
})

it('puts behind what is not counted: issued before its source went live', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.stage(pass, numbered(1, { beforeGoLive: true }), now)
  const later = numbered(2)
  const deadline = { ...later.deadline, deadlineAt: new Date('2026-09-30T17:00:00Z') }
  await store.intake.stage(pass, { ...later, deadline }, now)
  for (const id of (await store.withholding.shown('nguon', null)).values())
    await store.withholding.withhold(id, 'doubtful', now)
  const rows = await store.attention.list({ at: now })
  expect(rows.map(({ beforeGoLive }) => beforeGoLive)).toEqual([false, true])
})

it('says nothing of what is withheld, and does not list what will be purged by itself', async () => {
  await using t = await testStore()
  const { store } = t
  const { directive, assignment } = await assigned(store)
  await sent(store, assignment, 'rejected')
  expect(await kindsOf(store)).toEqual(['sendRejected'])
  await store.withholding.withhold(directive, 'doubtful', now)
  const rows = await store.attention.list({ at: now })
  expect(rows).toMatchObject([
    { kind: 'withheld', id: directive, code: null, cause: 'doubtful', endangers: null, detail: {} },
  ])
  expect(JSON.stringify(rows)).not.toMatch(/780|thiên tai|Quảng Trị/)
  await store.withholding.withhold(directive, 'secret', now)
  expect(await store.attention.list({ at: now })).toEqual([])
})

it('names no directive that is withheld, not even beside a message of another reference', async () => {
  await using t = await testStore()
  const { store } = t
  const pass = await runningPass(store)
  await store.intake.stage(pass, numbered(1), now)
  const files = [{ ref: 'f', name: 'f.pdf', mediaType: null, size: 9 }]
  const update = numbered(2, { business: 'update', concerns: ['ref-1'], files })
  const { files: claim } = await store.intake.stage(pass, update, now)
  await store.fileClaims.postpone(claim!, claim!.files, 'timeout')
  expect((await store.attention.list({ at: now }))[0]).toMatchObject({ cause: 'timeout' })
  const id = (await store.withholding.shown('nguon', null)).get('ref-1')!
  await store.withholding.withhold(id, 'secret', now)
  expect(await store.attention.list({ at: now })).toEqual([])
})

it('counts what one source shows and nobody can read once, until a reading of those days is whole', async () => {
  await using t = await testStore()
  const { store } = t
  await ended(store, await runningPass(store), 3, 'malformed')
  await ended(store, await runningPass(store), 3, 'timeout')
  const deep = await runningPass(store, randomUUID(), 'deep')
  await ended(store, deep, 4, 'unavailable')
  const rows = await store.attention.list({ at: now })
  expect(rows).toMatchObject([{ kind: 'undecided', id: 'nguon', detail: { count: 4 } }])

  // A recheck of single ones proves nothing of the days; a whole reading does.
  await store.db.raw(
    `insert into sync.pass (source, kind, window_from, window_until, upper_bound, state, seen, allowed, not_eligible, undecided, unchanged, opened_at, ended_at)
     values ('nguon', 'recheck', '2026-01-01', '2026-12-31', :now, 'done', 0, 0, 0, 0, 0, :now, :ended)`,
    { now, ended: later(1) },
  )
  expect(await kindsOf(store)).toEqual(['undecided'])
  await store.db.raw(`update sync.pass set kind = 'resync' where kind = 'recheck'`)
  expect(await kindsOf(store)).toEqual([])
})

it('keeps an unmapped code until a whole daily reading no longer met it', async () => {
  await using t = await testStore()
  const { store } = t
  await store.sources.countUnmapped('nguon', 'secrecy', '7', 1, now)
  await ended(store, await runningPass(store, randomUUID(), 'deep'))
  expect(await kindsOf(store)).toEqual(['unmappedCode'])
  await store.db.raw(`update sync.source set deep_read_at = ?`, [later(24)])
  expect(await kindsOf(store)).toEqual([])
})

it('forgets unmapped codes when the profile changes, because the new one is counted anew', async () => {
  await using t = await testStore()
  const { store } = t
  await store.sources.countUnmapped('nguon', 'secrecy', '7', 1, now)
  const can = { statuses: [], replies: 'message' } as const
  await store.sources.register('nguon', can, 'f')
  expect(await kindsOf(store)).toEqual(['unmappedCode'])
  await store.sources.register('nguon', can, 'another gate')
  expect(await kindsOf(store)).toEqual([])
})
