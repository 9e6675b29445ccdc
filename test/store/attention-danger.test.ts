/** Deadlines that have passed or soon will, and alerts that last: the first of what waits for a person, each once. */

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { alertKinds, nearHours } from '#src/domain/alert.ts'
import type { Admitted } from '#src/store/admitted.ts'
import type { AttentionAsked } from '#src/store/attention.ts'
import { waiting } from '#src/store/attention-rows.ts'
import type { Store } from '#src/store/store.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

const hour = 3_600_000
const later = (hours: number) => new Date(now.getTime() + hours * hour)
const patience = { repeatMs: 4 * hour, quietMs: 300_000 }

const whole = { seen: 1, allowed: 1, notEligible: 0, undecided: 0, unchanged: 0 }

/** Staged, with so many hours left. */
async function staged(
  store: Store,
  n: number,
  hoursLeft: number,
  more: Partial<Admitted> = {},
  urgency: Admitted['directive']['urgency'] = 'normal',
): Promise<string> {
  const pass = await runningPass(store)
  const item = admitted(`ref-${n}`, { number: String(n), code: `${n}/UBND-NNMT`, urgency })
  const deadline = { ...item.deadline, deadlineAt: later(hoursLeft) }
  await store.intake.stage(pass, { ...item, deadline, ...more }, now)
  await store.passes.end(pass, whole, now)
  const { rows } = await store.db.raw(`select id from sync.directive where source_ref = ?`, [
    `ref-${n}`,
  ])
  return rows[0].id
}

/** The same document through a second source. */
async function copied(
  store: Store,
  n: number,
  hoursLeft: number,
  more: Partial<Admitted> = {},
): Promise<string> {
  await store.sources.register('truc', { statuses: [], replies: 'message' }, 'f')
  const id = await store.passes.open({
    ...{ source: 'truc', kind: 'head', from: '2026-09-01', until: '2026-09-07' },
    ...{ upperBound: now, cursorBefore: null },
  })
  const pass = (await store.passes.claim(randomUUID(), { id: id! }))!
  const item = admitted(`truc-${n}`, { number: String(n), code: `${n}/UBND-NNMT` })
  const deadline = { ...item.deadline, deadlineAt: later(hoursLeft) }
  await store.intake.stage(pass, { ...item, deadline, ...more }, now)
  await store.passes.end(pass, whole, now)
  const { rows } = await store.db.raw(
    `select id, primary_id from sync.directive where source = 'truc' and source_ref = ?`,
    [`truc-${n}`],
  )
  expect(rows[0].primary_id).not.toBeNull()
  return rows[0].id
}

async function raised(store: Store, ...of: readonly (readonly [string, string])[]): Promise<void> {
  const conditions = of.map(([kind, source]) => ({
    kind: alertKinds.find((one) => one === kind)!,
    source,
    figures: { count: 1 },
  }))
  await store.alerts.keep(conditions, now, patience, [])
}

async function listed(store: Store, asked: Omit<AttentionAsked, 'at'> = {}, at = now) {
  const [rows, counts] = await Promise.all([
    store.attention.list({ at, ...asked }),
    store.attention.counts({ at, ...asked }),
  ])
  expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(rows.length)
  return rows.map(({ kind, code, source }) => `${kind} ${code ?? source}`)
}

it('lists what is overdue, then what soon will be, then alerts, before all else', async () => {
  await using t = await testStore()
  const { store } = t
  await staged(store, 1, 7)
  await staged(store, 2, -16, {}, 'flash')
  await staged(store, 3, -40)
  await staged(store, 4, 9)
  const pass = await runningPass(store)
  const failing = admitted('ref-9', { number: '9', code: '9/UBND-NNMT' })
  await store.intake.fail(pass, { ...failing, classifyBy: later(-50) }, 'diskFull', now)
  await raised(store, ['sourceSilent', 'nguon'])
  expect(await listed(store)).toEqual([
    'overdue 3/UBND-NNMT',
    'overdue 2/UBND-NNMT',
    'dueSoon 1/UBND-NNMT',
    'alert nguon',
    'stagingFailed nguon',
  ])
  const [first, , soon] = await store.attention.list({ at: now })
  expect(first).toMatchObject({
    cause: 'deadlinePassed',
    since: later(-40),
    endangers: later(-40),
    directiveId: first!.id,
    detail: { urgency: 'normal', deadlineDate: '2026-09-08', filesComplete: true },
  })
  expect(soon).toMatchObject({ cause: 'deadlineNear', endangers: later(7), detail: {} })
})

it('lists nothing whose clock does not run, and lets go of what is settled', async () => {
  await using t = await testStore()
  const { store } = t
  const classified = await staged(store, 1, -5)
  const refused = await staged(store, 2, 3)
  const recalled = await staged(store, 3, -5)
  const withheld = await staged(store, 4, -5)
  await staged(store, 5, -5, { beforeGoLive: true })
  expect(await listed(store)).toHaveLength(4)
  await store.db.raw(`select sync.classify(?, '[]', 'chuyên viên', ?)`, [classified, now])
  await store.db.raw(`select sync.refuse(?, 'không thuộc phạm vi', 'chuyên viên', ?)`, [
    refused,
    now,
  ])
  const by = { actor: 'trực ban', reason: 'ban hành nhầm', authority: 'CV 12/VP-TH' }
  await store.recalls.recall(recalled, by, now)
  await store.withholding.withhold(withheld, 'doubtful', now)
  const rows = await store.attention.list({ at: now })
  expect(rows).toMatchObject([{ kind: 'withheld', id: withheld, code: null, detail: {} }])
  expect(JSON.stringify(rows)).not.toContain('UBND-NNMT')
})

it('counts the copies of one document once, also where one is only soon due', async () => {
  await using t = await testStore()
  const { store } = t
  const first = await staged(store, 1, 5)
  const copy = await copied(store, 1, -2)
  await staged(store, 2, -3)
  expect(await listed(store)).toEqual(['overdue 2/UBND-NNMT', 'overdue 1/UBND-NNMT'])
  // Asked of one source or one copy alone, the document stands there.
  expect(await listed(store, { sources: ['truc'] })).toEqual(['overdue 1/UBND-NNMT'])
  expect(await listed(store, { sources: ['nguon'] })).toHaveLength(2)
  expect((await store.attention.list({ at: now, directiveId: copy }))[0]?.kind).toBe('overdue')
  expect((await store.attention.list({ at: now, directiveId: first }))[0]?.kind).toBe('dueSoon')
  await store.db.raw(`select sync.classify(?, '[]', 'chuyên viên', ?)`, [first, now])
  expect(await listed(store)).toEqual(['overdue 2/UBND-NNMT'])
})

/** The full text of it, small enough to be fetched at once, or an annex beside it. */
const text = { ref: 'text', name: 'van-ban.pdf', mediaType: null, size: 9, isFullText: true }
const annex = { ref: 'annex', name: 'phu-luc.pdf', mediaType: null, size: 9 }

/** Each of these files of a directive is stored. */
async function stored(store: Store, directive: string, refs: readonly string[]): Promise<void> {
  const { rows } = await store.db.raw(
    `select id from sync.directive_file where directive_id = :directive and ref = any (:refs)`,
    { directive, refs: [...refs] },
  )
  const file = { storedAs: randomUUID(), size: 9, sha256: '0'.repeat(64) }
  for (const { id } of rows)
    await store.directiveFiles.handIn(id, file, { actor: 'trực ban', reason: 'bản ký số' }, now)
}

it('lists what is past its deadline without its full text, classified or not', async () => {
  await using t = await testStore()
  const { store } = t
  const files = [text, annex]
  const waits = await staged(store, 1, -2, { files })
  const classified = await staged(store, 2, -3, { files })
  const refused = await staged(store, 3, -2, { files })
  const recalled = await staged(store, 4, -2, { files })
  await staged(store, 5, -2, { files, beforeGoLive: true })
  await staged(store, 6, 20, { files })
  await stored(store, await staged(store, 7, -1, { files }), ['text'])
  await store.db.raw(`select sync.classify(?, '[]', 'chuyên viên', ?)`, [classified, later(-4)])
  await store.db.raw(`select sync.refuse(?, 'không thuộc phạm vi', 'cv', ?)`, [refused, now])
  const by = { actor: 'trực ban', reason: 'ban hành nhầm', authority: 'CV 12/VP-TH' }
  await store.recalls.recall(recalled, by, now)
  await raised(store, ['withoutText', 'nguon'], ['sourceSilent', 'nguon'])
  expect(await listed(store)).toEqual([
    'overdue 1/UBND-NNMT',
    'overdue 7/UBND-NNMT',
    'withoutText 1/UBND-NNMT',
    'withoutText 2/UBND-NNMT',
    'alert nguon',
  ])
  const rows = await store.attention.list({ at: now, kinds: ['withoutText'] })
  expect(rows).toMatchObject([
    { directiveId: waits, cause: 'waiting', since: later(-2), endangers: later(-2) },
    { directiveId: classified, cause: 'waiting', since: later(-3), endangers: null },
  ])
  expect(await store.signals.withoutText(now)).toEqual([{ source: 'nguon', count: 2 }])
  await stored(store, waits, ['annex'])
  expect(await listed(store, { kinds: ['withoutText'] })).toHaveLength(2)
  await stored(store, waits, ['text'])
  expect(await listed(store, { kinds: ['withoutText'] })).toEqual(['withoutText 2/UBND-NNMT'])
})

it('names a full text that will never come until one is handed in', async () => {
  await using t = await testStore()
  const { store } = t
  const id = await staged(store, 1, -2, { files: [text] })
  const { rows } = await store.db.raw(`select id from sync.directive_file`)
  const by = { actor: 'trực ban', reason: 'nguồn không có' }
  await store.directiveFiles.giveUp(rows[0].id, 'fail', by, now)
  const asked = { at: now, kinds: ['withoutText'] as const }
  expect(await store.attention.list(asked)).toMatchObject([{ id, cause: 'givenUp' }])
  await stored(store, id, ['text'])
  expect(await store.attention.list(asked)).toEqual([])
})

it('lists a text that no copy has once, and none of which one copy has it', async () => {
  await using t = await testStore()
  const { store } = t
  const first = await staged(store, 1, -2, { files: [text] })
  const copy = await copied(store, 1, -2, { files: [text] })
  const kinds = ['withoutText'] as const
  expect(await store.attention.list({ at: now, kinds })).toMatchObject([{ directiveId: first }])
  // Asked of one source or one copy alone, the document stands there.
  expect(await listed(store, { kinds, sources: ['truc'] })).toHaveLength(1)
  expect(await listed(store, { kinds, directiveId: copy })).toHaveLength(1)
  expect(await store.signals.withoutText(now)).toEqual([{ source: 'nguon', count: 1 }])
  await stored(store, copy, ['text'])
  expect(await listed(store, { kinds })).toEqual([])
  await store.withholding.withhold(copy, 'doubtful', now)
  const shown = await store.attention.list({ at: now, kinds })
  expect(shown.map(({ directiveId }) => directiveId)).not.toContain(copy)
})

it('calls soon what falls due within the hours of its urgency, as they are set', async () => {
  await using t = await testStore()
  const { store } = t
  await staged(store, 1, 8)
  await staged(store, 2, 8.01)
  await staged(store, 3, 6, {}, 'flash')
  await staged(store, 4, 6.01, {}, 'unreadable')
  await staged(store, 5, 0)
  const soon = ['dueSoon 3/UBND-NNMT', 'dueSoon 1/UBND-NNMT']
  expect(await listed(store)).toEqual(['overdue 5/UBND-NNMT', ...soon])
  const near = { ...nearHours, normal: 1, unreadable: 48 }
  expect(await listed(store, { near })).toEqual([
    'overdue 5/UBND-NNMT',
    'dueSoon 3/UBND-NNMT',
    'dueSoon 4/UBND-NNMT',
  ])
})

it('takes hours as hours over days off: a deadline behind them is not soon until its own day', async () => {
  await using t = await testStore()
  const { store } = t
  // 24:00 of Thursday 3 September, the first working day after the holiday of 1 and 2 September.
  const due = new Date('2026-09-03T17:00:00Z')
  await staged(store, 1, (due.getTime() - now.getTime()) / hour)
  const at = (text: string) => new Date(text)
  expect(await listed(store, {}, at('2026-09-02T16:59:00Z'))).toEqual([])
  expect(await listed(store, {}, at('2026-09-03T08:59:59Z'))).toEqual([])
  expect(await listed(store, {}, at('2026-09-03T09:00:00Z'))).toEqual(['dueSoon 1/UBND-NNMT'])
  expect(await listed(store, {}, at('2026-09-03T16:59:59Z'))).toEqual(['dueSoon 1/UBND-NNMT'])
  expect(await listed(store, {}, due)).toEqual(['overdue 1/UBND-NNMT'])
})

it('lists an alert once: not beside the rows that it tells of, and not when it has ended', async () => {
  await using t = await testStore()
  const { store } = t
  const overdue = await staged(store, 1, -2)
  await copied(store, 1, -2)
  await store.sources.failed('nguon', 'timeout')
  await store.sources.countUnmapped('nguon', 'secrecy', '7', 1, now)
  await raised(
    store,
    ['deadlinePassed', 'nguon'],
    ['deadlinePassed', 'truc'],
    ['sourceAway', 'nguon'],
    ['sourceAway', 'truc'],
    ['unmappedCode', 'nguon'],
    ['sentinelUnreadable', 'nguon'],
  )
  expect((await listed(store)).toSorted()).toEqual([
    'alert nguon',
    'alert truc',
    'overdue 1/UBND-NNMT',
    'sourceFailing nguon',
    'unmappedCode nguon',
  ])
  const alerts = await store.attention.list({ at: now, kinds: ['alert'] })
  expect(alerts.map(({ cause }) => cause)).toEqual(['sentinelUnreadable', 'sourceAway'])

  // One that still lasts is told of while nothing else tells it, and not any longer.
  await store.db.raw(`select sync.classify(?, '[]', 'chuyên viên', ?)`, [overdue, now])
  const causes = async () =>
    (await store.attention.list({ at: now, kinds: ['alert'] })).map(({ cause }) => cause)
  expect(await causes()).toEqual(
    expect.arrayContaining(['deadlinePassed', 'deadlinePassed', 'sourceAway']),
  )
  await store.alerts.keep([], later(1), patience, [])
  expect(await causes()).toEqual([])
})

it('lists a channel on which alerts do not arrive', async () => {
  await using t = await testStore()
  const { store } = t
  const silent = { kind: 'sourceSilent', source: 'nguon', figures: { count: 1 } } as const
  await store.alerts.keep([silent], now, patience, ['webhook', 'email'])
  expect(await listed(store)).toEqual(['alert nguon'])
  const [notice] = await store.alerts.take('email')
  await store.alerts.notDelivered([notice!.id], 'unreachable')
  expect(await listed(store)).toEqual(['alert nguon', 'undelivered '])
  expect((await store.attention.list({ at: now }))[1]).toMatchObject({
    ...{ id: 'email', cause: 'unreachable', source: '', detail: { pending: 1, givenUp: 0 } },
  })
  await store.alerts.delivered([notice!.id])
  expect(await listed(store)).toEqual(['alert nguon'])
})

it('looks at the few whose clock runs, however many are settled', async () => {
  await using t = await testStore()
  const { store } = t
  await staged(store, 1, -2)
  const { rows: columns } = await store.db.raw(
    `select string_agg(quote_ident(column_name), ', ') as names from information_schema.columns
     where table_schema = 'sync' and table_name = 'directive' and is_generated = 'NEVER'
       and not column_name in ('id', 'source_ref', 'classified_at', 'same_document_key')`,
  )
  await store.db.raw(
    `insert into sync.directive (id, source_ref, classified_at, same_document_key, ${columns[0].names})
     select gen_random_uuid(), 'settled-' || n, :now, 'settled-' || n, ${columns[0].names} from sync.directive, generate_series(1, 20000) n`,
    { now },
  )
  await store.db.raw(`analyze sync.directive`)
  const near = JSON.stringify(nearHours)
  const { rows } = await store.db.raw(
    `explain (analyze, format json) ${waiting} select * from waiting`,
    { at: now, near, horizon: later(8), sources: null, directiveId: null },
  )
  expect(JSON.stringify(rows)).not.toMatch(/"Seq Scan"[^{}]*"Relation Name":"directive"/)
  expect(await listed(store)).toEqual(['overdue 1/UBND-NNMT'])
})
