import { expect, it } from 'vitest'
import type { Page } from '#src/store/pages/place.ts'
import { placeOf } from '#src/store/pages/place.ts'
import type { DirectiveRow, Search } from '#src/store/pages/search.ts'
import { admitted, now, runningPass, testStore } from '#test/support/store.ts'

const nothingAsked: Search = {
  q: null,
  issuer: null,
  signer: null,
  source: null,
  from: null,
  until: null,
  state: null,
}

/** Floods in the old years and roads in the new one, with months between in which nothing was issued. */
const made: readonly {
  readonly ref: string
  readonly issuedOn: string
  readonly subject: string
  readonly number?: string
  readonly symbol?: string
}[] = [
  ...[3, 3, 9, 20].map((day, n) => ({
    ref: `lu-${n}`,
    issuedOn: `2024-02-${String(day).padStart(2, '0')}`,
    subject: 'Khắc phục hậu quả mưa lũ',
  })),
  { ref: 'xa-xua', issuedOn: '1987-05-31', subject: 'Mưa lũ từ lâu' },
  ...[1, 15, 28].map((day, n) => ({
    ref: `duong-${n}`,
    issuedOn: `2026-08-${String(day).padStart(2, '0')}`,
    subject: 'Sửa đường sau mưa',
  })),
  { ref: 'ma', issuedOn: '2025-12-31', subject: 'Kế hoạch', number: '02', symbol: 'CĐ - UBND' },
]

async function stocked() {
  const s = await testStore()
  const pass = await runningPass(s.store)
  for (const { ref, number = '1', symbol = 'UBND', ...fields } of made)
    await s.store.intake.stage(
      pass,
      admitted(ref, { ...fields, number, symbol, code: `${number}/${symbol}` }),
      now,
    )
  const { rows } = await s.store.db.raw(`select id, source_ref from sync.directive`)
  const refOf = new Map(rows.map((row: Record<string, string>) => [row.id, row.source_ref]))
  const list = async (asked: Partial<Search>, at: { after?: string; before?: string }) => {
    const place = placeOf(at, asked.state === 'open' ? 'instant' : 'day')
    return s.store.pages.search.list({ ...nothingAsked, ...asked }, place, 2)
  }
  return {
    /** Page after page, and back again from the last. */
    async found(asked: Partial<Search>) {
      const pages: Page<DirectiveRow>[] = [await list(asked, {})]
      for (let last = pages[0]!; last.after !== null; pages.push(last))
        last = await list(asked, { after: last.after })
      const back: DirectiveRow[] = [...pages.at(-1)!.rows]
      for (let first = pages.at(-1)!; first.before !== null; back.unshift(...first.rows))
        first = await list(asked, { before: first.before })
      const rows = pages.flatMap((page) => page.rows)
      expect(back.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
      return rows.map(({ id }) => refOf.get(id) as string)
    },
    first: (asked: Partial<Search>) => list(asked, {}),
    db: s.store.db,
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}

const days = new Map(made.map(({ ref, issuedOn }) => [ref, issuedOn]))
const newestFirst = (refs: readonly string[]) =>
  refs.toSorted((a, b) => days.get(b)!.localeCompare(days.get(a)!))

it('finds every directive that has the words, whatever lies between them, page after page and back', async () => {
  await using s = await stocked()
  const floods = ['lu-0', 'lu-1', 'lu-2', 'lu-3', 'xa-xua']
  const roads = ['duong-0', 'duong-1', 'duong-2']
  for (const [asked, expected] of [
    [{ q: 'mua lu' }, floods],
    [{ q: 'mưa' }, [...floods, ...roads]],
    [{ q: 'mưa', from: '2024-02-04', until: '2026-08-15' }, ['lu-2', 'lu-3', ...roads.slice(0, 2)]],
    [{ q: 'mưa', signer: 'thử' }, [...floods, ...roads]],
    [{ q: 'mưa', signer: 'quảng trị' }, []],
    [{ q: 'mưa', source: 'nguon' }, [...floods, ...roads]],
    [{ q: 'mưa', source: `n'\\g & uon` }, []],
    [{ issuer: 'quảng trị' }, [...days.keys()]],
    [{ q: 'lâu' }, ['xa-xua']],
    [{ q: 'không có' }, []],
    [{ q: '2/CĐ-UBND' }, ['ma']],
    [{ q: '2/CĐ-UBND', issuer: 'quảng trị' }, ['ma']],
    [{ q: '2/CĐ-UBND', issuer: 'hà nội' }, []],
    [{ q: '2/CĐ-UBND', state: 'open' }, ['ma']],
  ] as [Partial<Search>, string[]][]) {
    const found = await s.found(asked)
    expect(found.toSorted(), JSON.stringify(asked)).toEqual(expected.toSorted())
    if (asked.state !== 'open')
      expect(
        found.map((ref) => days.get(ref)),
        JSON.stringify(asked),
      ).toEqual(newestFirst(expected).map((ref) => days.get(ref)))
  }
})

it('finds by words among what was recalled, and nothing of what is withheld', async () => {
  await using s = await stocked()
  await s.db.raw(
    `update sync.directive set recalled_at = now() where source_ref in ('lu-1', 'xa-xua', 'duong-0')`,
  )
  await s.db.raw(
    `update sync.directive set withheld_at = now(), withheld_because = 'doubtful' where source_ref = 'xa-xua'`,
  )
  expect(await s.found({ q: 'mưa', state: 'recalled' })).toEqual(['duong-0', 'lu-1'])
  expect((await s.found({ q: 'mưa', state: 'open' })).toSorted()).toEqual([
    'duong-1',
    'duong-2',
    'lu-0',
    'lu-2',
    'lu-3',
  ])
  expect(await s.found({ q: 'lâu' })).toEqual([])
})

it('finds what only old ones have, however many they are, before what only new ones have', async () => {
  await using s = await stocked()
  const { rows } = await s.db.raw(
    `select string_agg(attname, ',') as names from pg_attribute
     where attrelid = 'sync.directive'::regclass and attnum > 0 and not attisdropped and attname not in ('id', 'source_ref', 'issued_on')`,
  )
  await s.db.raw(
    `insert into sync.directive (id, source_ref, issued_on, ${rows[0].names})
     select gen_random_uuid(), 'lu-cu-' || n, '2019-10-01'::date + n % 20, ${rows[0].names} from sync.directive, generate_series(1, 2100) n where source_ref = 'xa-xua'`,
  )
  await s.db.raw(
    `update sync.directive set withheld_at = now(), withheld_because = 'doubtful' where source_ref = 'lu-cu-1'`,
  )
  const first = await s.first({ q: 'lâu' })
  expect(first.rows.map(({ issuedOn }) => issuedOn)).toEqual(['2019-10-20', '2019-10-20'])
  expect((await s.first({ q: 'mưa lũ' })).rows.map(({ issuedOn }) => issuedOn)).toEqual([
    '2024-02-20',
    '2024-02-09',
  ])
})
