import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { opsSettings, password } from '#test/ops/opened.ts'
import { type OpenedPages, openedPages } from '#test/ops/pages/opened-pages.ts'
import { isBrowserHere, logIn, openBrowser, visitor } from './visitor.ts'

const { failures } = opsSettings.lockOut

interface Counted {
  readonly event: string
  readonly times: number
}

describe.skipIf(!isBrowserHere)('whoever mistypes a password', () => {
  let browser: Browser
  let opened: OpenedPages

  beforeAll(async () => {
    opened = await openedPages()
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await opened?.[Symbol.asyncDispose]()
  })

  it('is told nothing of what was wrong, is locked out after so many, and let in again by an administrator', async () => {
    const { accounts } = opened.t.app.store
    const locked = async () =>
      (await accounts.list()).filter(({ lockedUntil }) => lockedUntil).map(({ name }) => name)
    const page = await visitor(browser, `${opened.ops.address}/deadlines`, 'xem', 'sai lần 1')
    const refused = page.getByRole('alert').getByText('Không đăng nhập được')
    await refused.waitFor()
    const said = await page.getByRole('alert').textContent()
    for (let n = 2; n <= failures; n++) {
      expect(await locked()).toEqual([])
      await logIn(page, 'xem', `sai lần ${n}`)
      await refused.waitFor()
    }
    expect(await locked()).toEqual(['xem'])

    await logIn(page, 'xem', password)
    await refused.waitFor()
    expect(await page.getByRole('alert').textContent()).toBe(said)
    expect(new URL(page.url()).pathname).toBe('/login')

    const other = await visitor(browser, `${opened.ops.address}/deadlines`, 'quan-tri', password)
    await other.getByRole('heading', { level: 1, name: 'Thời hạn phân loại' }).waitFor()

    await accounts.enable('xem', { actor: 'quan-tri', reason: 'đã hỏi', at: new Date() })
    await logIn(page, 'xem', password)
    await page.getByRole('heading', { level: 1, name: 'Thời hạn phân loại' }).waitFor()
    const { rows } = await opened.t.app.store.db.raw(
      `select event, count(*)::int as times from sync.history
       where event like 'login%' or event like 'account%' group by 1 order by 1`,
    )
    expect(Object.fromEntries(rows.map(({ event, times }: Counted) => [event, times]))).toEqual({
      accountAdded: 2,
      accountEnabled: 1,
      accountLocked: 1,
      login: 2,
      loginRefused: failures + 1,
    })
  }, 300_000)
})
