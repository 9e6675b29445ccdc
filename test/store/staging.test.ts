/** Messages are staged by one path, alone or with others that come at once. */

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, it } from 'vitest'
import type { Directive } from '#src/domain/directive.ts'
import { addDays } from '#src/domain/local-date.ts'
import type { Admitted, FileClaim } from '#src/store/admitted.ts'
import { LeaseLost } from '#src/store/lease.ts'
import type { Pass } from '#src/store/passes.ts'
import { retryAll } from '#test/support/claims.ts'
import { admitted, kept, now, testStore } from '#test/support/store.ts'

const file = { ref: 'f1', name: 'toan-van.pdf', mediaType: 'application/pdf', size: 10 }

/** Two sources, of which the second wants to know of everything. */
async function sources() {
  const t = await testStore({ statuses: ['01', '03'] })
  const { store } = t
  const can = { statuses: ['01', '02', '03'], replies: 'none', acknowledges: true } as const
  await store.sources.register('hai', can, 'f')
  const passes = new Map<string, Pass>()
  for (const source of ['nguon', 'hai']) {
    const window = { from: '2026-09-01', until: '2026-09-07', upperBound: now, cursorBefore: null }
    const id = await store.passes.open({ source, kind: 'head', ...window })
    passes.set(source, (await store.passes.claim(randomUUID(), { id: id! }))!)
  }
  const rows = async (sql: string) => (await store.db.raw(sql)).rows
  return {
    ...{ store, url: t.url, rows, pass: (source = 'nguon') => passes.get(source)! },
    stage: (message: Admitted, source = 'nguon') =>
      store.intake.stage(passes.get(source)!, message, now),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  }
}

/** Messages of documents of their own. */
function numbered(n: number, change: Partial<Directive> & { files?: Admitted['files'] } = {}) {
  const number = `${1000 + n}`
  return admitted(`m${n}`, { number, code: `${number}/UBND-NNMT`, ...change })
}

const classify = `select sync.classify((select id from sync.directive where source = 'nguon'), '[]', 'cv', now())`
const refuse = `select sync.refuse((select id from sync.directive where source = 'nguon'), 'nhầm nơi', 'cv', now())`

it.each([
  ['classified', classify, 'commit', {}, 2],
  ['refused', refuse, 'commit', {}, 2],
  ['classified, and it is dated a day later', classify, 'commit', { days: 1 }, 2],
  ['classified, and its file is fetched later', classify, 'commit', { files: [file] }, 2],
  ['classified, which is taken back', classify, 'rollback', {}, 0],
] as const)(
  'stages a copy while the first one is being %s',
  async (_, act, end, { ...change }, settled) => {
    await using s = await sources()
    await s.stage(admitted('a'))
    const person = new pg.Client({ connectionString: s.url })
    await person.connect()
    await person.query('begin')
    await person.query(act)
    const { days = 0, files = [] } = change as { days?: number; files?: Admitted['files'] }
    const copy = admitted('b', { issuedOn: addDays('2026-09-04', days), files })
    let isOver = false
    const staging = s.stage(copy, 'hai').finally(() => {
      isOver = true
    })
    const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => isOver || (await s.rows(waits)).length > 0).toBe(true)
    await person.query(end)
    await person.end()
    const { files: claim } = await staging
    if (claim) await complete(s, claim)
    const is = `coalesce(classified_at, refused_at) is not null`
    const counted = `count(*) filter (where ${is})::int as settled, count(primary_id)::int as copies`
    expect(await s.rows(`select ${counted} from sync.directive`)).toEqual([{ settled, copies: 1 }])
    const told = `select detail ->> 'code' as code from sync.outbox where source = 'hai' and kind = 'status' order by place`
    const codes = (await s.rows(told)).map(({ code }: { code: string }) => code)
    expect(codes).toEqual(act === classify && settled === 2 ? ['01', '03'] : ['01'])
  },
)

it('settles a copy that is staged before the first one is classified, and committed after', async () => {
  await using s = await sources()
  await s.stage(admitted('a'))
  const sitting = new pg.Client({ connectionString: s.url })
  await sitting.connect()
  await sitting.query('begin')
  // The staging has read what the first one is, and cannot go on to its end.
  await sitting.query('lock table sync.history in share row exclusive mode')
  const staging = s.stage(admitted('b'), 'hai')
  const waiting = async () =>
    (
      await s.rows(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).length
  await expect.poll(waiting).toBe(1)
  const classifying = s.store.db.raw(classify).then(() => true)
  await expect.poll(waiting).toBe(2)
  await sitting.query('rollback')
  await sitting.end()
  await Promise.all([staging, classifying])
  const open = await s.rows(`select source from sync.directive where classified_at is null`)
  expect(open).toEqual([])
})

it('stages, updates and completes beside columns of a newer version', async () => {
  await using s = await sources()
  for (const table of [
    ...['directive', 'intake', 'directive_file', 'directive_revision', 'history', 'outbox'],
    ...['replacement', 'business_order'],
  ])
    await s.store.db.raw(
      `alter table sync.${table} add column pinned boolean not null default false`,
    )
  const { files } = await s.stage(numbered(1, { files: [file] }), 'hai')
  await complete(s, files!)
  const changed = { ...numbered(1, { subject: 'Đã sửa', files: [file] }), version: 'v2' }
  expect((await s.stage(changed, 'hai')).outcome).toBe('updated')
  const replacing: Admitted = { ...numbered(2), business: 'replace', concerns: ['m1'] }
  const update: Admitted = { ...numbered(3), business: 'update', concerns: ['m2'] }
  expect((await s.stage(replacing, 'hai')).outcome).toBe('staged')
  expect((await s.stage(update, 'hai')).outcome).toBe('updated')
  await s.store.intake.fail(s.pass(), { ...numbered(4), classifyBy: now }, 'ourMistake', now)
  await retryAll(s.store)
  const [failed] = await s.store.claims.claimDue(randomUUID(), 1)
  expect((await s.store.claims.restage(failed!, numbered(4), now)).outcome).toBe('staged')
  const many = await Promise.all([5, 6, 7, 8].map((n) => s.stage(numbered(n))))
  expect(new Set(many.map(({ outcome }) => outcome))).toEqual(new Set(['staged']))
})

it('stages in few transactions what comes at once', async () => {
  await using s = await sources()
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => s.stage(numbered(n))))
  expect(answers.every(({ outcome }) => outcome === 'staged')).toBe(true)
  const commits = await s.rows(`select xmin::text from sync.intake group by 1`)
  expect(commits.length).toBeLessThan(10)
  const times = await s.rows(`select count(*)::int as n from tracking.directives`)
  expect(times).toEqual([{ n: 40 }])
})

it('answers each of those that come at once for itself, whatever is odd about one', async () => {
  await using s = await sources()
  await s.stage(numbered(1))
  await s.stage({ ...numbered(2), revises: 'byMessage' })
  await s.stage(numbered(3))
  const [{ id }] = await s.rows(`select id from sync.directive where source_ref = 'm3'`)
  await s.store.withholding.withhold(id, 'byHand', now)
  const odd = {
    plain: numbered(10),
    'with a file': numbered(11, { files: [file] }),
    'known by this version': numbered(1),
    'the same again': { ...numbered(1), version: 'v2' },
    'another content that should not be': {
      ...{ ...numbered(2, { subject: 'Khác' }), version: 'v2', revises: 'byMessage' as const },
    },
    'of a withheld directive': { ...numbered(3, { subject: 'Khác' }), version: 'v2' },
    'of a withheld number': { ...numbered(3), sourceRef: 'm3b', transportRef: 'm3b' },
    'updates what is not here': { ...numbered(12), business: 'update' as const, concerns: ['x'] },
    'plain too': numbered(13),
    'the same document in another message': { ...numbered(13), version: 'v2' },
    'a revision of that': { ...numbered(13, { subject: 'Mới' }), version: 'v3' },
  }
  const lost = { ...s.pass(), lease: { ...s.pass().lease, epoch: 99 } }
  const [, fenced, ...answers] = await Promise.allSettled([
    s.stage(numbered(20)),
    s.store.intake.stage(lost, numbered(21), now),
    ...Object.values(odd).map((message) => s.stage(message)),
  ])
  expect(fenced).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) })
  const outcomes = answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value.outcome : answer.reason,
  )
  expect(Object.fromEntries(Object.keys(odd).map((name, n) => [name, outcomes[n]]))).toEqual({
    plain: 'staged',
    'with a file': 'staged',
    'known by this version': 'taken',
    'the same again': 'unchanged',
    'another content that should not be': 'failed',
    'of a withheld directive': 'withheld',
    'of a withheld number': 'notEligible',
    'updates what is not here': 'deferred',
    'plain too': 'staged',
    'the same document in another message': 'unchanged',
    'a revision of that': 'updated',
  })
})

it.each([
  ['a character that no text may hold', numbered(9, { subject: 'a\u0000b' })],
  ['half a character', numbered(9, { subject: 'a\ud800b' })],
  ['a day that is none', numbered(9, { issuedOn: '2026-02-30' })],
  [
    'a list of working days that nobody loaded',
    { ...numbered(9), deadline: { ...numbered(9).deadline, calendarVersion: 'lich/x' } },
  ],
])('stages the others of one that the store does not take: %s', async (_, odd) => {
  await using s = await sources()
  const before = [1, 2, 3].map((n) => s.stage(numbered(n)))
  const failing = s.stage(odd).catch((error: Error) => error)
  const behind = [4, 5, 6].map((n) => s.stage(numbered(n)))
  const outcomes = (await Promise.all([...before, ...behind])).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(Array(6).fill('staged'))
  expect(await failing).toBeInstanceOf(Error)
  expect(await s.rows(`select from sync.intake`)).toHaveLength(6)
})

it('stages the others while somebody sits on what one of them concerns', async () => {
  await using s = await sources()
  await s.stage(numbered(1))
  const sitting = new pg.Client({ connectionString: s.url })
  await sitting.connect()
  await sitting.query('begin')
  await sitting.query(`select from sync.directive for update`)
  // Those behind the first share a transaction, in the middle of which is the one that has to wait.
  const before = [2, 3].map((n) => s.stage(numbered(n)))
  const held = s.stage({ ...numbered(1, { subject: 'Đã sửa' }), version: 'v2' })
  const behind = [4, 5].map((n) => s.stage(numbered(n)))
  const others = await Promise.all([...before, ...behind])
  expect(others.map(({ outcome }) => outcome)).toEqual(Array(4).fill('staged'))
  await sitting.query('rollback')
  await sitting.end()
  expect((await held).outcome).toBe('updated')
})

it('links copies that come at once through two sources', async () => {
  await using s = await sources()
  const both = [1, 2, 3, 4, 5, 6].flatMap((n) => [
    s.stage(numbered(n)),
    s.stage({ ...numbered(n), sourceRef: `k${n}`, transportRef: `k${n}` }, 'hai'),
  ])
  await Promise.all(both)
  const linked = `select count(*)::int as n from sync.directive c join sync.directive k on k.id = c.primary_id where c.source <> k.source`
  expect(await s.rows(linked)).toEqual([{ n: 6 }])
})

it('stores each of the files that come at once for itself, and completes what misses none', async () => {
  await using s = await sources()
  const two = [file, { ...file, ref: 'f2', name: 'phu-luc.pdf' }]
  const claims = await Promise.all(
    [1, 2, 3, 4, 5].map(
      async (n) => (await s.stage(numbered(n, { files: n === 4 ? two : [file] }))).files!,
    ),
  )
  const [first, gone, other, twice, last] = claims
  await s.store.db.raw(`delete from sync.directive_file where id = ?`, [gone!.files[0]!.id])
  const [held] = other!.files
  const ofAnother = { ...other!, files: [{ ...held!, epoch: 7 }] }
  const stored = await Promise.all(
    [first!, gone!, ofAnother, twice!, last!].map((claim) =>
      s.store.fileClaims.store(claim, kept(claim.files[0]!), now),
    ),
  )
  expect(stored).toEqual([true, false, false, true, true])
  const complete = `select d.source_ref as ref from sync.directive d where d.files_complete_at is not null order by 1`
  expect(await s.rows(complete)).toEqual([{ ref: 'm1' }, { ref: 'm5' }])
})

type Sources = Awaited<ReturnType<typeof sources>>

async function complete({ store }: Sources, claim: FileClaim) {
  for (const file of claim.files)
    expect(await store.fileClaims.store(claim, kept(file), now)).toBe(true)
}
