/** Two rows of one identity through different sources: one document, two, or a question for a person. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Directive } from '#src/domain/directive.ts'
import type { Registry } from '#src/domain/identity.ts'
import { addDays } from '#src/domain/local-date.ts'
import type { Pass } from '#src/store/passes.ts'
import { admitted, now, testStore } from '#test/support/store.ts'

const day = '2026-09-04'
const on = (days: number) => ({ issuedOn: addDays(day, days) })
const by = { actor: 'văn thư', reason: 'đã đối chiếu bản giấy' }
const office = { issuer: 'Văn phòng UBND tỉnh' }
const registry: Registry = {
  name: 'UBND tỉnh Quảng Trị',
  issuers: ['UBND tỉnh Quảng Trị', 'Văn phòng UBND tỉnh'],
  from: '2025-07-01',
}

async function sources() {
  const t = await testStore()
  const { store } = t
  const passes = new Map<string, Pass>()
  for (const source of ['nguon', 'hai', 'ba']) {
    await store.sources.register(source, { statuses: ['03'], replies: 'message' }, 'f')
    const opened = await store.passes.open({
      ...{ source, kind: 'head', from: '2026-09-01', until: '2026-09-07' },
      ...{ upperBound: now, cursorBefore: null },
    })
    passes.set(source, (await store.passes.claim(randomUUID(), { id: opened! }))!)
  }
  let seen = now.getTime()
  const one = async (ref: string) =>
    (await store.db.raw(`select * from sync.directive where source_ref = ?`, [ref])).rows[0]
  return {
    store,
    one,
    id: async (ref: string): Promise<string> => (await one(ref)).id,
    async stage(
      source: string,
      ref: string,
      change: Partial<Directive> & { version?: string } = {},
    ) {
      seen += 1000
      const { outcome } = await store.intake.stage(
        passes.get(source)!,
        admitted(ref, change),
        new Date(seen),
      )
      return outcome
    },
    /** The references of the copies of each document, in order. */
    async documents(): Promise<string[]> {
      const { rows } = await store.db.raw(
        `select string_agg(source_ref, ' ' order by source_ref) as refs from sync.directive where withheld_at is null group by coalesce(primary_id, id) order by 1`,
      )
      return rows.map(({ refs }: { refs: string }) => refs)
    },
    async asked(): Promise<string[]> {
      const pairs = await store.mayBeSame.open(100)
      const refOf = async (id: string) =>
        (await store.db.raw(`select source_ref as ref from sync.directive where id = ?`, [id]))
          .rows[0].ref
      return Promise.all(
        pairs.map(async (p) => `${await refOf(p.one.id)} ${await refOf(p.other.id)}: ${p.because}`),
      )
    },
    async answer(answer: 'same' | 'two') {
      const [pair] = await store.mayBeSame.open(1)
      return store.mayBeSame.answer(pair!.id!, answer, by, now)
    },
    classify: async (ref: string, tasks = 1) =>
      store.db.raw(`select sync.classify(?, ?, 'chuyên viên', ?)`, [
        await (async () => (await one(ref)).id)(),
        JSON.stringify(
          Array.from({ length: tasks }, () => ({
            description: 'Báo cáo',
            lead: { code: 'H50.05', name: 'Sở Tài chính' },
          })),
        ),
        now,
      ]),
    async events(ref: string): Promise<string[]> {
      const { rows } = await store.db.raw(
        `select h.event from sync.history h join sync.directive d on d.id = h.directive_id where d.source_ref = ? order by h.at, h.event`,
        [ref],
      )
      return rows.map(({ event }: { event: string }) => event)
    },
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  }
}

describe('what comes by another source under the same identity', () => {
  it.each([
    ['on the same day', {}],
    ['a day later', on(1)],
    ['a day earlier', on(-1)],
    ['with one word of three letters in common', { subject: 'Thiên ABC' }],
    ['without tone marks', { subject: 'Trien khai cong tac phong, chong thien tai' }],
    ['letters written apart', { subject: 'Công tác'.normalize('NFD') }],
  ])('is one document %s', async (_, change) => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b', change)
    expect(await s.documents()).toEqual(['a b'])
    expect(await s.asked()).toEqual([])
  })

  it.each([
    ['two days later', on(2), 'days'],
    ['a month later', on(30), 'days'],
    ['months before', on(-200), 'days'],
    ['with another subject', { subject: 'Bổ nhiệm ông X' }, 'subjects'],
    ['with only short words in common', { subject: 'Về ý kiến ở xã' }, 'subjects'],
    ['with only a figure in common', { subject: 'Quý 2026' }, 'subjects'],
    ['without a subject to speak of', { subject: '–' }, 'subjects'],
  ])('stays two and is asked %s', async (_, change, because) => {
    await using s = await sources()
    await s.stage('nguon', 'a', { subject: 'Triển khai công tác 2026' })
    await s.stage('hai', 'b', change)
    expect(await s.documents()).toEqual(['a', 'b'])
    expect(await s.asked()).toEqual([`a b: ${because}`])
    const items = await s.store.attention.list({ at: now, kinds: ['mayBeSame'] })
    expect(items).toMatchObject([
      {
        source: 'hai',
        cause: because,
        detail: { one: { source: 'nguon' }, other: { source: 'hai' } },
      },
    ])
  })

  it('is no question within one source, which gives both itself', async () => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('nguon', 'a2', on(40))
    await s.stage('hai', 'b')
    await s.stage('hai', 'b2', on(40))
    expect(await s.documents()).toEqual(['a b', 'a2 b2'])
    expect(await s.asked()).toEqual([])
  })

  it('is asked of once when its subject or day is changed, and no more when changed back', async () => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b')
    await s.stage('hai', 'b', { version: 'v2', subject: 'Bổ nhiệm ông X' })
    expect(await s.documents()).toEqual(['a', 'b'])
    expect(await s.asked()).toEqual(['a b: subjects'])
    await s.stage('hai', 'b', { version: 'v3' })
    expect(await s.asked()).toEqual(['a b: stored'])
    await s.stage('hai', 'b', { version: 'v4', number: '99', code: '99/UBND-NNMT' })
    expect(await s.asked()).toEqual([])
  })
})

describe('a person', () => {
  it('says that they are one, and everything holds for all copies', async () => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b', on(10))
    await s.stage('ba', 'c', on(10))
    await s.classify('a')
    expect(await s.documents()).toEqual(['a', 'b c'])
    expect(await s.asked()).toEqual(['a b: days'])
    expect(await s.answer('same')).toBe(true)
    expect(await s.documents()).toEqual(['a b c'])
    expect(await s.asked()).toEqual([])
    for (const ref of ['b', 'c']) {
      expect((await s.one(ref)).classified_at).toEqual(now)
      expect(await s.events(ref)).toContain('saidToBeSame')
    }
    const { rows } = await s.store.db.raw(
      `select source from sync.outbox where kind = 'status' and detail ->> 'code' = '03' order by 1`,
    )
    expect(rows.map(({ source }: { source: string }) => source)).toEqual(['ba', 'hai', 'nguon'])
    // A revision does not part what a person joined.
    await s.stage('hai', 'b', { version: 'v2', ...on(10), summary: 'thêm' })
    expect(await s.documents()).toEqual(['a b c'])
    expect((await s.one('a')).primary_id).toBeNull()
  })

  it('says that they are two, and is not asked again', async () => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b', on(10))
    await s.stage('ba', 'c', on(10))
    expect(await s.answer('two')).toBe(true)
    expect(await s.asked()).toEqual([])
    await s.stage('hai', 'b', { version: 'v2', ...on(10), summary: 'thêm' })
    await s.stage('ba', 'c', { version: 'v2', ...on(10), summary: 'thêm' })
    expect([await s.documents(), await s.asked()]).toEqual([['a', 'b c'], []])
    expect(await s.events('a')).toContain('saidToBeTwo')
    expect(await s.store.mayBeSame.plain(10)).toEqual([])
  })

  it('answers nothing that is none any more', async () => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b', on(10))
    const [pair] = await s.store.mayBeSame.open(1)
    await s.store.withholding.withhold(await s.id('b'), 'byHand', now)
    expect(await s.asked()).toEqual([])
    expect(await s.store.mayBeSame.answer(pair!.id!, 'same', by, now)).toBe(false)
    expect(await s.store.mayBeSame.answer('không phải mã', 'two', by, now)).toBe(false)
  })

  it('parts what was wrongly taken for a copy, and the Office classifies it itself', async () => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b')
    await s.classify('a')
    expect(await s.store.mayBeSame.part(await s.id('b'), by, now)).toBe(true)
    expect([await s.documents(), await s.asked()]).toEqual([['a', 'b'], []])
    expect((await s.one('a')).classified_at).toEqual(now)
    expect((await s.one('b')).classified_at).toBeNull()
    await s.stage('hai', 'b', { version: 'v2', summary: 'thêm' })
    expect([await s.documents(), await s.asked()]).toEqual([['a', 'b'], []])
    expect(await s.store.mayBeSame.part(await s.id('b'), by, now)).toBe(false)
  })

  it('joined two of different days: what makes one secret withholds the other', async () => {
    await using s = await sources()
    await s.stage('nguon', 'a')
    await s.stage('hai', 'b', on(10))
    await s.stage('ba', 'c', on(20))
    await s.answer('same')
    await s.store.withholding.withhold(await s.id('a'), 'secret', now)
    expect(await s.documents()).toEqual(['c'])
    await s.store.purging.purge(
      await s.id('a'),
      { actor: 'bridge', authority: 'luật', source: 'nguon' },
      now,
    )
    expect(await s.documents()).toEqual(['c'])
    expect((await s.one('b')).withheld_because).toBe('takenAlong')
  })
})

describe('what was stored before the registries were named', () => {
  async function stored() {
    const s = await sources()
    await s.stage('nguon', 'a', office)
    await s.stage('hai', 'b')
    return s
  }
  const follow = async (s: Awaited<ReturnType<typeof stored>>, named = [registry]) => {
    for (const source of ['nguon', 'hai', 'ba']) await s.store.registries.follow(source, named, now)
  }

  it('is listed, and linked only by whoever looked at the list', async () => {
    await using s = await stored()
    expect(await s.asked()).toEqual([])
    await follow(s)
    await follow(s)
    expect(await s.documents()).toEqual(['a', 'b'])
    expect(await s.asked()).toEqual(['a b: stored'])
    const [pair, ...more] = await s.store.mayBeSame.plain(10)
    expect(more).toEqual([])
    expect(await s.documents()).toEqual(['a', 'b'])
    expect(await s.store.mayBeSame.link(pair!.one.id, pair!.other.id, by, now)).toBe(true)
    expect([await s.documents(), await s.asked()]).toEqual([['a b'], []])
    expect(await s.store.mayBeSame.link(pair!.one.id, pair!.other.id, by, now)).toBe(false)
  })

  it('is left to a person where both carry tasks', async () => {
    await using s = await stored()
    await s.classify('a')
    await s.classify('b')
    await follow(s)
    expect(await s.asked()).toEqual(['a b: tasks'])
    expect(await s.store.mayBeSame.plain(10)).toEqual([])
    expect(await s.store.mayBeSame.link(await s.id('a'), await s.id('b'), by, now)).toBe(false)
    expect(await s.answer('same')).toBe(true)
    expect(await s.documents()).toEqual(['a b'])
  })

  it('is withheld with what is secret under another name of the issuer', async () => {
    await using s = await stored()
    await s.store.withholding.withhold(await s.id('a'), 'secret', now)
    expect(await s.documents()).toEqual(['b'])
    await follow(s)
    expect(await s.documents()).toEqual([])
    expect((await s.one('b')).withheld_because).toBe('takenAlong')
  })

  it('shows nothing again when it leaves the registry', async () => {
    await using s = await stored()
    await follow(s)
    await s.store.withholding.withhold(await s.id('a'), 'secret', now)
    await follow(s, [])
    expect(await s.documents()).toEqual([])
    await s.store.withholding.withhold(await s.id('b'), 'doubtful', now)
    await s.store.withholding.releaseOwn(await s.id('b'), now)
    expect(await s.documents()).toEqual([])
  })

  it.each([
    ['began later', { ...registry, from: '2026-09-05' }],
    ['ended before', { ...registry, until: '2026-09-03' }],
    ['does not name its issuer', { ...registry, issuers: ['Sở Tài chính'] }],
  ])('keeps its issuer as its registry where the one that is named %s', async (_, named) => {
    await using s = await stored()
    await follow(s, [named])
    expect(await s.asked()).toEqual([])
  })
})
