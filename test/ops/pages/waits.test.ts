/** For whom a resync and the readings of a source wait, on their pages and in attention. */
import { expect, it } from 'vitest'
import { monday, openedPages } from './opened-pages.ts'
import { stock } from './stock.ts'

it('is told on the page of the request, of its source and in attention, with what is waived', async () => {
  await using opened = await openedPages()
  const { store } = opened.t.app
  await stock(opened.t.app)
  await store.sources.register('truc', { statuses: [], replies: 'none' }, 'f')
  const scope = { source: 'nguon', from: '2026-09-01', until: '2026-09-07', refs: null }
  const by = { actor: 'an', reason: 'thử' }
  const id = await store.resyncs.request({ ...scope, thorough: false }, by, monday)
  const { pass } = (await store.resyncs.advance(monday))[0]!
  const claimed = await store.passes.claim('b0b1a4e6-0000-4000-8000-000000000000', { id: pass })
  await store.passes.fail(claimed!, 'waitsForOther', 'truc')

  const request = `/runs/resyncs/${id}`
  expect(await opened.text(request)).toMatch(/Đang chờ nguồn.*\/sources\/truc.*Từ lúc/s)
  expect(await opened.text(`${request}?lang=en`)).toContain('Waits for')
  const attention = await opened.text('/attention?kind=waitsForOther')
  expect(attention).toContain(request)
  expect(attention).toContain('chờ đọc được nguồn truc')
  const source = await opened.text('/sources/nguon')
  expect(source).toMatch(/Đang chờ đọc được nguồn.*\/sources\/truc/s)

  const until = new Date(monday.getTime() + 3_600_000)
  await store.waivers.give('truc', { resyncId: id }, { until, ...by }, monday)
  await store.waivers.give('truc', { readingOf: 'nguon' }, { until, ...by }, monday)
  for (const page of ['/sources/nguon', '/sources/truc'])
    expect(await opened.text(page)).toMatch(/Được phép không chờ nguồn.*an: thử/s)
})
