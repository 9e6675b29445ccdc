/** A list has ended when a further page brings nothing new; what came is compared with what the source counts. */
import { afterEach, describe, expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { explainAttention } from '#src/cli/attention-words.ts'
import { manualClock } from '#src/domain/clock.ts'
import {
  type OddList,
  openRegister,
  profileAt,
  type Row,
  row,
} from '#test/connectors/paged-register.ts'
import { pullAll, testApp } from '#test/support/app.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

async function running(rows: Row[], list: OddList | null, more: Partial<RestProfile> = {}) {
  const register = await openRegister(rows)
  register.state.list = list
  const clock = manualClock(new Date('2026-03-04T02:00:00Z'))
  const profile = {
    ...profileAt(register.address),
    importFrom: '2026-02-25',
    retries: { times: 2, firstPauseMs: 1, maxPauseMs: 5 },
    ...more,
  }
  const t = await testApp([profile], { clock })
  const { app } = t
  const s = {
    app,
    clock,
    register,
    rows,
    name: profile.name,
    async poll() {
      clock.set(new Date(clock.now().getTime() + 60_000))
      await app.store.db.raw(`update sync.source set open_until = null`)
      await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      register.state.asked.length = 0
      await pullAll(app)
    },
    lists: () => register.state.asked.filter(({ url }) => /van-ban-di\?/.test(url)).length,
    shown: async () => (await app.store.withholding.shownCount(profile.name)) as number,
    completeTo: async () =>
      (await app.store.completeness.of(profile.name, profile.importFrom, '2026-03-04')).completeTo,
    waiting: async () =>
      (await app.store.attention.list({ at: clock.now() })).map(
        ({ kind, cause }) => `${kind} ${cause}`,
      ),
    [Symbol.asyncDispose]: async () => {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
  open.push(s)
  return s
}

const some = (n: number) => Array.from({ length: n }, (_, at) => row(at + 1))
const slice = (rows: readonly Row[], page: number, size: number) =>
  rows.slice((page - 1) * size, page * size)
const counting = (total: unknown) => ({ pagination: { total } })
const { total: _, ...uncounted } = profileAt('http://x').list
const without = (...params: string[]) => {
  const { list } = profileAt('http://x')
  const left = Object.entries(list.params).filter(([name]) => !params.includes(name))
  return { list: { ...list, params: Object.fromEntries(left) } }
}

describe('a list is read to its end, and its days are complete', () => {
  const lists: [string, OddList, Partial<RestProfile>?][] = [
    [
      'where the total counts the rows of the page',
      (rows, { page }) => {
        const data = slice(rows, page, 3)
        return { data, ...counting(data.length) }
      },
    ],
    [
      'where the total counts what is left',
      (rows, { page }) => ({
        data: slice(rows, page, 3),
        ...counting(Math.max(0, rows.length - (page - 1) * 3)),
      }),
    ],
    [
      'where the total is a text, and lower than what comes',
      (rows, { page }) => ({ data: slice(rows, page, 3), ...counting('2') }),
    ],
    ['where it says 0', (rows, { page }) => ({ data: slice(rows, page, 3), ...counting(0) })],
    [
      'where fewer rows come than asked for',
      (rows, { page }) => ({ data: slice(rows, page, 2), ...counting(rows.length) }),
    ],
    [
      'where pages overlap',
      (rows, { page }) => ({
        data: rows.slice((page - 1) * 2, (page - 1) * 2 + 3),
        ...counting(rows.length),
      }),
    ],
    [
      'where pages come from the end',
      (rows, { page }) => ({
        data: slice([...rows].reverse(), page, 3),
        ...counting(rows.length),
      }),
    ],
    [
      'where a page beyond the last gives the last again',
      (rows, { page }) => {
        const last = Math.max(1, Math.ceil(rows.length / 3))
        return { data: slice(rows, Math.min(page, last), 3), ...counting(rows.length) }
      },
    ],
    [
      'where it does so and counts nothing',
      (rows, { page }) => {
        const last = Math.max(1, Math.ceil(rows.length / 3))
        return { data: slice(rows, Math.min(page, last), 3) }
      },
      { list: uncounted },
    ],
    [
      'where there is no page beyond the last',
      (rows, { page }) =>
        page > 1 && slice(rows, page, 3).length === 0
          ? { status: 404, success: false }
          : { data: slice(rows, page, 3), ...counting(rows.length) },
    ],
    [
      'where the rows of a page beyond the last are null',
      (rows, { page }) => {
        const data = slice(rows, page, 3)
        return { data: page > 1 && data.length === 0 ? null : data, ...counting(rows.length) }
      },
    ],
    [
      'where the parameter of the page is not known and everything comes at once',
      (rows) => ({ data: rows, ...counting(rows.length) }),
    ],
    [
      'where the profile has no page',
      (rows) => ({ data: rows, ...counting(rows.length) }),
      without('page', 'page_size'),
    ],
  ]
  it.each(lists)('%s', async (_what, list, more) => {
    const s = await running(some(8), list, more)
    await s.poll()
    expect(await s.shown()).toBe(8)
    expect(await s.waiting()).toEqual([])
    expect(await s.completeTo()).toBe('2026-03-03')
  })

  it('with one request more than its pages, where nothing is new', async () => {
    const s = await running(some(2), null)
    await s.poll()
    await s.poll()
    expect(s.lists()).toBe(2)
  })
})

describe('a list that is not whole fails by name, its rows are taken, and nothing is complete', () => {
  let random = 1_000_000
  const lists: [string, string, number, OddList, Partial<RestProfile>?][] = [
    [
      'whose source does not know the page parameter',
      'pagesRepeat',
      3,
      (rows) => ({ data: rows.slice(0, 3), ...counting(rows.length) }),
    ],
    [
      'whose pages begin again after the second',
      'pagesRepeat',
      6,
      (rows, { page }) => ({ data: slice(rows, 2 - (page % 2), 3), ...counting(rows.length) }),
    ],
    [
      'whose rows bear a running number and repeat',
      'pagesRepeat',
      3,
      (rows, { page }) => ({
        data: rows.slice(0, 3).map((one, at) => ({ ...one, stt: page * 3 + at })),
        ...counting(rows.length),
      }),
    ],
    [
      'that has no pages and holds fewer rows than counted',
      'listCapped',
      5,
      (rows) => ({ data: rows.slice(0, 5), ...counting(rows.length) }),
      without('page'),
    ],
    [
      'in which a row stands in the place of another',
      'malformed',
      7,
      (rows, { page }) => ({
        data: slice([...rows.slice(0, -1), rows[0]!].filter(Boolean), page, 3),
        ...counting(rows.length),
      }),
    ],
    [
      'that shows nothing of what it counts',
      'malformed',
      0,
      (rows) => ({ data: [], ...counting(rows.length + 1) }),
    ],
  ]
  it.each(lists)('%s', async (_what, word, shown, list, more) => {
    const s = await running(some(8), list, more)
    await s.poll()
    expect(await s.shown()).toBe(shown)
    // Rows that come again with another number also contradict themselves.
    const waiting = (await s.waiting()).filter((one) => !one.startsWith('contradiction'))
    expect(waiting).toEqual([`sourceFailing ${word}`])
    expect(await s.app.store.sources.state(s.name)).toMatchObject({
      lastFailure: word,
      headCursor: null,
    })
    expect(await s.completeTo()).toBeNull()
  })

  it('whose pages go on without end, asked a bounded number of times', async () => {
    const draft = () => row(random++, { is_released: false, approved: false })
    const s = await running([], () => ({ data: [draft(), draft()] }), {
      list: { ...uncounted, rowsDecide: true },
    })
    const pass = await s.app.store.passes.open({
      ...{ source: s.name, kind: 'head', from: '2026-03-01', until: '2026-03-04' },
      ...{ upperBound: s.clock.now(), cursorBefore: null },
    })
    const { pull } = await import('#test/support/claims.ts')
    expect(await pull(s.app, pass!)).toBe('failed')
    // With the looks at the newest that a long list is interrupted for.
    expect(s.lists()).toBeLessThanOrEqual(1050)
    expect(await s.waiting()).toEqual(['sourceFailing listEndless'])
  }, 60_000)
})

describe('a total that counts more than there is', () => {
  const hidden =
    (surplus: number): OddList =>
    (rows, { page }) => ({ data: slice(rows, page, 3), ...counting(rows.length + surplus) })

  it('is a question to a person: the documents come, the days are not proven, nothing fails', async () => {
    const s = await running(some(7), hidden(1))
    await s.poll()
    expect(await s.shown()).toBe(7)
    expect(await s.completeTo()).toBeNull()
    expect(await s.app.store.sources.state(s.name)).toMatchObject({
      failures: 0,
      headCursor: s.clock.now(),
    })
    expect(await s.app.store.attention.list({ at: s.clock.now() })).toMatchObject([
      { kind: 'listShort', source: s.name, detail: { counted: 8, listed: 7 } },
    ])
    s.rows.push(row(8))
    await s.poll()
    expect(await s.shown()).toBe(8)
    expect(await s.waiting()).toEqual(['listShort listShort'])
  })

  it('is over when a later reading of the same days is proven', async () => {
    const s = await running(some(7), hidden(2))
    await s.poll()
    s.register.state.list = null
    await s.app.store.db.raw(`update sync.source set deep_read_at = null`)
    await s.poll()
    expect(await s.waiting()).toEqual([])
    expect(await s.completeTo()).toBe('2026-03-03')
    // And open again as soon as the counts part again.
    s.register.state.list = hidden(1)
    await s.app.store.db.raw(`update sync.source set deep_read_at = null`)
    await s.poll()
    expect(await s.waiting()).toEqual(['listShort listShort'])
    expect(await s.completeTo()).toBeNull()
  })

  const accepted = (rows: number) => ({
    list: { ...profileAt('http://x').list, totalCountsHidden: { rows, authority: 'Công văn 12' } },
  })

  it('by as much at each reading is told as that, and complete once its profile accepts it', async () => {
    const s = await running(some(7), hidden(1))
    await s.poll()
    await s.poll()
    const [item] = await s.app.store.attention.list({ at: s.clock.now() })
    expect(item).toMatchObject({ kind: 'listShort', detail: { surplus: 1 } })
    expect(explainAttention(item!)).toContain('list.totalCountsHidden: { rows: 1, authority: "…" }')
    expect(await s.completeTo()).toBeNull()
    // As a start with the changed profile does.
    const can = { statuses: [], replies: 'none', totalCountsHidden: 1 } as const
    await s.app.store.sources.register(s.name, can, 'f')
    expect(await s.waiting()).toEqual([])
    expect(await s.completeTo()).toBe('2026-03-03')
    await s.app.store.sources.register(s.name, { ...can, totalCountsHidden: 0 }, 'f')
    expect(await s.waiting()).toEqual(['listShort listShort'])
    expect(await s.completeTo()).toBeNull()
  })

  it('by another number each time gets no such advice', async () => {
    const s = await running(some(7), (rows, { page, from }) => ({
      data: slice(rows, page, 3),
      ...counting(rows.length + (from < '2026-02-26' ? 1 : 2)),
    }))
    await s.poll()
    const [item] = await s.app.store.attention.list({ at: s.clock.now() })
    expect(item).toMatchObject({ kind: 'listShort', detail: { surplus: null } })
    expect(explainAttention(item!)).not.toContain('totalCountsHidden')
  })

  it.each([
    ['in a window that shows nothing', 1, (() => ({ data: [], ...counting(1) })) as OddList],
    ['by fewer than accepted', 3, hidden(2)],
    [
      'only in some windows',
      1,
      ((rows, { page, from }) => ({
        data: slice(rows, page, 3),
        ...counting(rows.length + (from < '2026-02-26' ? 1 : 0)),
      })) as OddList,
    ],
  ])('that its profile accepts, %s, is a whole list', async (_what, rows, list) => {
    const s = await running(some(7), list, accepted(rows))
    await s.poll()
    expect(await s.waiting()).toEqual([])
    expect(await s.completeTo()).toBe('2026-03-03')
  })

  it('where there are no pages, is one list with what it shows', async () => {
    const bare = without('page', 'page_size').list
    const list = { ...bare, totalCountsHidden: accepted(1).list.totalCountsHidden }
    const s = await running(some(7), (rows) => ({ data: rows, ...counting(rows.length + 1) }), {
      list,
    })
    await s.poll()
    expect([await s.shown(), await s.completeTo()]).toEqual([7, '2026-03-03'])
  })

  it('beyond what its profile accepts is a question again', async () => {
    const s = await running(some(7), hidden(2), accepted(1))
    await s.poll()
    expect(await s.waiting()).toEqual(['listShort listShort'])
    expect(await s.completeTo()).toBeNull()
  })

  it('takes nothing for vanished that such a list does not show', async () => {
    const s = await running(some(7), null, { can: { recheck: 'byWindow', reconcile: 'listing' } })
    await s.poll()
    s.rows.pop()
    s.register.state.list = hidden(1)
    await s.app.store.db.raw(`update sync.source set deep_read_at = null`)
    await s.poll()
    expect(await s.shown()).toBe(7)
  })

  it('counts beyond what is known to be too many where nothing is shown: that fails', async () => {
    const s = await running(some(7), hidden(1))
    await s.poll()
    s.register.state.list = () => ({ data: [], ...counting(5) })
    await s.poll()
    expect(await s.waiting()).toContain('sourceFailing malformed')
  })
})
