/** A source whose secret is missing stops alone, is told of with the place, and comes alive with its file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { conditionsOf } from '#src/alerts/conditions.ts'
import { sentencesOf } from '#src/alerts/wording.ts'
import { explainAttention } from '#src/cli/attention-words.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { openRegister, profileAt, row, token } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { duePasses, pull } from '#test/support/claims.ts'

const folder = mkdtempSync(join(tmpdir(), 'own-faults-'))
const tokenFile = join(folder, 'token')
afterAll(() => rmSync(folder, { recursive: true }))

let register: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
beforeEach(async () => {
  register = await openRegister([row(1)])
  const without = { auth: { header: 'Authorization', prefix: 'Bearer ', tokenFile } }
  t = await testApp([
    profileAt(register.address, { name: 'khong-khoa', ...without }),
    profileAt(register.address, { name: 'co-khoa' }),
  ])
})
afterEach(async () => {
  await t[Symbol.asyncDispose]()
  await register.close()
  rmSync(tokenFile, { force: true })
})

async function staged(): Promise<string[]> {
  const { rows } = await t.app.store.db.raw('select source from sync.directive order by source')
  return rows.map(({ source }: { source: string }) => source)
}

/** As at the next poll, whenever that is. */
async function pollAgain(times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    await t.app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
    await openPasses(t.app, 'khong-khoa')
    for (const { id } of await duePasses(t.app.store, 1)) await pull(t.app, id)
  }
}

it('stops no other source, and is no mistake of ours', async () => {
  await pullAll(t.app)
  expect(await staged()).toEqual(['co-khoa'])
  const lines = t.logged.map((line) => JSON.parse(line))
  expect(lines.filter(({ event }) => event === 'jobFailed')).toEqual([])
  expect(lines.find(({ event }) => event === 'sourceNotAsked')).toMatchObject({
    ...{ source: 'khong-khoa', failure: 'secretMissing', setting: tokenFile },
    msg: expect.stringMatching(/Không hỏi được nguồn.*A source cannot be asked/),
  })
})

it('is listed with the file, in both languages, and alerted with the cause', async () => {
  await pullAll(t.app)
  await pollAgain(3)
  const { places } = t.app.sources.get('khong-khoa')!.connector
  const asked = {
    at: t.app.clock.now(),
    near: { normal: 8, urgent: 8, veryUrgent: 8, flash: 6, unreadable: 6 },
  }
  const items = await t.app.store.attention.list(asked, { limit: 10, offset: 0 })
  const item = items.find(({ kind }) => kind === 'sourceFailing')!
  expect(item).toMatchObject({ source: 'khong-khoa', cause: 'secretMissing' })
  const said = explainAttention(item, places)
  expect(said).toContain(tokenFile)
  expect(said).toMatch(/thiếu token hoặc mật khẩu.*the token or secret of the source is missing/)
  const settings = { awayMs: 1e9, nearHours: asked.near, silentOfficeHours: 1e9, jumpPoints: 100 }
  const [condition] = await conditionsOf(t.app, settings as never, t.app.clock.now())
  expect(condition).toMatchObject({ kind: 'breakerOpen', figures: { cause: 'secretMissing' } })
  const { vi, en } = sentencesOf({ ...condition!, occasion: 'raised' })
  expect(vi).toContain('thiếu hoặc không dùng được token')
  expect(en).toContain('its token or secret is missing here')
})

it('is looked at again at every poll, however often it failed, and begins with its file', async () => {
  await pullAll(t.app)
  await pollAgain(6)
  const state = await t.app.store.sources.state('khong-khoa')
  expect(state.failures).toBeGreaterThan(3)
  expect(state.openUntil).toBeNull()
  writeFileSync(tokenFile, token)
  await t.app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
  await pullAll(t.app)
  expect(await staged()).toEqual(['co-khoa', 'khong-khoa'])
  expect((await t.app.store.sources.state('khong-khoa')).failures).toBe(0)
})
