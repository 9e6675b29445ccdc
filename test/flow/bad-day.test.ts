/**
 * A source's bad day: an empty list, a page where data should be, a list cut in half, a lost month. Nothing that is
 * stored is destroyed or changed, somebody is alerted, and where a source can say that something is gone, the fuse
 * asks first.
 */
import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import type { SimulatedDocument } from '#connectors/simulator/document.ts'
import type { FaultKind, Faults } from '#connectors/simulator/faults.ts'
import { change, makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { conditionsOf } from '#src/alerts/conditions.ts'
import type { App } from '#src/app.ts'
import { type ManualClock, manualClock } from '#src/domain/clock.ts'
import { purgeSecrets } from '#src/flow/purge.ts'
import { reconcile } from '#src/flow/reconcile.ts'
import { quiet } from '#test/alerts/receivers.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { sendAll, simulatedAxis, untilComplete } from '#test/support/axis.ts'

const dayMs = 86_400_000

async function simulatedRegister() {
  const importFrom = '2026-01-05'
  const clock = manualClock(new Date('2026-02-02T10:00:00Z'))
  const register = makeRegister({
    seed: 6,
    from: importFrom,
    until: '2026-01-16',
    perWorkingDay: 3,
  })
  const token = 'token-of-the-test'
  const simulator = await startSimulator({ register, clock, token })
  const at = { baseUrl: simulator.url, token, importFrom, liveFrom: importFrom }
  const retries = { times: 1, firstPauseMs: 1, maxPauseMs: 5 }
  const t = await testApp([{ ...simulatedRestProfile(at), retries }], { clock })
  return {
    clock,
    register,
    simulator,
    t,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await simulator.stop()
    },
  }
}

/** Everything that must not change: what is shown, of what content, every file, and every act. */
async function stored({ app, filesDirectory }: TestApp) {
  const { rows } = await app.store.db.raw(
    `select d.source_ref as ref, d.revision, d.content_digest as digest, d.withheld_at as withheld, d.recalled_at as recalled,
       (select count(*) from sync.directive_file f where f.directive_id = d.id and f.stored_as is not null) as files
     from sync.directive d order by 1`,
  )
  const { rows: acts } = await app.store.db.raw(
    `select (select count(*) from sync.history) as history, (select count(*) from sync.purge) as purges, (select count(*) from tracking.directives) as shown`,
  )
  const files = (await readdir(filesDirectory, { recursive: true })).sort()
  return { directives: rows, acts, files }
}

/** Three days on: the polls, the daily reading, the asking again, what heals gaps, and what purges. */
async function live({ app }: TestApp, clock: ManualClock): Promise<void> {
  clock.set(new Date(clock.now().getTime() + 3 * dayMs))
  for (let poll = 0; poll < 4; poll++) {
    await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
    await pullAll(app)
    for (const name of app.sources.keys()) await reconcile(app, name)
    await purgeSecrets(app)
  }
}

async function alerted(app: App, clock: ManualClock): Promise<string[]> {
  return (await conditionsOf(app, quiet, clock.now())).map(({ kind }) => kind)
}

async function waiting(app: App, clock: ManualClock) {
  const rows = await app.store.attention.list({ at: clock.now() })
  return rows.map(({ kind, cause }) => `${kind} ${cause}`)
}

const always = (kind: FaultKind) => ({ rates: { [kind]: 1 }, atMost: Number.POSITIVE_INFINITY })
const lies =
  (kind: FaultKind) =>
  ({ faults }: { faults: Faults }) =>
    faults.set(always(kind))

interface Day {
  readonly faults: Faults
  readonly documents: readonly SimulatedDocument[]
  readonly now: Date
}

/** Everything issued in the month, with its details. */
const losesAMonth = ({ documents, now }: Day) => {
  for (const document of documents)
    if (document.issuedOn < '2026-02-01') change(document, { kind: 'vanish', at: now })
}

it.each<[string, (day: Day) => void, string, string]>([
  ['lists nothing', lies('emptyList'), 'breakerOpen', 'sourceFailing listEmpty'],
  ['lists half of what it has', lies('halfList'), 'fuseAsked', 'fuse withhold'],
  ['has lost a month', losesAMonth, 'fuseAsked', 'fuse withhold'],
  ['answers with a page for people', lies('htmlPage'), 'breakerOpen', 'sourceFailing malformed'],
  ['cuts every list in the middle', lies('cutJson'), 'breakerOpen', 'sourceFailing malformed'],
])(
  'loses nothing of a register that %s',
  async (_what, begin, alert, waits) => {
    await using s = await simulatedRegister()
    await untilComplete(s.t)
    const { app } = s.t
    const before = await stored(s.t)
    expect(before.directives.length).toBeGreaterThan(12)
    expect(await alerted(app, s.clock)).not.toContain(alert)

    const { faults } = s.simulator
    begin({ faults, documents: s.register.documents, now: s.clock.now() })
    await live(s.t, s.clock)
    expect(await stored(s.t)).toEqual(before)
    expect(await alerted(app, s.clock)).toContain(alert)
    expect(await waiting(app, s.clock)).toContain(waits)

    // A person who sees that it was a bad day keeps everything, and is not asked again.
    for (const { source, kind, counted } of await app.store.fuses.open()) {
      const by = { answer: 'keep', seen: counted, actor: 'trực ban', reason: 'nguồn lỗi' } as const
      expect(await app.store.fuses.answer(source, kind, by, s.clock.now())).toBe('answered')
    }
    faults.clear()
    for (const { changes } of s.register.documents) changes.length = 0
    await app.store.db.raw(`update sync.source set open_until = null`)
    await live(s.t, s.clock)
    expect((await stored(s.t)).directives).toEqual(before.directives)
    expect(await waiting(app, s.clock)).not.toContain(waits)
  },
  120_000,
)

it.each<[string, (day: Day) => void, string, string | null]>([
  ['lists nothing', lies('emptyList'), 'sourceSilent', null],
  ['lists half of what it has', lies('halfList'), 'sourceSilent', null],
  ['answers with a page for people', lies('htmlPage'), 'breakerOpen', 'sourceFailing malformed'],
  ['cuts every list in the middle', lies('cutJson'), 'breakerOpen', 'sourceFailing malformed'],
  [
    'has lost a month',
    ({ documents }) => void (documents as SimulatedDocument[]).splice(0),
    'sourceSilent',
    null,
  ],
])(
  'loses nothing of an axis that %s',
  async (_what, begin, alert, waits) => {
    await using s = await simulatedAxis({ seed: 6, until: '2026-01-14' })
    await untilComplete(s.t)
    const { app } = s.t
    const before = await stored(s.t)
    expect(before.directives.length).toBeGreaterThan(12)
    expect(await alerted(app, s.clock)).not.toContain(alert)

    const { faults } = s.simulator
    begin({ faults, documents: s.register.documents, now: s.clock.now() })
    await live(s.t, s.clock)
    expect(await stored(s.t)).toEqual(before)
    expect(await alerted(app, s.clock)).toContain(alert)
    if (waits !== null) expect(await waiting(app, s.clock)).toContain(waits)
    // What the axis no longer lists is what was taken: nothing of it is ever taken for gone, so nothing is asked.
    expect(await app.store.fuses.open()).toEqual([])

    faults.clear()
    await app.store.db.raw(`update sync.source set open_until = null`)
    await live(s.t, s.clock)
    await sendAll(s.t)
    expect((await stored(s.t)).directives).toEqual(before.directives)
    expect((await waiting(app, s.clock)).filter((row) => row.startsWith('sourceFailing'))).toEqual(
      [],
    )
  },
  120_000,
)
