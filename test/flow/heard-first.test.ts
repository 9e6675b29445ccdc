/** A source whose secret messages stay on its list, unacknowledged: who else is staged from waits until it was heard. */
import { expect, it } from 'vitest'
import type { Listed } from '#connectors/connector.ts'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { duePasses, pull, retryAll, settleAll } from '#test/support/claims.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }

/** `qlvb` lists rows; `truc` lists names alone, of which what each is about is known to whoever reads it. */
async function twoSources(rows: Row[], messages: Row[]) {
  const [qlvb, truc] = [await openRegister(rows), await openRegister(messages)]
  const clock = manualClock(start)
  const t = await testApp(
    [profileAt(qlvb.address, { name: 'qlvb' }), profileAt(truc.address, { name: 'truc' })],
    { clock },
  )
  const acknowledging = (app: App): App => {
    const source = app.sources.get('truc')!
    const { connector } = source
    const nameless = (item: Listed): Listed =>
      item.unreadable
        ? item
        : { ...item, header: null, ref: { ...item.ref, sourceRef: null }, version: 'one' }
    const changed: typeof connector = {
      ...connector,
      can: { ...connector.can, acknowledges: true, revises: 'byMessage', paging: 'none' },
      list: async (window) => {
        const pages = await connector.list(window, null)
        if (!pages.ok) return pages
        return {
          ok: true,
          value: {
            ...pages.value,
            items: pages.value.items.map(nameless),
            next: null,
            total: null,
          },
        }
      },
    }
    return { ...app, sources: new Map(app.sources).set('truc', { ...source, connector: changed }) }
  }
  const app = acknowledging(t.app)
  return {
    app,
    qlvb,
    truc,
    /** Another process, which has heard nothing yet. */
    restarted: async () => acknowledging(await t.another()),
    async poll(by: App = app): Promise<void> {
      await by.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await by.store.db.raw(`update sync.source set open_until = null`)
      await pullAll(by)
    },
    async shown(): Promise<string[]> {
      const { rows: found } = await t.app.store.db.raw(
        `select source || source_ref as name from sync.directive where withheld_at is null order by 1`,
      )
      return found.map(({ name }: { name: string }) => name)
    },
    async failures(): Promise<string[]> {
      const { rows: found } = await t.app.store.db.raw(
        `select distinct failure from sync.pass where source = 'qlvb' and failure is not null`,
      )
      return found.map(({ failure }: { failure: string }) => failure)
    },
    readsOf: (id: number) =>
      truc.state.asked.filter(({ url }) => new URL(url, 'http://x').pathname.endsWith(`/${id}`))
        .length,
    logged: t.logged,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await qlvb.close()
      await truc.close()
    },
  }
}

it('is not staged from until the other was heard, and says for whom it waits', async () => {
  await using s = await twoSources([row(1), row(2)], [row(1, secret)])
  s.truc.state.fault = 'unavailable'
  await s.poll()
  expect(await s.shown()).toEqual([])
  expect(await s.failures()).toEqual(['waitsForOther'])
  expect(s.logged.join('\n')).toContain('"waitsFor":"truc"')
  const { failures } = await s.app.store.sources.state('qlvb')
  expect(failures).toBe(0)
  s.truc.state.fault = null
  await s.poll()
  // What the other calls secret never came in.
  expect(await s.shown()).toEqual(['qlvb2'])
})

it('withholds meanwhile what its own list calls secret', async () => {
  const rows = [row(1), row(2)]
  await using s = await twoSources(rows, [])
  await s.poll()
  const app = await s.restarted()
  s.truc.state.fault = 'unavailable'
  rows[0] = row(1, secret)
  rows.push(row(3))
  await s.poll(app)
  expect(await s.shown()).toEqual(['qlvb2'])
  s.truc.state.fault = null
  await s.poll(app)
  expect(await s.shown()).toEqual(['qlvb2', 'qlvb3'])
})

it('waits once in the life of a process, and no more', async () => {
  const rows = [row(1)]
  await using s = await twoSources(rows, [])
  await s.poll()
  s.truc.state.fault = 'unavailable'
  rows.push(row(2))
  await s.poll()
  expect(await s.shown()).toEqual(['qlvb1', 'qlvb2'])
})

it('waits for what somebody paused, and not for what somebody waived, as long as that holds', async () => {
  const rows = [row(1)]
  await using s = await twoSources(rows, [])
  s.truc.state.fault = 'unavailable'
  const until = new Date(start.getTime() + 3_600_000)
  const by = { until, actor: 'q', reason: 'bảo trì' }
  const { pauses, waivers } = s.app.store
  await pauses.begin({ source: 'truc', since: start, ...by })
  await s.poll()
  expect(await s.shown()).toEqual([])
  expect(await waivers.waiting()).toMatchObject([{ source: 'qlvb', waitsFor: 'truc' }])
  const id = await waivers.give('truc', { readingOf: 'qlvb' }, by, start)
  await s.poll()
  expect([await s.shown(), await waivers.waiting()]).toEqual([['qlvb1'], []])
  await waivers.end(id!, { actor: 'q', reason: 'xong' }, start)
  rows.push(row(2))
  await s.poll(await s.restarted())
  expect(await s.shown()).toEqual(['qlvb1'])
})

it('applies what a waived source says as long as it answers', async () => {
  await using s = await twoSources([row(1), row(2)], [row(1, secret)])
  const by = { until: new Date(start.getTime() + 3_600_000), actor: 'q', reason: 'bảo trì' }
  await s.app.store.waivers.give('truc', { readingOf: 'qlvb' }, by, start)
  await s.poll()
  expect(await s.shown()).toEqual(['qlvb2'])
})

it('does not settle what failed before, either', async () => {
  await using s = await twoSources([row(1)], [row(1, secret)])
  const { db } = s.app.store
  await s.poll()
  await db.raw(
    `insert into sync.intake (id, source, transport_ref, source_ref, version, pass_id, state, classify_by, seen_at, attempts)
     select gen_random_uuid(), 'qlvb', '1', '1', 'v', id, 'failed', now(), now(), 1 from sync.pass where source = 'qlvb' limit 1`,
  )
  const app = await s.restarted()
  s.truc.state.fault = 'unavailable'
  await settleAll(app)
  const failed = async () =>
    (await db.raw(`select failure from sync.intake where version = 'v'`)).rows
  expect(await failed()).toEqual([{ failure: 'waitsForOther' }])
  s.truc.state.fault = null
  await retryAll(app.store)
  await settleAll(app)
  expect(await failed()).toEqual([])
  expect(await s.shown()).toEqual([])
})

it('reads a secret message once, and applies it at each poll', async () => {
  const rows: Row[] = []
  await using s = await twoSources(rows, [row(1, secret)])
  for (let polls = 0; polls < 4; polls++) await s.poll()
  expect(s.readsOf(1)).toBe(1)
  rows.push(row(1), row(2))
  for (let polls = 0; polls < 3; polls++) await s.poll()
  expect(await s.shown()).toEqual(['qlvb2'])
  expect(s.readsOf(1)).toBe(1)
  // A process that starts anew reads it once more.
  await s.poll(await s.restarted())
  expect(s.readsOf(1)).toBe(2)
})

it('does not fetch the files of a directive before it has heard', async () => {
  await using s = await twoSources([row(1)], [row(1, secret)])
  s.truc.state.fault = null
  const { db } = s.app.store
  // Staged but for its file, by a process that had heard of nothing secret.
  s.app.secrets.heard.add('truc')
  s.qlvb.state.file = (response) => response.writeHead(500).end()
  await openPasses(s.app, 'qlvb')
  for (const { id } of await duePasses(s.app.store, 10)) await pull(s.app, id)
  s.qlvb.state.file = null
  const app = await s.restarted()
  s.truc.state.fault = 'unavailable'
  await retryAll(app.store)
  await settleAll(app)
  const files = `select state, failure from sync.directive_file`
  expect((await db.raw(files)).rows).toEqual([{ state: 'waiting', failure: 'waitsForOther' }])
  s.truc.state.fault = null
  await retryAll(app.store)
  await settleAll(app)
  expect((await db.raw(files)).rows).toMatchObject([{ state: 'waiting' }])
  expect(await s.shown()).toEqual([])
})
