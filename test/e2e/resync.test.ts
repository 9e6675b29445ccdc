import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { password } from '#test/ops/opened.ts'
import { type OpenedPages, openedPages } from '#test/ops/pages/opened-pages.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { duePasses, pull, runResyncs } from '#test/support/claims.ts'
import { isBrowserHere, openBrowser, screenshots, visitor } from './visitor.ts'

const issued = (id: number, date: string): Row =>
  row(id, { publish_date: `${date}T00:00:00+07:00` })

describe.skipIf(!isBrowserHere)('an administrator who asks a source again', () => {
  const rows = [issued(1, '2026-02-18'), issued(2, '2026-03-02')]
  let browser: Browser
  let register: Awaited<ReturnType<typeof openRegister>>
  let t: TestApp
  let opened: OpenedPages

  beforeAll(async () => {
    register = await openRegister(rows)
    t = await testApp([profileAt(register.address)])
    await pullAll(t.app)
    opened = await openedPages(t)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await opened?.[Symbol.asyncDispose]()
    await register?.close()
  })

  /** As the running service would, one week of the source at a time. */
  async function nextWindow(): Promise<void> {
    await runResyncs(t.app)
    const due = (await duePasses(t.app.store, 100)).filter(({ kind }) => kind === 'resync')
    await pull(t.app, due[0]!.id)
    await runResyncs(t.app)
  }

  it('sees the plan first, then its progress as it moves, and what was done at the end', async () => {
    // Appeared long after its date: what no reading of the newest would find.
    rows.push(issued(3, '2026-02-20'))
    const page = await visitor(browser, `${opened.ops.address}/runs`, 'quan-tri', password)
    await page.goto(`${opened.ops.address}/runs/resyncs/new`)
    await page.getByLabel('Từ ngày').fill('2026-02-16')
    await page.getByLabel('Đến ngày').fill('2026-03-08')
    await page.getByLabel('Lý do').fill('nguồn báo có văn bản nhập muộn')
    await page.getByRole('button', { name: 'Lập kế hoạch' }).click()

    await page.waitForURL('**/runs/resyncs/*', { timeout: 60_000 })
    const figure = (name: string) => page.locator('.figure', { hasText: name }).locator('.value')
    await page.getByRole('heading', { name: 'Kế hoạch' }).first().waitFor()
    expect(await figure('Mới').first().textContent()).toBe('1')
    expect(await t.app.store.overview.totals()).toMatchObject({ staged: 2 })

    await page.getByLabel('Lý do').fill('nguồn báo có văn bản nhập muộn')
    await page.getByRole('button', { name: 'Thực hiện kế hoạch này' }).click()
    const windows = page.locator('[data-shows="windows"]')
    await windows.getByText('0 / 3', { exact: true }).waitFor()
    // The state is another with its first week: the page shows itself anew, once.
    await nextWindow()
    await windows.getByText('1 / 3', { exact: true }).waitFor()
    await page.getByText('đang chạy').first().waitFor()
    await page.evaluate('document.documentElement.dataset.sameDocument = "yes"')
    await nextWindow()
    await windows.getByText('2 / 3', { exact: true }).waitFor()
    expect(await page.evaluate('document.documentElement.dataset.sameDocument')).toBe('yes')
    expect(await page.evaluate('document.getElementById("progress").value')).toBe(66)
    await nextWindow()
    await page.locator('.badge.good', { hasText: 'xong' }).waitFor()
    expect(await windows.textContent()).toBe('3 / 3')
    expect(await page.locator('[data-shows="seen"]').textContent()).toBe('3')
    expect(await page.locator('[data-shows="staged"]').textContent()).toBe('1')
    expect(await page.locator('[data-live]').count()).toBe(0)
    expect(await t.app.store.overview.totals()).toMatchObject({ staged: 3 })
    mkdirSync(screenshots, { recursive: true })
    await page.screenshot({ path: join(screenshots, 'resync-done.png'), fullPage: true })
  }, 300_000)
})
