import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** Kept as a build artefact, to be looked at. */
export const screenshots = resolve(import.meta.dirname, '../../build/screenshots')

export const isBrowserHere = existsSync(executablePath)

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** A person who follows a link, meets the login, and fills it in. */
export async function visitor(
  browser: Browser,
  address: string,
  account: string,
  secret: string,
): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'vi-VN' })).newPage()
  await page.goto(address)
  await logIn(page, account, secret)
  return page
}

export async function logIn(page: Page, account: string, secret: string): Promise<void> {
  await page.getByLabel('Tên tài khoản').fill(account)
  await page.getByLabel('Mật khẩu').fill(secret)
  await page.getByRole('button', { name: 'Đăng nhập' }).click()
}
