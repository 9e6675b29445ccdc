/** Asking again one by one: what one directive's trouble must not cost the others. */
import { expect, it } from 'vitest'
import type { RestProfile } from '#connectors/rest/profile.ts'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { watchStore } from '#src/flow/went-back.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'
import { duePasses, pull } from '#test/support/claims.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }
const unknown = { secret_id: 99, secret_name: '???' }
const hourMs = 3_600_000
/** In hours. */
const aMinute = 1 / 60

/** A source of so many directives, all staged, a day ago. */
async function stagedYesterday(count: number, poll: Partial<RestProfile['poll']> = {}) {
  const rows: Row[] = Array.from({ length: count }, (_, n) => row(n + 1))
  const register = await openRegister(rows)
  const clock = manualClock(start)
  const profile = profileAt(register.address)
  const t = await testApp([{ ...profile, poll: { ...profile.poll, ...poll } }], { clock })
  const { app } = t
  await pullAll(app)
  const later = (hours: number) => clock.set(new Date(clock.now().getTime() + hours * hourMs))
  later(25)
  return {
    app,
    rows,
    register,
    later,
    /** By the references of those that are due again by now. */
    async due(): Promise<string[]> {
      const found = await app.store.rechecks.due(profile.name, clock.now(), 1000)
      return found.map(({ sourceRef }) => sourceRef)
    },
    state: () => app.store.sources.state(profile.name),
    async shown(): Promise<string[]> {
      const { rows: found } = await app.store.db.raw(
        `select source_ref as ref from sync.directive where withheld_at is null order by 1`,
      )
      return found.map((one: { ref: string }) => one.ref)
    },
    /** Nothing but the asking again; the daily reading would find the same hours later. */
    async recheck(using: App = app): Promise<void> {
      for (const source of app.sources.keys()) await openPasses(app, source)
      await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
      for (const { id, kind } of await duePasses(app.store, 100))
        if (kind === 'recheck') await pull(using, id)
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await register.close()
    },
  }
}

/** The app, with a store that fails the comparing of one directive, when the others are through. */
function failingAt(app: App, sourceRef: string): App {
  const { rechecks } = app.store
  const isUnchanged: typeof rechecks.isUnchanged = async (id, admitted) => {
    if (admitted.sourceRef !== sourceRef) return rechecks.isUnchanged(id, admitted)
    await new Promise((resolve) => setTimeout(resolve, 300))
    throw new Error('canceling statement due to lock timeout')
  }
  return { ...app, store: { ...app.store, rechecks: { ...rechecks, isUnchanged } } }
}

it('withholds what is secret whatever goes wrong with another of the same reading', async () => {
  await using s = await stagedYesterday(3)
  s.rows[0] = row(1, secret)
  await s.recheck(failingAt(s.app, '3'))
  expect(await s.shown()).toEqual(['2', '3'])
})

it('withholds what is doubtful or gone whatever goes wrong with another', async () => {
  await using s = await stagedYesterday(4)
  s.rows.splice(0, 2, row(1, unknown))
  await s.recheck(failingAt(s.app, '4'))
  expect(await s.shown()).toEqual(['3', '4'])
})

it('leaves in view what a directive had replaced that is secret by now', async () => {
  await using s = await stagedYesterday(3)
  s.rows[2] = row(3, { previous_outgoing_doc_id: 1, ...secret })
  await s.recheck()
  expect(await s.shown()).toEqual(['1', '2'])
  s.later(25)
  await s.recheck()
  expect(await s.shown()).toEqual(['1', '2'])
})

it('asks again soon for what a reading came to no end with', async () => {
  await using s = await stagedYesterday(2)
  await s.recheck(failingAt(s.app, '2'))
  s.later(aMinute)
  expect(await s.due()).toEqual(['2'])
})

it('withholds what is secret before the reading comes to its end', async () => {
  await using s = await stagedYesterday(2)
  s.rows[0] = row(1, secret)
  const { app } = s
  // As if the process were killed behind the last item.
  const rechecks = {
    ...app.store.rechecks,
    openCount: () => Promise.reject(new Error('killed')),
  }
  const withholding = {
    ...app.store.withholding,
    doubted: () => Promise.reject(new Error('killed')),
  }
  const killed = { ...app, store: { ...app.store, rechecks, withholding } }
  await expect(s.recheck(killed)).rejects.toThrow('killed')
  expect(await s.shown()).toEqual(['2'])
})

it.each(['unavailable', 'htmlPage'] as const)(
  'has checked nothing when its source answers to none (%s)',
  async (fault) => {
    await using s = await stagedYesterday(2)
    s.register.state.fault = fault
    await s.recheck()
    s.later(aMinute)
    expect((await s.due()).sort()).toEqual(['1', '2'])
    expect(await s.state()).toMatchObject({ failures: 1 })
  },
)

it.each(['unavailable', 'htmlPage'] as const)(
  'asks again soon, and later each time, for one that was not answered about (%s)',
  async (fault) => {
    await using s = await stagedYesterday(3)
    s.register.state.faultsOf.set(2, fault)
    await s.recheck()
    expect(await s.due()).toEqual([])
    for (const minutes of [1, 2, 4]) {
      s.later((minutes - 0.5) * aMinute)
      expect(await s.due(), `before ${minutes} minutes are over`).toEqual([])
      s.later(0.5 * aMinute)
      expect(await s.due(), `after ${minutes} minutes`).toEqual(['2'])
      await s.recheck()
    }
    // One that is never answered says nothing of its source.
    expect(await s.state()).toMatchObject({ failures: 0, openUntil: null })
    s.register.state.faultsOf.clear()
    s.rows[1] = row(2, secret)
    s.later(1)
    await s.recheck()
    expect(await s.shown()).toEqual(['1', '3'])
  },
)

it('counts no answer of a source that was not given', async () => {
  await using s = await stagedYesterday(1)
  s.register.state.faultsOf.set(1, 'unavailable')
  await s.recheck()
  const { lastAnswerAt } = await s.state()
  await s.app.store.sources.failed('qlvb-tinh', 'timeout')
  s.later(aMinute)
  await s.recheck()
  expect(await s.state()).toMatchObject({ failures: 2, lastAnswerAt })
})

it('shows a restored directive within minutes of its answer', async () => {
  await using s = await stagedYesterday(2)
  await watchStore(s.app, s.app.clock.now(), true)
  s.register.state.faultsOf.set(1, 'unavailable')
  await s.recheck()
  expect(await s.shown()).toEqual(['2'])
  s.register.state.faultsOf.clear()
  s.later(aMinute)
  await s.recheck()
  expect(await s.shown()).toEqual(['1', '2'])
})

it('asks for a hundred in one sweep, no more at once than its profile allows, and for each once', async () => {
  await using s = await stagedYesterday(230, { pageSize: 100, concurrency: 3 })
  s.register.state.delayMs = 5
  s.register.state.mostAtOnce = 0
  const asked: number[] = []
  let before = s.register.state.asked.length
  for (let sweep = 0; sweep < 4; sweep++) {
    await s.recheck()
    asked.push(s.register.state.asked.length - before)
    before = s.register.state.asked.length
  }
  expect(asked).toEqual([100, 100, 30, 0])
  const details = s.register.state.asked.slice(-230).map(({ url }) => url)
  expect(new Set(details).size).toBe(230)
  expect(s.register.state.mostAtOnce).toBe(3)
}, 60_000)

it('keeps nobody waiting behind those that are never answered', async () => {
  await using s = await stagedYesterday(110, { pageSize: 100 })
  for (let id = 1; id <= 110; id++) s.register.state.faultsOf.set(id, 'unavailable')
  s.register.state.faultsOf.delete(100)
  // What is in doubt is asked for before what is shown.
  await s.app.store.db.raw(
    `update sync.directive set withheld_at = now(), withheld_because = 'doubtful', withheld_itself = 'doubtful' where source_ref <> '100'`,
  )
  await s.recheck()
  s.rows[99] = row(100, secret)
  s.later(aMinute)
  expect(await s.due()).toHaveLength(110)
  await s.recheck()
  expect(await s.shown()).not.toContain('100')
}, 60_000)

it('has asked for every open directive at least once in any day', async () => {
  await using s = await stagedYesterday(7)
  const lastAsked = new Map<string, number>()
  let longest = 0
  const from = s.app.clock.now().getTime()
  for (let hour = 0; hour < 72; hour++) {
    const before = s.register.state.asked.length
    await s.recheck()
    const now = s.app.clock.now().getTime()
    for (const { url } of s.register.state.asked.slice(before)) {
      longest = Math.max(longest, now - (lastAsked.get(url) ?? from))
      lastAsked.set(url, now)
    }
    s.later(1)
  }
  expect(lastAsked.size).toBe(7)
  for (const last of lastAsked.values()) longest = Math.max(longest, from + 72 * hourMs - last)
  expect(longest / hourMs).toBeLessThanOrEqual(24)
}, 60_000)
