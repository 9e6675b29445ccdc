import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { password } from '#test/ops/opened.ts'
import { type OpenedPages, openedPages } from '#test/ops/pages/opened-pages.ts'
import { type Stock, stock } from '#test/ops/pages/stock.ts'
import { isBrowserHere, openBrowser, visitor } from './visitor.ts'

describe.skipIf(!isBrowserHere)('an operator at the pages', () => {
  let browser: Browser
  let opened: OpenedPages
  let kept: Stock

  beforeAll(async () => {
    opened = await openedPages()
    kept = await stock(opened.t.app)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await opened?.[Symbol.asyncDispose]()
  })

  const enter = (account: string, secret: string) =>
    visitor(browser, `${opened.ops.address}/deadlines`, account, secret)

  it('is let in with the right password only', async () => {
    const stranger = await enter('quan-tri', 'không phải mật khẩu này')
    expect(new URL(stranger.url()).pathname).toBe('/login')
    const known = await enter('quan-tri', password)
    await known.getByRole('heading', { level: 1, name: 'Thời hạn phân loại' }).waitFor()
    expect(await known.getByText('Quản trị').first().isVisible()).toBe(true)
  }, 180_000)

  it('finds a directive with and without diacritics, and reads it in English', async () => {
    const page = await enter('quan-tri', password)
    for (const words of ['ứng phó bão', 'ung pho bao']) {
      await page.getByRole('link', { name: 'Văn bản', exact: true }).click()
      await page.getByLabel('Số, ký hiệu hoặc từ trong trích yếu').fill(words)
      await page.getByRole('button', { name: 'Tìm' }).click()
      await page.getByRole('link', { name: '02/CĐ - UBND' }).waitFor()
    }
    await page.getByRole('link', { name: 'English' }).click()
    await page.getByRole('button', { name: 'Search' }).waitFor()
    await page.getByRole('link', { name: '02/CĐ - UBND' }).click()
    await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  }, 180_000)

  it('has what failed tried again, and says what became of a reply', async () => {
    const page = await enter('quan-tri', password)
    await page.goto(`${opened.ops.address}/attention?kind=stagingFailed`)
    await page.getByRole('checkbox').first().check()
    await page.getByRole('button', { name: 'Thử lại ngay' }).click()
    await page.getByLabel('Lý do').fill('nguồn đã chạy lại')
    await page.getByRole('button', { name: 'Thử lại ngay' }).click()
    await page.getByText('Đã làm: Thử lại ngay, 1 mục.').waitFor()
    await page.goto(`${opened.ops.address}/replies/${kept.rejected}`)
    await page.getByRole('link', { name: 'Đã xử lý cách khác' }).click()
    await page.getByLabel('Lý do').fill('đã gửi bản giấy')
    await page.getByRole('button', { name: 'Đã xử lý cách khác' }).click()
    await page.getByText('Đã làm: Đã xử lý cách khác, 1 mục.').waitFor()
  }, 180_000)

  it('is refused every act when the account may only look', async () => {
    const page = await enter('xem', password)
    await page.goto(`${opened.ops.address}/directives/${kept.open}`)
    await page.getByText('Chỉ quản trị thực hiện được.').waitFor()
    const answer = await page.goto(`${opened.ops.address}/directives/${kept.open}/acts/purge`)
    expect(answer?.status()).toBe(403)
  }, 180_000)
})
