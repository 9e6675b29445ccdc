/** What a resync waits for, as the commands tell it, and `chidao waivers`: by the real executable. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { wallClock } from '#src/domain/clock.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { duePasses, pull, runResyncs } from '#test/support/claims.ts'
import { chidao } from './executable.ts'

let a: Awaited<ReturnType<typeof openRegister>>
let b: Awaited<ReturnType<typeof openRegister>>
let t: TestApp
let env: Record<string, string>
let folder: string

beforeEach(async () => {
  ;[a, b] = [await openRegister([]), await openRegister([row(1)])]
  const profiles = [profileAt(a.address, { name: 'a' }), profileAt(b.address, { name: 'b' })]
  t = await testApp(profiles, { clock: wallClock })
  await pullAll(t.app)
  folder = await mkdtemp(join(tmpdir(), 'chidao-waivers-'))
  const config = join(folder, 'chidao.yaml')
  await writeFile(config, stringify({ sources: profiles }))
  env = {
    ...{ DATABASE_URL: t.url, KEYS_DATABASE_URL: `${t.url}_keys`, CHIDAO_DATA: t.filesDirectory },
    CHIDAO_CONFIG: config,
  }
})
afterEach(async () => {
  await t[Symbol.asyncDispose]()
  await a.close()
  await b.close()
  await rm(folder, { recursive: true, force: true })
})

/** As the service would. */
async function work(): Promise<void> {
  const { db } = t.app.store
  await db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
  await db.raw(`update sync.source set open_until = null`)
  await runResyncs(t.app)
  for (const { id } of await duePasses(t.app.store, 100)) await pull(t.app, id)
  await runResyncs(t.app)
  await t.app.store.sweepEnded()
}

it('tells for whom a resync waits, and lets that one go on without it', async () => {
  a.state.fault = 'unavailable'
  const asked = ['resync', 'b', '--since', '2026-03-01', '--until', '2026-03-05', '--reason', 'thử']
  let ended = false
  const waits = chidao([...asked, '--wait'], env).finally(() => {
    ended = true
  })
  const { resyncs, waivers } = t.app.store
  while ((await waivers.waiting()).every(({ resyncId }) => resyncId === null) && !ended) {
    await work()
    await pause(50)
  }
  const { id } = (await resyncs.list(1))[0]!
  const show = await chidao(['resync', 'show', id], env)
  expect(show.out).toMatch(/Đang chờ nguồn a từ .*Waits for a,/)
  expect((await chidao(['resync', 'list'], env)).out).toMatch(/chờ nguồn(.|\n)* a \(/)
  const attention = await chidao(['attention', 'list', '--kind', 'waitsForOther'], env)
  expect(attention.out).toContain(`chidao waivers give a --resync ${id} --until 1d`)
  const listed = await chidao(['waivers'], env)
  expect([listed.code, listed.out]).toEqual([3, expect.stringContaining(`b, resync ${id}`)])

  const give = ['waivers', 'give', 'a', '--until', '1d', '--reason', 'nguồn a hỏng']
  for (const [more, wrong] of [
    [['--yes'], 'either --resync or --for'],
    [['--resync', id, '--for', 'b', '--yes'], 'either --resync or --for'],
    [['--resync', id], 'Add --yes'],
    [['--resync', 'x', '--yes'], 'There is no such source'],
  ] as const)
    expect(await chidao([...give, ...more], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining(wrong),
    })
  const given = await chidao([...give, '--resync', id, '--yes', '--as', 'quản trị', '--json'], env)
  expect(JSON.parse(given.out)).toMatchObject({ source: 'a', resyncId: id, actor: 'quản trị' })
  expect((await chidao(['status'], env)).out).toContain('NOT WAITED FOR a')
  while (!ended) {
    await work()
    await pause(50)
  }
  const { code, err, out } = await waits
  expect([code, err]).toEqual([0, expect.stringContaining('Waits for a')])
  expect(out).toContain('xong / done')
  const over = ['waivers', 'end', JSON.parse(given.out).id, '--reason', 'xong']
  expect((await chidao(over, env)).code).toBe(0)
  expect((await chidao(over, env)).code).toBe(1)
}, 60_000)
