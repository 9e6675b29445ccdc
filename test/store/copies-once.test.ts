/** Copies of one document count once, and everywhere alike: in status, on pages, in the report, the metrics and the alerts. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Directive } from '#src/domain/directive.ts'
import { measurements } from '#src/store/measurements.ts'
import type { Pass } from '#src/store/passes.ts'
import { admitted, now, testStore } from '#test/support/store.ts'

const hour = 3_600_000
const after = (hours: number) => new Date(now.getTime() + hours * hour)

async function twoSources() {
  const t = await testStore()
  const { store } = t
  const passes = new Map<string, Pass>()
  for (const source of ['nguon', 'hai']) {
    await store.sources.register(source, { statuses: [], replies: 'none' }, 'f')
    const opened = await store.passes.open({
      ...{ source, kind: 'head', from: '2026-09-01', until: '2026-09-07' },
      ...{ upperBound: now, cursorBefore: null },
    })
    passes.set(source, (await store.passes.claim(randomUUID(), { id: opened! }))!)
  }
  return {
    store,
    async stage(
      source: string,
      n: number,
      { due = after(20), at = now, ...change }: Partial<Directive> & { due?: Date; at?: Date } = {},
    ) {
      const number = String(n)
      const code = `${number}/UBND-NNMT`
      const message = admitted(`${n}`, { number, code, ...change })
      const deadline = { ...message.deadline, deadlineAt: due }
      await store.intake.stage(passes.get(source)!, { ...message, deadline }, at)
    },
    set: (source: string, n: number, change: string) =>
      store.db.raw(
        `update sync.directive set ${change} where source = :source and source_ref = :ref`,
        { source, ref: String(n), at: now },
      ),
    /** Each figure by each place that tells it. */
    async told(at: Date) {
      const { overview, pages, reports, signals, attention } = store
      const status = await overview.deadlines(at)
      const since = new Date(at.getTime() - 30 * 24 * hour)
      const tiles = await pages.figures.deadlines(since, at)
      const quarter = { from: '2026-07-01', until: '2026-09-30' } as const
      const { directives } = await reports.quarter(quarter as never, at)
      const none = { urgency: null, source: null, kind: null, issuer: null, day: null }
      const listed = (pressing: 'overdue' | 'soon' | 'later' | null) =>
        pages.waiting.count({ ...none, pressing }, at)
      const days = await pages.waiting.month('2026-08-01', '2026-10-31', at)
      const month = (of: 'open' | 'met' | 'missed') => days.reduce((sum, day) => sum + day[of], 0)
      const passed = (await signals.passed(at)).reduce((sum, { count }) => sum + count, 0)
      const near = { normal: 999, urgent: 999, veryUrgent: 999, flash: 999, unreadable: 999 }
      const soon = (await signals.near(at, near)).reduce((sum, { count }) => sum + count, 0)
      const items = await attention.counts({ at })
      const ages = (await pages.figures.ages(at)).reduce((sum, n) => sum + n, 0)
      const due = (await pages.figures.waitingDeadlines(100)).length
      const margins = await measurements(store.db).openMargins(at, [0])
      const [all] = margins.atMost.slice(-1)
      const { open, overdue } = status
      return {
        running: [open, tiles.running, directives.openInTime, soon, month('open')],
        overdue: [overdue, tiles.overdue, directives.openOverdue, passed, items.overdue].concat(
          await listed('overdue'),
          margins.atMost[0]!,
        ),
        waiting: [open + overdue, await listed(null), ages, due, all],
        received: [directives.received],
        decided: [tiles.met, directives.inTime + directives.sameDayInTime, month('met')],
        late: [status.stagedLate, directives.stagedLate],
      }
    },
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  }
}

/** One number for each figure, where every place tells the same. */
function agreed(told: Record<string, (number | undefined)[]>) {
  return Object.fromEntries(
    Object.entries(told).map(([name, figures]) => {
      const different = [...new Set(figures)]
      return [name, different.length === 1 ? different[0] : figures]
    }),
  )
}

it('tells one total of what runs, is overdue and is decided, with and without copies', async () => {
  await using s = await twoSources()
  for (const n of [1, 2, 3, 4]) await s.stage('nguon', n)
  for (const n of [1, 2, 5]) await s.stage('hai', n)
  const open = { overdue: 0, decided: 0, late: 0, received: 5 }
  expect(agreed(await s.told(now))).toEqual({ ...open, running: 5, waiting: 5 })
  const { rows } = await s.store.db.raw(
    `select id from sync.directive where source_ref = '2' limit 1`,
  )
  await s.store.db.raw(`select sync.classify(?, '[]', 'chuyên viên', ?)`, [rows[0].id, after(1)])
  expect(agreed(await s.told(after(21)))).toEqual({
    ...{ running: 0, overdue: 4, waiting: 4, received: 5, decided: 1, late: 0 },
  })
})

it('counts a document by the nearest of the deadlines of its copies', async () => {
  await using s = await twoSources()
  await s.stage('nguon', 1, { due: after(30) })
  await s.stage('hai', 1, { due: after(10), issuedOn: '2026-09-03' })
  await s.stage('nguon', 2, { due: after(10) })
  await s.stage('hai', 2, { due: after(30), issuedOn: '2026-09-05' })
  expect(agreed(await s.told(after(20)))).toEqual({
    ...{ running: 0, overdue: 2, waiting: 2, received: 2, decided: 0, late: 0 },
  })
})

it('goes on counting the copy of what one source recalled', async () => {
  await using s = await twoSources()
  for (const source of ['nguon', 'hai']) for (const n of [1, 2, 3]) await s.stage(source, n)
  await s.set('nguon', 1, 'recalled_at = :at')
  await s.set('hai', 2, 'recalled_at = :at')
  for (const source of ['nguon', 'hai']) await s.set(source, 3, 'recalled_at = :at')
  const told = { received: 3, decided: 0, late: 0 }
  expect(agreed(await s.told(after(1)))).toEqual({ ...told, running: 2, overdue: 0, waiting: 2 })
  expect(agreed(await s.told(after(21)))).toEqual({ ...told, running: 0, overdue: 2, waiting: 2 })
})

it('takes a document for staged when the first of its copies was', async () => {
  await using s = await twoSources()
  await s.stage('nguon', 1, { at: after(1) })
  await s.stage('hai', 1, { at: after(25) })
  await s.stage('nguon', 2, { at: after(25) })
  await s.stage('hai', 2, { at: after(26) })
  expect(agreed(await s.told(after(30)))).toEqual({
    ...{ running: 0, overdue: 2, waiting: 2, received: 2, decided: 0, late: 1 },
  })
})

it('lists of the copies the one of the source that is asked for', async () => {
  await using s = await twoSources()
  for (const source of ['nguon', 'hai']) await s.stage(source, 1)
  const none = { urgency: null, kind: null, issuer: null, day: null, pressing: null }
  for (const source of ['nguon', 'hai']) {
    const filter = { ...none, source }
    expect(await s.store.pages.waiting.count(filter, now)).toBe(1)
  }
})

it('shows of a source that lists what was not taken also what was taken of it', async () => {
  await using s = await twoSources()
  const { db, overview, pages, signals } = s.store
  await s.store.sources.register('hai', { statuses: [], replies: 'none', acknowledges: true }, 'f')
  await s.stage('hai', 1)
  await db.raw(
    `insert into sync.outbox (kind, source, intake_id, state, detail, written_at, ended_at, due_at)
     select 'acknowledge', 'hai', id, 'delivered', '{}', :at, :at, :at from sync.intake where source = 'hai'`,
    { at: now },
  )
  for (const hours of [24, 48]) {
    const opened = await s.store.passes.open({
      ...{ source: 'hai', kind: 'deep', from: '2026-09-01', until: '2026-09-10' },
      ...{ upperBound: after(hours), cursorBefore: null },
    })
    const pass = (await s.store.passes.claim(randomUUID(), { id: opened! }))!
    const totals = { seen: 3, allowed: 0, notEligible: 3, undecided: 0, unchanged: 0 }
    await s.store.passes.end(pass, totals, after(hours))
    await db.raw(`update sync.pass set ended_at = :at where id = :id`, {
      ...{ id: pass.id, at: after(hours) },
    })
  }
  const source = (await overview.sources()).find(({ name }) => name === 'hai')
  expect(source).toMatchObject({ seen: 4, allowed: 1, notEligible: 3, undecided: 0 })
  const days = await pages.figures.gateByDay(now)
  expect(days.map(({ seen, allowed }) => [seen, allowed])).toEqual([
    [4, 1],
    [4, 1],
  ])
  const shares = await signals.notEligibleShares()
  expect(shares).toMatchObject([{ source: 'hai', share: 0.75, shareBefore: 0.75 }])
})
