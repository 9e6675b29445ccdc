/** While a source hangs it has failed in nothing yet: status and pages say what the alert says. */
import { expect, it } from 'vitest'
import { chidao } from '#test/cli/executable.ts'
import { monday, openedPages } from './pages/opened-pages.ts'

const clock = { CHIDAO_CLOCK: `${monday.toISOString()} @ ${Date.now()} x 0.001` }
const patience = { repeatMs: 3_600_000, quietMs: 60_000 }

const alerts = [
  ['sourceAway', 'không đọc trọn'],
  ['sourceSilent', 'giờ làm việc'],
  ['sentinelUnreadable', 'văn bản kiểm chứng'],
  ['breakerOpen', 'lỗi liên tiếp'],
] as const

it.each(alerts)('%s', async (kind, said) => {
  await using opened = await openedPages()
  const { app, url } = opened.t
  const env = { ...clock, DATABASE_URL: url, KEYS_DATABASE_URL: `${url}_keys` }
  const name = [...app.sources.keys()][0]!
  const line = async () => {
    const { out } = await chidao(['status'], env)
    return out.split('\n').find((one) => one.includes(name)) ?? ''
  }
  expect(await line()).toMatch(/–\s*$/)
  const condition = { kind, source: name, figures: { count: 1, hours: 2, open: 3 } }
  await app.store.alerts.keep([condition], monday, patience, [])
  expect(await line()).toContain(said)
  expect(await opened.text(`/sources/${name}`)).toContain(said)
  expect(await opened.text('/')).toContain(said)
  // Over: nothing is said any more.
  await app.store.alerts.keep([], new Date(monday.getTime() + 3_600_000), patience, [])
  expect(await line()).toMatch(/–\s*$/)
})
