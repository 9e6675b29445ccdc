/** A purge from a page: by a named decision, of what is named, told before and after. */
import { expect, it } from 'vitest'
import { type OpenedPages, openedPages } from './opened-pages.ts'
import { stock } from './stock.ts'

const authority = 'CV 12/VP-TH'

it('asks for a decision and the typed code, lists what goes, and says that it is done', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const page = `/directives/${kept.classified}/acts/purge`
  const shown = await opened.text(`${page}?lang=en`, 'chidao-lang=en')
  for (const part of [
    'Authority',
    'Type the code 45/KH-UBND',
    'Directive and copies',
    'Tasks',
    'Replies',
  ])
    expect(shown).toContain(part)
  expect(shown).not.toContain('name="reason"')
  expect(await goes(opened, kept.classified)).toMatchObject({ copies: 1, tasks: 1, replies: 2 })

  const done = await opened.submit(page, page, { authority, typed: '45/kh - ubnd' })
  const to = done.headers.get('location')!
  expect([done.status, to]).toEqual([
    303,
    // Nothing else stands in the address: what was purged is not called by its code again.
    expect.stringMatching(/^\/directives\?done=purge&purge=[0-9a-f-]{36}$/),
  ])
  expect(await opened.text(to)).toMatch(/role="status">Đã xóa hẳn\. Mã của việc xóa: [0-9a-f-]{36}/)
  expect(await purges(opened)).toEqual([{ actor: 'quan-tri', authority }])
  // A second click finds nothing to remove.
  expect((await opened.submit('/', page, { authority, typed: '45/KH-UBND' })).status).toBe(404)
  expect(await purges(opened)).toHaveLength(1)
})

it('does nothing without both, says what is missing, and keeps what was filled in', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const page = `/directives/${kept.open}/acts/purge`
  const typed = '780/UBND-NNMT'
  for (const [fields, wrong, keeps] of [
    [{ reason: 'x', typed }, 'Phải ghi căn cứ.', ''],
    [{ authority: ' \u200b ', typed }, 'Phải ghi căn cứ.', ''],
    [{ authority: 'x', typed }, 'Căn cứ phải nêu', 'x'],
    [{ authority: 'CV 12 (MẬT)', typed }, 'Căn cứ chưa đủ điều kiện', ''],
    [{ authority: 'CV 12 '.repeat(1700), typed }, 'Căn cứ dài quá 300', null],
    [{ authority, typed: '780/UBND-NMT' }, 'đã gõ không đúng', authority],
    [{ authority, typed: kept.open }, 'đã gõ không đúng', authority],
    [{ authority }, 'đã gõ không đúng', authority],
  ] as const) {
    const refused = await opened.submit(page, page, fields)
    const text = await refused.text()
    expect([refused.status, text]).toEqual([422, expect.stringContaining(wrong)])
    if (keeps !== null) expect(text).toContain(`maxlength="300" value="${keeps}"`)
    expect(text).not.toContain('(MẬT)')
  }
  expect((await opened.submit('/', page, { authority, typed }, 'viewer')).status).toBe(403)
  expect(await purges(opened)).toEqual([])
  expect((await opened.get(`/directives/${kept.open}`)).status).toBe(200)
})

it('is done once where two administrators confirm at the same time', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const page = `/directives/${kept.open}/acts/purge`
  const fields = { authority, typed: '780/UBND-NNMT' }
  const both = await Promise.all([0, 1].map(() => opened.submit(page, page, fields)))
  const statuses = both.map(({ status }) => status).toSorted()
  expect(statuses).toEqual([303, 404])
  expect(await both.find(({ status }) => status === 404)!.text()).not.toContain('NNMT')
  expect(await purges(opened)).toHaveLength(1)
})

it('names what is withheld by its short id, and shows no code of it', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const item = `withheld/nguon/${kept.withheld}`
  const page = `/attention/confirm?act=purge&item=${item}`
  const short = kept.withheld.slice(0, 8)
  const shown = await opened.text(page)
  expect(shown).toContain(`Gõ mã ${short} của văn bản để xác nhận`)
  expect(shown).toContain('Sẽ mất hẳn')
  expect(shown).not.toContain('999/')
  const act = (more: Record<string, string>, as?: 'viewer') =>
    opened.submit(page, '/attention/act', { act: 'purge', item, count: '1', ...more }, as)
  for (const fields of [
    { authority, typed: '1' },
    { authority, typed: '999/UBND-GIAU' },
    { authority: 'x', typed: short },
    { reason: 'đã hỏi văn thư', typed: short },
  ]) {
    const refused = await act(fields)
    expect(refused.status).toBe(422)
    expect(await refused.text()).not.toContain('Vănbảngiữlại')
  }
  expect((await act({ authority, typed: short }, 'viewer')).status).toBe(403)
  expect(await purges(opened)).toEqual([])
  const done = await act({ authority, typed: short.toUpperCase() })
  expect(done.headers.get('location')).toBe('/attention?done=purge&n=1')
  expect(await purges(opened)).toEqual([{ actor: 'quan-tri', authority }])
  const again = await opened.submit('/attention', '/attention/act', {
    ...{ act: 'purge', item, count: '1', authority, typed: short },
  })
  expect(again.headers.get('location')).toBe('/attention?done=purge&n=0')
  expect(await opened.text('/attention?done=purge&n=0')).toContain('có thể đã có người làm trước')
})

it('removes one at a time, and offers nothing else', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const { store, clock } = opened.t.app
  await store.withholding.withhold(kept.open, 'byHand', clock.now())
  const list = await opened.text('/attention?kind=withheld')
  expect(list).toContain('value="release"')
  expect(list).not.toMatch(/value="purge"|act&#61;purge&#38;all/)
  const act = { act: 'purge', all: '1', kind: 'withheld', count: '2', authority }
  const refused = await opened.submit('/attention', '/attention/act', { ...act, typed: '2' })
  expect([refused.status, await refused.text()]).toEqual([
    422,
    expect.stringContaining('từng văn bản một'),
  ])
  expect(await purges(opened)).toEqual([])
})

it('lets a fuse go on only for the count of directives that is typed, as the command does', async () => {
  await using opened = await openedPages()
  await stock(opened.t.app)
  const { store, clock } = opened.t.app
  await store.fuses.holds({ source: 'nguon', kind: 'recall', count: 500, outOf: 1000 }, clock.now())
  const item = 'fuse/nguon/recall'
  const page = `/attention/confirm?act=proceed&item=${item}`
  const shown = await opened.text(page)
  const seen = /name="seen" value="(\d+)"/.exec(shown)![1]!
  expect(shown).toContain(`Gõ số văn bản (${seen}) để xác nhận`)
  const fields = { act: 'proceed', item, count: '1', seen, reason: 'đã hỏi nguồn' }
  const act = (typed: string) => opened.submit(page, '/attention/act', { ...fields, typed })
  expect((await act('1')).status).toBe(422)
  expect(await store.fuses.open()).toHaveLength(1)
  expect((await act(seen)).status).toBe(303)
  expect(await store.fuses.open()).toEqual([])
})

it('holds a recall and the end of a pause to what the commands ask for', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const page = `/directives/${kept.open}/acts/recall`
  const refused = await opened.submit(page, page, { reason: ' ', authority: 'x' })
  const text = await refused.text()
  expect(refused.status).toBe(422)
  for (const wrong of ['Phải ghi lý do.', 'Căn cứ phải nêu']) expect(text).toContain(wrong)
  const done = await opened.submit(page, page, { reason: 'ban hành nhầm', authority })
  expect(await opened.text(done.headers.get('location')!)).toContain(
    'Đã thu hồi; thời hạn đã dừng.',
  )

  const since = opened.t.app.clock.now()
  const until = new Date(since.getTime() + 3_600_000)
  const pause = { source: 'nguon', until, since, actor: 'trực ban', reason: 'bảo trì' }
  await opened.t.app.store.pauses.begin(pause)
  const silent = await opened.submit('/', '/sources/nguon/resume', { reason: ' ' })
  expect([silent.status, await silent.text()]).toEqual([
    422,
    expect.stringContaining('Phải ghi lý do.'),
  ])
  expect(await opened.t.app.store.pauses.inForce(since)).toHaveLength(1)
})

async function goes({ t }: OpenedPages, id: string) {
  return (await t.app.store.purging.named(id))[0]
}

async function purges({ t }: OpenedPages) {
  const { rows } = await t.app.store.db.raw(`select actor, authority from sync.purge`)
  return rows
}
