/** What waits for another source says for whom, and a person may let it not wait (docs/decisions/0028). */
import { expect, it } from 'vitest'
import { manualClock } from '#src/domain/clock.ts'
import type { Attention } from '#src/store/attention.ts'
import type { Resync } from '#src/store/resyncs.ts'
import type { Fault } from '#test/connectors/contract.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { duePasses, pull, runResyncs } from '#test/support/claims.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }
const dayMs = 86_400_000
const by = { actor: 'trực ban', reason: 'nguồn a hỏng' }

async function twoSources(a: Row[] = [], b: Row[] = []) {
  const [registerA, registerB] = [await openRegister(a), await openRegister(b)]
  const clock = manualClock(start)
  const t = await testApp(
    [profileAt(registerA.address, { name: 'a' }), profileAt(registerB.address, { name: 'b' })],
    { clock },
  )
  const { app } = t
  const { db, resyncs, waivers, attention } = app.store
  return {
    app,
    t,
    a,
    b,
    clock,
    waivers,
    /** The source fails, and nobody asks it for a while. */
    fail(name: 'a' | 'b', fault: Fault | null = 'unavailable'): void {
      const register = name === 'a' ? registerA : registerB
      register.state.fault = fault
    },
    async resync(): Promise<string> {
      const scope = {
        ...{ source: 'b', from: '2026-03-01', until: '2026-03-05' },
        ...{ refs: null, thorough: false },
      }
      return resyncs.request(scope, by, clock.now())
    },
    async poll(): Promise<void> {
      await db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      await db.raw(`update sync.source set open_until = null`)
      await runResyncs(app)
      for (const { id } of await duePasses(app.store, 100)) await pull(app, id)
      await runResyncs(app)
    },
    one: async (id: string): Promise<Resync> => (await resyncs.one(id))!,
    waiting: (): Promise<Attention[]> =>
      attention.list({ at: clock.now(), kinds: ['waitsForOther'] }),
    async shown(): Promise<string[]> {
      const { rows } = await db.raw(
        `select source || source_ref as name from sync.directive where withheld_at is null order by 1`,
      )
      return rows.map(({ name }: { name: string }) => name)
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await registerA.close()
      await registerB.close()
    },
  }
}

type Sources = Awaited<ReturnType<typeof twoSources>>

it.each([
  ['answers nothing', async (s: Sources) => s.fail('a')],
  ['turns us away', async (s: Sources) => s.fail('a', 'unauthorized')],
  ['gives a page instead of a list', async (s: Sources) => s.fail('a', 'htmlPage')],
  [
    'is paused',
    async (s: Sources) => {
      const until = new Date(start.getTime() + dayMs)
      await s.app.store.pauses.begin({ source: 'a', since: start, until, ...by })
    },
  ],
] as const)('says that a resync waits for the one that %s, and since when', async (_, trouble) => {
  await using s = await twoSources([], [row(1)])
  await pullAll(s.app)
  await trouble(s)
  const id = await s.resync()
  await s.poll()
  const first = await s.one(id)
  expect(first).toMatchObject({ state: 'running', waitsFor: [{ source: 'a' }] })
  await s.poll()
  expect((await s.one(id)).waitsFor).toEqual(first.waitsFor)
  expect(await s.waiting()).toMatchObject([
    { id, source: 'b', cause: 'waitsForOther', detail: { waitsFor: 'a', resync: id } },
  ])
})

it('goes on by itself when the other answers, and says nothing of it any more', async () => {
  await using s = await twoSources([], [row(1)])
  await pullAll(s.app)
  s.fail('a')
  const id = await s.resync()
  await s.poll()
  s.fail('a', null)
  await s.poll()
  expect(await s.one(id)).toMatchObject({ state: 'done', waitsFor: [] })
  expect(await s.waiting()).toEqual([])
})

it('goes on without the one that is waived, in that request alone and until its end', async () => {
  await using s = await twoSources([], [row(1)])
  await pullAll(s.app)
  s.fail('a')
  const [waived, other] = [await s.resync(), await s.resync()]
  await s.poll()
  const until = new Date(start.getTime() + dayMs)
  expect(await s.waivers.give('a', { resyncId: waived }, { until, ...by }, start)).not.toBeNull()
  await s.poll()
  expect((await s.one(waived)).state).toBe('done')
  expect(await s.one(other)).toMatchObject({ state: 'running', waitsFor: [{ source: 'a' }] })
  await s.waivers.give('a', { readingOf: 'b' }, { until, ...by }, start)
  s.clock.set(new Date(until.getTime() + 1))
  await s.poll()
  expect((await s.one(other)).state).toBe('running')
  const { rows } = await s.app.store.db.raw(
    `select actor, detail ->> 'source' as source, detail ->> 'reason' as reason from sync.history where event = 'waiverGiven'`,
  )
  expect(rows).toEqual([1, 2].map(() => ({ source: 'a', ...by })))
})

it.each([
  ['no such source', 'c', { readingOf: 'b' }],
  ['no such request', 'a', { resyncId: 'không có' }],
  ['a source that would not wait for itself', 'b', { readingOf: 'b' }],
  ['no source whose readings wait', 'a', { readingOf: 'c' }],
] as const)('waives nothing for %s', async (_, source, scope) => {
  await using s = await twoSources()
  const until = new Date(start.getTime() + dayMs)
  expect(await s.waivers.give(source, scope, { until, ...by }, start)).toBeNull()
})

it('asks the others before the first reading of a source shows its old days', async () => {
  await using s = await twoSources([row(1, secret)], [row(1), row(2)])
  // Another process heard it, long before b was there.
  s.fail('a')
  await pullAll(s.app)
  const old = await s.shown()
  expect(await s.waiting()).toMatchObject([{ id: 'a', source: 'b', detail: { waitsFor: 'a' } }])
  s.fail('a', null)
  await s.poll()
  await s.poll()
  expect(await s.waiting()).toEqual([])
  expect(await s.shown()).toEqual(['b2'])
  expect(old.every((name) => name.startsWith('b'))).toBe(true)
})
