import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openedOps, password, type QueuePlaces, redisPlace } from './opened.ts'

const executablePath = '/usr/bin/chromium'

/** Its account, its form filling and its updater, whatever page is open. */
const ofChromiumItself =
  /^(accounts\.google\.com|content-autofill\.googleapis\.com|(http:\/\/)?update\.googleapis\.com(:443$|\/service\/update2)|http:\/\/control\.test)/

/** Everything the browser would send to another host goes to this proxy, which notes it and answers nothing. */
async function startProxy() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.destroy()
  })
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.destroy()
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  return { asked, url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

describe.skipIf(!existsSync(executablePath))('the board in a browser', () => {
  let browser: Browser
  let proxy: Awaited<ReturnType<typeof startProxy>>
  let places: QueuePlaces

  beforeAll(async () => {
    proxy = await startProxy()
    places = await redisPlace()
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox'],
      proxy: { server: proxy.url, bypass: '127.0.0.1' },
    })
  })
  afterAll(async () => {
    await browser.close()
    proxy.close()
    await places[Symbol.asyncDispose]()
  })

  it.each(['postgres', 'redis'] as const)(
    'works over %s, and asks no other host for anything',
    async (kind) => {
      await using opened = await openedOps({}, kind === 'redis' ? places.redis : undefined)
      await opened.queues.ring('take-head')
      const context = await browser.newContext()
      const page = await context.newPage()
      const mistakes: string[] = []
      const blocked: string[] = []
      const elsewhere: string[] = []
      const isElsewhere = (url: string) => !url.startsWith(`${opened.ops.address}/`)
      page.on('pageerror', (error) => mistakes.push(error.message))
      page.on('requestfinished', (request) => {
        if (isElsewhere(request.url())) elsewhere.push(request.url())
      })
      page.on('requestfailed', (request) => {
        if (request.failure()?.errorText === 'csp') blocked.push(new URL(request.url()).hostname)
        else if (isElsewhere(request.url())) elsewhere.push(request.url())
      })

      await page.goto(`${opened.ops.address}/queues`)
      await page.getByLabel('Tên tài khoản').fill('xem')
      await page.getByLabel('Mật khẩu').fill('không phải mật khẩu')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await page.getByLabel('Tên tài khoản').fill('xem')
      await page.getByLabel('Mật khẩu').fill(password)
      await page.getByRole('button', { name: 'Đăng nhập' }).click()
      await page.waitForURL(`${opened.ops.address}/queues`)
      expect(await page.title()).toBe('Chỉ đạo: hàng đợi')
      for (const lane of opened.queues.lanes.keys())
        await page.getByRole('link', { name: lane }).first().waitFor()
      await page.getByRole('link', { name: 'urgent' }).first().click()
      await page.getByText('take-head').first().waitFor()
      for (const act of ['Retry', 'Promote', 'Clean', 'Pause', 'Add job'])
        expect(await page.getByRole('button', { name: act }).count(), act).toBe(0)
      await page.goto(`${opened.ops.address}/queues/job-schedulers`)
      await page.getByText('Schedulers').first().waitFor()
      const loaded = await page.evaluate('document.styleSheets.length')
      expect(loaded).toBeGreaterThan(0)
      const seenByProxy = proxy.asked.filter((url) => !ofChromiumItself.test(url))
      await page.goto('http://control.test/').catch(() => {})
      await context.close()

      expect(mistakes).toEqual([])
      expect(elsewhere).toEqual(['http://control.test/'])
      expect(seenByProxy).toEqual([])
      // Both records see: the proxy what leaves, the page the fonts that it does ask for.
      expect(proxy.asked).toContain('http://control.test/')
      expect(new Set(blocked)).toEqual(new Set(['fonts.googleapis.com']))
    },
  )
})
