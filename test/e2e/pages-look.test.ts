import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedPages, openedPages } from '#test/ops/pages/opened-pages.ts'
import { stock } from '#test/ops/pages/stock.ts'
import { isBrowserHere, openBrowser, screenshots } from './visitor.ts'

/** What `npm run screenshots` puts into the operator's guide. */
const ofTheGuide = {
  folder: resolve(import.meta.dirname, '../../docs/screenshots'),
  pages: [
    'overview',
    'deadlines',
    'directive-classified',
    'reply',
    'attention',
    'resync-new',
    'source-pause',
  ],
  isAsked: process.env.GUIDE_SCREENSHOTS === '1',
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const sizes = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } }

describe.skipIf(!isBrowserHere)('every page in a browser', () => {
  let browser: Browser
  let opened: OpenedPages
  let paths: Readonly<Record<string, string>>

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true })
    opened = await openedPages()
    const { app } = opened.t
    const kept = await stock(app)
    for (const source of ['nguon', 'qlvb-tinh']) await app.store.sources.answered(source)
    const { rows } = await app.store.db.raw(`select id from sync.pass limit 1`)
    const scope = {
      source: 'nguon',
      from: '2026-08-01',
      until: '2026-09-08',
      refs: null,
      thorough: false,
    }
    const by = { actor: 'lan', reason: 'kiểm tra cuối quý' }
    const resync = await app.store.resyncs.request(scope, by, app.clock.now())
    const item = `sendRejected/nguon/${kept.rejected}`
    paths = {
      overview: '/',
      deadlines: '/deadlines',
      directives: '/directives',
      'directives-found-nothing': '/directives?q=khong+co',
      directive: `/directives/${kept.open}`,
      'directive-classified': `/directives/${kept.classified}`,
      'directive-missing-file': `/directives/${kept.overdue}`,
      'file-give-up': `/directives/${kept.overdue}/files/${kept.missing}/acts/giveUp`,
      replies: '/replies',
      reply: `/replies/${kept.unconfirmed}`,
      attention: '/attention',
      'attention-kind': '/attention?kind=withheld',
      'attention-confirm': `/attention/confirm?act=settled&item=${encodeURIComponent(item)}`,
      'attention-purge': `/attention/confirm?act=purge&item=${encodeURIComponent(`withheld/nguon/${kept.withheld}`)}`,
      'directive-purge': `/directives/${kept.open}/acts/purge`,
      runs: '/runs',
      run: `/runs/${rows[0].id}`,
      'resync-new': '/runs/resyncs/new',
      resync: `/runs/resyncs/${resync}`,
      sources: '/sources',
      source: '/sources/qlvb-tinh',
      'source-pause': '/sources/nguon/pause?until=2026-09-08T10:00',
      'not-found': '/directives/none',
      'no-such-address': '/nowhere',
    }
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await opened?.[Symbol.asyncDispose]()
  })

  async function onlooker(
    lang: 'vi' | 'en',
    colorScheme: 'light' | 'dark',
    viewport: (typeof sizes)['desk'],
  ): Promise<Page> {
    const context = await browser.newContext({
      locale: lang === 'vi' ? 'vi-VN' : 'en-GB',
      viewport,
      colorScheme,
      bypassCSP: true,
    })
    const value = opened.sessions.administrator
    await context.addCookies([{ name: 'chidao', value, url: opened.ops.address }])
    const page = await context.newPage()
    await page.goto(`${opened.ops.address}/?lang=${lang}`)
    return page
  }

  // Any two of language, scheme and size meet in one of the four.
  it.each([
    ['vi', 'light', 'desk'],
    ['vi', 'dark', 'phone'],
    ['en', 'light', 'phone'],
    ['en', 'dark', 'desk'],
  ] as const)(
    'is free of barriers in %s, %s, at a %s',
    async (lang, colorScheme, size) => {
      const found: string[] = []
      const page = await onlooker(lang, colorScheme, sizes[size])
      const look = async (name: string, path: string) => {
        await page.goto(opened.ops.address + path)
        found.push(...(await barriers(page)).map((barrier) => `${name}: ${barrier}`))
        const isWider = await page.evaluate(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        )
        if (isWider) found.push(`${name}: scrolls sideways`)
        await page.screenshot({
          path: join(screenshots, `${name}-${size}-${lang}-${colorScheme}.png`),
          fullPage: true,
        })
      }
      for (const [name, path] of Object.entries(paths)) await look(name, path)
      await page.context().clearCookies()
      await look('login', '/login')
      await page.context().close()
      expect(found).toEqual([])
    },
    600_000,
  )

  it.runIf(ofTheGuide.isAsked)(
    'is shown in the guide as it looks now',
    async () => {
      mkdirSync(ofTheGuide.folder, { recursive: true })
      const show = async (viewport: (typeof sizes)['desk'], names: readonly string[], end = '') => {
        const page = await onlooker('vi', 'light', viewport)
        for (const name of names) {
          await page.goto(opened.ops.address + paths[name]!)
          await page.screenshot({ path: join(ofTheGuide.folder, `${name}${end}.png`) })
        }
        await page.context().close()
      }
      await show(sizes.desk, ofTheGuide.pages)
      await show(sizes.phone, ['deadlines'], '-phone')
    },
    300_000,
  )
})

async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(standards)} })`,
  )) as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }
  return violations.map(
    ({ id, nodes }) =>
      `${id} (${nodes.length}): ${nodes[0]!.html.slice(0, 160)} ${nodes[0]!.failureSummary.slice(0, 200)}`,
  )
}
