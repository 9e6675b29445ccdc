import { expect, it } from 'vitest'
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import type { FaultPlan } from '#connectors/simulator/faults.ts'
import { expectedEligible, makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { searchForLeaks } from '#src/cli/demo/leak-search.ts'
import { manualClock } from '#src/domain/clock.ts'
import { pullAll, type TestApp, testApp } from '#test/support/app.ts'
import { retryAll, settleAll } from '#test/support/claims.ts'

const token = 'token-of-the-test'
const importFrom = '2026-03-02'
const until = '2026-04-30'
const end = new Date('2026-05-04T09:00:00+07:00')

const everyFault: FaultPlan = {
  seed: 7,
  rates: {
    serverError: 0.05,
    detailError: 0.05,
    htmlPage: 0.05,
    cutBody: 0.05,
    cutJson: 0.05,
    dropped: 0.05,
    duplicateRows: 0.2,
    reorderedPages: 0.2,
    shiftedPages: 0.2,
  },
}

async function simulated(seed: number, faults: FaultPlan = {}) {
  const clock = manualClock(end)
  const register = makeRegister({ seed, from: importFrom, until })
  const simulator = await startSimulator({ register, clock, token, faults })
  const profile = simulatedRestProfile({
    baseUrl: simulator.url,
    token,
    importFrom,
    liveFrom: importFrom,
  })
  const fast = { ...profile, retries: { times: 1, firstPauseMs: 1, maxPauseMs: 5 } }
  const t = await testApp([fast], { clock })
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

/** As the sweep would, until the whole window was read to its end and nothing is due any more. */
async function untilComplete({ app }: TestApp): Promise<void> {
  for (let round = 0; round < 200; round++) {
    await app.store.db.raw(`update sync.pass set due_at = clock_timestamp() where state = 'due'`)
    await app.store.db.raw(`update sync.source set open_until = null`)
    await pullAll(app)
    await retryAll(app.store)
    await settleAll(app)
    const { rows } = await app.store.db.raw(
      `select (select count(*) from sync.pass where state in ('due', 'running')) + (select count(*) from sync.intake where state = 'failed') + (select count(*) from sync.directive_file where state = 'waiting') as open`,
    )
    if (rows[0].open === 0) return
  }
}

it.each([
  ['a source that behaves', 1, {}],
  ['the same source with every fault of reading', 1, everyFault],
  ['another register with every fault', 2, everyFault],
  ['a third register with a clock an hour ahead', 3, { skewMs: 3_600_000 }],
] as const)(
  'holds exactly what a perfect bridge would, from %s',
  async (_what, seed, faults) => {
    await using s = await simulated(seed, faults)
    await untilComplete(s.t)
    const expected = expectedEligible(s.register, s.clock.now())
    const { rows } = await s.t.app.store.db.raw(
      `select source_ref as ref, code, subject, issued_on as "issuedOn" from sync.directive`,
    )
    const byRef = (a: { ref: string }, b: { ref: string }) => a.ref.localeCompare(b.ref)
    expect(rows.sort(byRef)).toEqual(
      expected
        .map(({ id, code, subject, issuedOn }) => ({ ref: String(id), code, subject, issuedOn }))
        .sort(byRef),
    )

    const files = await s.t.app.store.db.raw(
      `select d.source_ref as ref, count(f.stored_as) as n from sync.directive d left join sync.directive_file f on f.directive_id = d.id group by 1`,
    )
    for (const { ref, n } of files.rows)
      expect(n, `files of ${ref}`).toBe(s.register.byId(Number(ref))!.files.length)
    const unbalanced = await s.t.app.store.db.raw(
      `select * from sync.pass_balance where state in ('done', 'open') and not balances`,
    )
    expect(unbalanced.rows).toEqual([])
  },
  180_000,
)

it('keeps nothing of what must not pass, in any table, file or log line', async () => {
  await using s = await simulated(4, everyFault)
  await untilComplete(s.t)
  const [known] = expectedEligible(s.register, s.clock.now())
  const { leaks, controlsFound } = await searchForLeaks({
    databases: [s.t.app.store.db],
    folders: [s.t.filesDirectory],
    canaries: s.simulator.canaries(),
    controls: [known!.code],
  })
  expect({ leaks, controlsFound }).toEqual({ leaks: 0, controlsFound: 1 })
  const logged = s.t.logged.join('\n')
  expect(
    s.simulator
      .canaries()
      .filter((canary) => new RegExp(`(?<![0-9a-f])${canary}(?![0-9a-f])`, 'i').test(logged)),
  ).toEqual([])
  expect(logged).not.toContain(known!.subject)
}, 180_000)
