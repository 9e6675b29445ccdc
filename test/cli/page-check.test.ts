/** `chidao check` asks two pages of a list, and tells when the second repeats the first. */
import { afterEach, expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { pagesOf } from '#src/cli/page-check.ts'
import { valueIn } from '#test/connectors/contract.ts'
import { type OddList, openRegister, profileAt, row } from '#test/connectors/paged-register.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function said(count: number, list: OddList | null, more: Partial<RestProfile> = {}) {
  const register = await openRegister(Array.from({ length: count }, (_, at) => row(at + 1)))
  register.state.list = list
  const profile = profileAt(register.address, more)
  const connector = connectRest(profile, {})
  open.push(connector, register)
  const words = await pagesOf(connector, profile, '2026-03-04', valueIn)
  return { words, asked: register.state.asked.length }
}

const { total: _, ...uncounted } = profileAt('http://x').list
const { page: _page, ...pageless } = uncounted.params

it('is content with pages that go on, and with an end', async () => {
  expect(await said(7, null)).toEqual({ words: '', asked: 2 })
  expect(await said(3, null)).toEqual({ words: '', asked: 2 })
})

it('fails where page 2 is page 1 and the source counts more', async () => {
  const list: OddList = (rows) => ({ data: rows.slice(0, 3), pagination: { total: rows.length } })
  await expect(said(7, list)).rejects.toThrow(/Trang 2.*Page 2 repeats page 1.*list\.params/)
})

it('says so where nothing beyond the first page is counted, or nothing is counted at all', async () => {
  expect((await said(2, (rows) => ({ data: rows, pagination: { total: 2 } }))).words).toMatch(
    /trang 2 lặp lại trang 1/,
  )
  expect((await said(2, (rows) => ({ data: rows }), { list: uncounted })).words).toMatch(/CẢNH BÁO/)
})

it('says that it could not try where nothing is listed', async () => {
  expect((await said(0, null)).words).toMatch(/page 2 not tried/)
})

it('asks nothing where the profile has no pages, and takes a page that is not there for an end', async () => {
  const list = { ...profileAt('http://x').list, params: pageless }
  expect(await said(3, null, { list })).toEqual({ words: '', asked: 0 })
  const odd: OddList = (rows, { page }) =>
    page > 1 ? { status: 404, success: false } : { data: rows, pagination: { total: 3 } }
  expect((await said(3, odd)).words).toBe('')
})
