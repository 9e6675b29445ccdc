/** What waits for a person is one number: of the commands, the badge, the page, the JSON and the metrics. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { alertSettings, alertsSection } from '#config/alerts.ts'
import { type AttentionCounts, totalOf } from '#src/store/attention.ts'
import { chidao } from '#test/cli/executable.ts'
import { monday, openedPages, silentSource } from './pages/opened-pages.ts'
import { stock } from './pages/stock.ts'

const clock = { CHIDAO_CLOCK: `${monday.toISOString()} @ ${Date.now()} x 0.001` }

it('is the same everywhere, with overdue, soon due, alerts and what they add up', async () => {
  // Everything of today is near: 15 hours to the end of the day.
  const near = { nearHours: { normal: 20, urgent: 20, veryUrgent: 20, flash: 20 } }
  const alerts = alertSettings(alertsSection.parse(near), () => null, [], 60_000)
  const t = await silentSource()
  Object.assign(t.app, { alerts })
  await using opened = await openedPages(t)
  const { app, url } = opened.t
  await stock(app)
  const { store } = app
  const conditions = (['deadlinePassed', 'deadlineNear', 'sourceSilent'] as const).map((kind) => ({
    kind,
    source: 'nguon',
    figures: { count: 1, hours: 16 },
  }))
  await store.alerts.keep(conditions, monday, alerts, ['webhook'])
  const [notice] = await store.alerts.take('webhook')
  await store.alerts.notDelivered([notice!.id], 'unreachable')

  const data = await mkdtemp(join(tmpdir(), 'chidao-data-'))
  const config = join(data, 'chidao.yaml')
  await writeFile(config, `sources: []\nalerts: ${JSON.stringify(near)}\n`)
  const env = {
    ...clock,
    ...{ DATABASE_URL: url, KEYS_DATABASE_URL: `${url}_keys`, CHIDAO_DATA: data },
    CHIDAO_CONFIG: config,
  }
  const json = async (...args: string[]) => {
    const { code, out, err } = await chidao([...args, '--json'], env)
    expect([code, err]).toEqual([3, ''])
    return JSON.parse(out)
  }
  const status = await json('status')
  const attention = await json('attention', '--limit', '500')
  const counts: AttentionCounts = attention.counts
  const total = totalOf(counts)
  expect(counts).toMatchObject({ overdue: 1, dueSoon: 3, alert: 1, undelivered: 1 })
  expect([status.needsAttention, attention.total, attention.items.length]).toEqual([
    total,
    total,
    total,
  ])
  expect(status.attention).toEqual(counts)
  const explained = await json('status', '--explain')
  expect(explained.total).toBe(total)
  expect(explained.states[0]).toMatchObject({
    ...{ kind: 'overdue', count: 1, command: 'chidao attention list --kind overdue' },
  })
  const lines = (await chidao(['status', '--explain'], env)).out.trim().split('\n')
  expect(lines[0]).toBe(String(total))
  expect(lines.slice(1).map((line) => Number.parseInt(line, 10))).toEqual(
    Object.values(counts).filter((n) => n > 0),
  )
  expect((await chidao(['status'], env)).out).toContain(`${total} items need attention`)

  const page = await opened.text('/attention?lang=en')
  expect(page).toContain(`<span class="count">${total}</span>`)
  expect(page).toContain(`All (${total})`)
  expect(page).toContain('Overdue (1)')
  const get = async (path: string) => (await opened.get(path)).json()
  const overview = (await get('/api/overview')) as { needsAttention: AttentionCounts }
  expect(overview.needsAttention).toEqual(counts)
  const listed = (await get('/api/attention?limit=500')) as { rows: unknown[] }
  expect(listed.rows).toHaveLength(total)
  const metrics = await (await opened.get('/metrics')).text()
  const items = [...metrics.matchAll(/^chidao_attention_items\{kind="(\w+)"\} (\d+)$/gm)]
  expect(Object.fromEntries(items.map(([, kind, n]) => [kind, Number(n)]))).toEqual(counts)
  await rm(data, { recursive: true })
}, 120_000)

it('says 0 and nothing else where nothing waits', async () => {
  await using opened = await openedPages()
  const { url } = opened.t
  const env = { ...clock, DATABASE_URL: url, KEYS_DATABASE_URL: `${url}_keys` }
  expect(await chidao(['status', '--explain'], env)).toMatchObject({ code: 0, out: '0\n' })
  const { code, out } = await chidao(['status', '--explain', '--json'], env)
  expect([code, JSON.parse(out)]).toEqual([0, { total: 0, states: [] }])
})

it('shows the overdue first on the page, each a link, with nothing to do to them in bulk', async () => {
  await using opened = await openedPages()
  const kept = await stock(opened.t.app)
  const page = await opened.text('/attention')
  const rows = page.slice(page.indexOf('<tbody'))
  expect(rows.indexOf('02/CĐ - UBND')).toBeLessThan(rows.indexOf('văn bản đang giữ lại'))
  expect(rows).toContain(`<a href="/directives/${kept.overdue}" lang="vi">02/CĐ - UBND</a>`)
  const overdue = await opened.text('/attention?kind=overdue')
  expect(overdue).not.toContain('/attention/confirm')
  const confirm = `/attention/confirm?act=discard&item=overdue/nguon/${kept.overdue}`
  expect((await opened.get(confirm)).status).toBe(404)
  expect(
    (await opened.text('/attention?kind=overdue&lang=en')).includes('Open the directive'),
  ).toBe(true)
})
