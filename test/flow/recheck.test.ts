/** Asking again one by one: what one directive's trouble must not cost the others. */
import { expect, it } from 'vitest'
import type { App } from '#src/app.ts'
import { manualClock } from '#src/domain/clock.ts'
import { openPasses } from '#src/flow/open-passes.ts'
import { pull } from '#src/flow.ts'
import { openRegister, profileAt, type Row, row } from '#test/connectors/paged-register.ts'
import { pullAll, start, testApp } from '#test/support/app.ts'

const secret = { secret_id: 2, secret_name: 'Mật' }
const unknown = { secret_id: 99, secret_name: '???' }
const hourMs = 3_600_000

/** A source of so many directives, all staged, a day ago. */
async function stagedYesterday(count: number) {
  const rows: Row[] = Array.from({ length: count }, (_, n) => row(n + 1))
  const register = await openRegister(rows)
  const clock = manualClock(start)
  const t = await testApp([profileAt(register.address)], { clock })
  const { app } = t
  await pullAll(app)
  const later = (hours: number) => clock.set(new Date(clock.now().getTime() + hours * hourMs))
  later(25)
  return {
    app,
    rows,
    register,
    later,
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
      for (const { id, kind } of await app.store.passes.due(100))
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

it('asks again soon for what a reading came to no end with', async () => {
  await using s = await stagedYesterday(2)
  await s.recheck(failingAt(s.app, '2'))
  const due = await s.app.store.rechecks.due([...s.app.sources.keys()][0]!, s.app.clock.now(), 10)
  expect(due.map(({ sourceRef }) => sourceRef)).toEqual(['2'])
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

it('has checked nothing when its source answers to none', async () => {
  await using s = await stagedYesterday(2)
  s.register.state.fault = 'unavailable'
  await s.recheck()
  const [source] = [...s.app.sources.keys()]
  expect(await s.app.store.rechecks.due(source!, s.app.clock.now(), 10)).toHaveLength(2)
  expect(await s.app.store.sources.state(source!)).toMatchObject({ failures: 1 })
})
