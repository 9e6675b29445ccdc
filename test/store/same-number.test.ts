/**
 * Secret documents are numbered apart (NĐ 30/2020 Đ15.2), so that within a year two documents of one issuer may bear
 * one number. Those whose issue days are more than a day apart never touch each other, and closeness is not handed on.
 */

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Directive } from '#src/domain/directive.ts'
import { addDays } from '#src/domain/local-date.ts'
import type { Admitted } from '#src/store/admitted.ts'
import type { Pass } from '#src/store/passes.ts'
import { admitted, now, testStore } from '#test/support/store.ts'

const day = '2026-09-04'
const on = (days: number) => ({ issuedOn: addDays(day, days) })
const person = { actor: 'trực ban', authority: 'CV 12/VP-TH' }
const law = (source: string) => ({ actor: 'bridge', authority: 'luật', source })

/** Three sources, of which any may give what bears the same number. */
async function sources() {
  const t = await testStore()
  const { store } = t
  const passes = new Map<string, Pass>()
  for (const source of ['nguon', 'hai', 'ba']) {
    await store.sources.register(source, { statuses: [], replies: 'none' }, 'f')
    const opened = await store.passes.open({
      ...{ source, kind: 'head', from: '2026-09-01', until: '2026-09-07' },
      ...{ upperBound: now, cursorBefore: null },
    })
    passes.set(source, (await store.passes.claim(randomUUID(), { id: opened! }))!)
  }
  const one = async (ref: string) => {
    const { rows } = await store.db.raw(`select * from sync.directive where source_ref = ?`, [ref])
    return rows[0]
  }
  return {
    store,
    one,
    id: async (ref: string): Promise<string> => (await one(ref)).id,
    async stage(
      source: string,
      ref: string,
      change: Partial<Directive> & { files?: Admitted['files']; version?: string } = {},
    ) {
      const message = admitted(ref, change)
      const staging = await store.intake.stage(passes.get(source)!, message, now)
      return staging.outcome
    },
    /** What is withheld, by its reference, and why. */
    async withheld(): Promise<Record<string, string>> {
      const { rows } = await store.db.raw(
        `select source_ref as ref, withheld_because as because from sync.directive where withheld_at is not null order by 1`,
      )
      return Object.fromEntries(rows.map((row: Record<string, string>) => [row.ref, row.because]))
    },
    async left(): Promise<string[]> {
      const { rows } = await store.db.raw(`select source_ref as ref from sync.directive order by 1`)
      return rows.map(({ ref }: { ref: string }) => ref)
    },
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  }
}

it.each(['nguon', 'hai'])(
  'takes along from %s what is dated within a day of the secret one, and nothing else',
  async (source) => {
    await using s = await sources()
    await s.stage('nguon', 'mật')
    // In a source of its own each, or all in one: they never are copies of each other.
    for (const days of [-2, -1, 0, 1, 2]) await s.stage(source, `${days}`, on(days))
    await s.store.withholding.withhold(await s.id('mật'), 'secret', now)
    const along = { '-1': 'takenAlong', '0': 'takenAlong', '1': 'takenAlong' }
    expect(await s.withheld()).toEqual({ ...along, mật: 'secret' })
    await s.store.purging.purge(await s.id('mật'), law('nguon'), now)
    expect(await s.left()).toEqual(['-1', '-2', '0', '1', '2'])
    expect(await s.withheld()).toEqual(along)
  },
)

it.each(['doubtful', 'vanished', 'byHand', 'restored'] as const)(
  'withholds and shows again for %s what is within a day, and nothing else',
  async (because) => {
    await using s = await sources()
    for (const days of [-2, -1, 0, 1, 2]) await s.stage('nguon', `${days}`, on(days))
    const id = await s.id('0')
    await s.store.withholding.withhold(id, because, now)
    expect(await s.withheld()).toEqual({ '-1': because, '0': because, '1': because })
    if (because === 'byHand')
      expect(await s.store.withholding.release(id, now, { actor: 'an' })).toBe(true)
    else expect(await s.store.withholding.releaseOwn(id, now)).toBe(true)
    expect(await s.withheld()).toEqual({})
  },
)

it('hands closeness on neither when it withholds nor when it shows again or purges', async () => {
  await using s = await sources()
  await s.stage('nguon', 'A')
  await s.stage('hai', 'B', on(1))
  await s.stage('ba', 'C', on(2))
  await s.store.withholding.withhold(await s.id('A'), 'secret', now)
  expect(await s.withheld()).toEqual({ A: 'secret', B: 'takenAlong' })
  // What its neighbour is doubted for is its own matter, and no end of the other's.
  await s.store.withholding.withhold(await s.id('C'), 'doubtful', now)
  expect(await s.withheld()).toEqual({ A: 'secret', B: 'takenAlong', C: 'doubtful' })
  expect(await s.store.withholding.releaseOwn(await s.id('C'), now)).toBe(true)
  expect(await s.withheld()).toEqual({ A: 'secret', B: 'takenAlong' })
  await s.store.purging.purge(await s.id('A'), law('nguon'), now)
  expect(await s.withheld()).toEqual({ B: 'takenAlong' })
  expect(await s.stage('nguon', 'D', on(2))).toBe('staged')
})

it('is withheld by the weightiest of its neighbours, and by the next when that is over', async () => {
  await using s = await sources()
  await s.stage('nguon', 'A', on(-1))
  await s.stage('hai', 'B')
  await s.stage('ba', 'C', on(1))
  await s.store.withholding.withhold(await s.id('C'), 'vanished', now)
  await s.store.withholding.withhold(await s.id('A'), 'byHand', now)
  expect(await s.withheld()).toEqual({ A: 'byHand', B: 'byHand', C: 'vanished' })
  expect(await s.store.withholding.release(await s.id('A'), now, { actor: 'an' })).toBe(true)
  expect(await s.withheld()).toEqual({ B: 'vanished', C: 'vanished' })
  expect(await s.store.withholding.releaseOwn(await s.id('C'), now)).toBe(true)
  expect(await s.withheld()).toEqual({})
})

it('keeps for a person what was taken along, until one shows or purges it', async () => {
  await using s = await sources()
  for (const [source, ref] of [
    ['nguon', 'a'],
    ['hai', 'b'],
    ['ba', 'c'],
  ] as const)
    await s.stage(source, ref)
  const b = await s.id('b')
  await s.store.withholding.withhold(await s.id('a'), 'secret', now)
  expect(await s.store.withholding.release(b, now, { actor: 'an' })).toBe(false)
  await s.store.purging.purge(await s.id('a'), law('nguon'), now)
  expect(await s.left()).toEqual(['b', 'c'])
  const listed = await s.store.withholding.list(10)
  expect(listed.map(({ because }) => because)).toEqual(['takenAlong', 'takenAlong'])
  const waiting = await s.store.attention.list({ at: now, kinds: ['withheld'] }, { limit: 10 })
  expect(waiting.map(({ cause }) => cause)).toEqual(['takenAlong', 'takenAlong'])
  // It is not the bridge's: neither does it go by itself, nor show again.
  expect(await s.store.purging.due(10)).toEqual([])
  expect(await s.store.withholding.releaseOwn(b, now)).toBe(false)
  // Nor does the same document come in through yet another row meanwhile.
  expect(await s.stage('nguon', 'd')).toBe('notEligible')
  expect(await s.store.withholding.release(b, now, { actor: 'an' })).toBe(true)
  expect(await s.withheld()).toEqual({})
  // Still one document: one is the copy of the other.
  const [first, second] = [await s.one('b'), await s.one('c')]
  expect([
    [null, first.id],
    [second.id, null],
  ]).toContainEqual([first.primary_id, second.primary_id])
})

it.each([
  [
    'with tasks',
    [{ description: 'Báo cáo', dueOn: null, lead: { code: 'H50.05', name: 'Sở' } }],
    null,
  ],
  ['without any', [], now],
] as const)(
  'asks for a new classification when what goes was classified %s',
  async (_, tasks, stays) => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b')
    const classify = `select sync.classify(:id, :tasks, 'chuyên viên', :now)`
    await s.store.db.raw(classify, { id: await s.id('a'), tasks: JSON.stringify(tasks), now })
    await s.store.withholding.withhold(await s.id('a'), 'secret', now)
    await s.store.purging.purge(await s.id('a'), law('nguon'), now)
    await s.store.withholding.release(await s.id('b'), now, { actor: 'an' })
    expect((await s.one('b')).classified_at).toEqual(stays)
  },
)

it('purges by hand exactly what the plan shows', async () => {
  await using s = await sources()
  const files = [{ ref: 'f1', name: 'a.pdf', mediaType: null, size: 10 }]
  await s.stage('nguon', 'A', { ...on(-1), files })
  await s.stage('hai', 'B', { files })
  await s.stage('ba', 'C', on(1))
  await s.stage('nguon', 'D', on(2))
  for (const ref of ['B', 'C']) {
    const classify = `select sync.classify(:id, :tasks, 'chuyên viên', :now)`
    const lead = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
    const tasks = JSON.stringify([{ description: 'Báo cáo', dueOn: null, lead }])
    await s.store.db.raw(`update sync.directive set staged_at = now()`)
    await s.store.db.raw(classify, { id: await s.id(ref), tasks, now })
  }
  const [plan] = await s.store.purging.named(await s.id('B'))
  expect(plan).toMatchObject({ copies: 3, files: 2, tasks: 2, replies: 0 })
  await s.store.withholding.withhold(await s.id('B'), 'byHand', now)
  expect(await s.store.purging.named(await s.id('B'))).toMatchObject([
    { copies: 3, files: 2, tasks: 2, replies: 0 },
  ])
  await s.store.purging.purge(await s.id('B'), person, now)
  const [{ counts }] = (await s.store.purging.list(1)) as [{ counts: Record<string, number> }]
  expect(counts).toMatchObject({ directives: 3, files: 2, tasks: 2, replies: 0 })
  expect(await s.left()).toEqual(['D'])
  expect(await s.withheld()).toEqual({})
})

it('purges of its own accord nothing but what its source calls secret', async () => {
  await using s = await sources()
  await s.stage('nguon', 'a')
  await s.stage('hai', 'b')
  await s.store.withholding.withhold(await s.id('a'), 'secret', now)
  expect(await s.store.purging.purge(await s.id('b'), law('hai'), now)).toBeNull()
  await s.store.withholding.withhold(await s.id('b'), 'otherSecret', now)
  expect(await s.store.purging.purge(await s.id('b'), law('hai'), now)).toBeNull()
  expect(await s.store.purging.due(10)).toEqual([{ source: 'nguon', ids: [await s.id('a')] }])
  // Its own source says so by now, plainly.
  await s.store.withholding.withhold(await s.id('b'), 'secret', now)
  expect(await s.store.purging.purge(await s.id('b'), law('hai'), now)).not.toBeNull()
  expect(await s.left()).toEqual(['a'])
})

it('keeps what another row of the purge took along, though that was two days from what was named', async () => {
  await using s = await sources()
  await s.stage('nguon', 'A')
  await s.stage('hai', 'B', on(1))
  await s.stage('ba', 'C', on(2))
  await s.store.withholding.withhold(await s.id('B'), 'secret', now)
  await s.store.withholding.withhold(await s.id('A'), 'byHand', now)
  await s.store.purging.purge(await s.id('A'), person, now)
  expect(await s.left()).toEqual(['C'])
  expect(await s.withheld()).toEqual({ C: 'takenAlong' })
})

it.each([
  [0, true],
  [1, true],
  [2, false],
  [-2, false],
])('classifies with another one, dated %i days after it: %s', async (days, together) => {
  await using s = await sources()
  await s.stage('nguon', 'a')
  await s.stage('hai', 'b', on(days))
  await s.store.db.raw(`select sync.classify(?, '[]', 'chuyên viên', now())`, [await s.id('a')])
  expect((await s.one('b')).classified_at !== null).toBe(together)
  expect((await s.one('b')).primary_id !== null).toBe(together)
  // What comes when the other is classified already.
  await s.stage('ba', 'c', on(days))
  expect((await s.one('c')).classified_at !== null).toBe(together)
})

it('links no chain: two days apart, the third is a document of its own', async () => {
  await using s = await sources()
  await s.stage('nguon', 'A')
  await s.stage('hai', 'B', on(1))
  await s.stage('ba', 'C', on(2))
  expect((await s.one('B')).primary_id).toBe(await s.id('A'))
  expect((await s.one('C')).primary_id).toBeNull()
  await s.store.db.raw(`select sync.classify(?, '[]', 'chuyên viên', now())`, [await s.id('B')])
  expect([(await s.one('A')).classified_at !== null, (await s.one('C')).classified_at]).toEqual([
    true,
    null,
  ])
})

it.each(['a', 'b'])(
  'parts from its copies when %s is dated elsewhere by its source',
  async (ref) => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b')
    await s.stage('ba', 'c')
    await s.stage(ref === 'a' ? 'nguon' : 'hai', ref, { ...on(5), version: 'v2' })
    expect((await s.one(ref)).primary_id).toBeNull()
    // Seen at one instant, either of the two that are left may be the first.
    const left = await Promise.all(['a', 'b', 'c'].filter((one) => one !== ref).map(s.one))
    const [first, ...others] = left.filter(({ primary_id }) => primary_id === null)
    expect(others).toEqual([])
    expect(left.filter(({ primary_id }) => primary_id === first.id)).toHaveLength(1)
  },
)

it('is withheld, and not written, when its source dates it next to what is withheld', async () => {
  await using s = await sources()
  await s.stage('nguon', 'a')
  await s.stage('hai', 'b', on(10))
  await s.store.withholding.withhold(await s.id('a'), 'secret', now)
  const moved = { ...on(1), version: 'v2', subject: 'Nội dung mới' }
  expect(await s.stage('hai', 'b', moved)).toBe('notEligible')
  expect(await s.withheld()).toEqual({ a: 'secret', b: 'takenAlong' })
  expect((await s.one('b')).subject).not.toBe('Nội dung mới')
})

it.each(['nguon', 'hai'])('does not come in through %s beside a secret one', async (source) => {
  await using s = await sources()
  await s.stage('nguon', 'mật')
  await s.store.withholding.withhold(await s.id('mật'), 'secret', now)
  expect(await s.stage(source, 'gần', on(1))).toBe('notEligible')
  expect(await s.stage(source, 'xa', on(2))).toBe('staged')
})

/** The year is a part of what names a document, and numbers begin again with it. */
it('takes what is dated on the last and on the first day of a year for two', async () => {
  await using s = await sources()
  await s.stage('nguon', 'a', { issuedOn: '2026-01-01' })
  await s.stage('hai', 'b', { issuedOn: '2025-12-31' })
  await s.stage('ba', 'c', { issuedOn: '2026-01-02' })
  await s.store.withholding.withhold(await s.id('a'), 'secret', now)
  expect(await s.withheld()).toEqual({ a: 'secret', c: 'takenAlong' })
})

it('counts the copies of a purge by their days at a leap day, too', async () => {
  await using s = await sources()
  await s.stage('nguon', 'a', { issuedOn: '2028-02-28' })
  await s.stage('hai', 'b', { issuedOn: '2028-02-29' })
  await s.stage('ba', 'c', { issuedOn: '2028-03-01' })
  const copiesOf = async (ref: string) =>
    (await s.store.purging.named(await s.id(ref))).map(({ copies }) => copies)
  expect([await copiesOf('a'), await copiesOf('b'), await copiesOf('c')]).toEqual([[2], [3], [2]])
})
