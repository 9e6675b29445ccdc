/** The app over a simulated axis, and the work of the sweep until nothing is open any more. */
import { type AxisOffice, axisOffices } from '#connectors/simulator/axis-offices.ts'
import type { FaultPlan } from '#connectors/simulator/faults.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import type { VxpProfile } from '#connectors/vxp/profile.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { manualClock } from '#src/domain/clock.ts'
import type { LocalDate } from '#src/domain/local-date.ts'
import { isAheadOfItsReply } from '#src/store/outbox.ts'
import { retryAll, sendDue, settleAll } from '#test/support/claims.ts'
import { pullAll, type TestApp, testApp } from './app.ts'

export interface AxisOptions {
  readonly seed?: number
  readonly faults?: FaultPlan
  readonly changes?: boolean
  readonly profile?: Partial<VxpProfile>
  readonly agencies?: readonly AxisOffice[]
  /** Last day of issue. */
  readonly until?: LocalDate
}

export async function simulatedAxis({
  seed = 1,
  faults = {},
  changes = false,
  profile: more = {},
  agencies = [],
  until = '2026-01-30',
}: AxisOptions = {}) {
  const importFrom = '2026-01-05'
  const clock = manualClock(new Date('2026-02-02T10:00:00Z'))
  const register = makeRegister({
    seed,
    from: importFrom,
    until,
    perWorkingDay: 5,
    secretShare: 0.3,
    changes,
  })
  const systemId = 'sys.sim.01'
  const secret = 'bi-mat-mo-phong'
  const { organId } = axisOffices.self
  const simulator = await startSimulator({
    register,
    clock,
    token: 'x',
    faults,
    axis: { systemId, secret, organId, agencies },
    axisLargeShare: 0.05,
  })
  const profile = simulatedVxpProfile({
    baseUrl: simulator.axis!.url,
    systemId,
    secret,
    importFrom,
    liveFrom: importFrom,
  })
  const retries = { times: 1, firstPauseMs: 1, maxPauseMs: 5 }
  const t = await testApp([{ ...profile, retries, ...more }], { clock })
  return {
    clock,
    register,
    axis: simulator.axis!,
    simulator,
    t,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await simulator.stop()
    },
  }
}

/** As the sweep would, until the whole window was read to its end and nothing is due any more. */
export async function untilComplete({ app }: TestApp): Promise<void> {
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
  throw new Error('something is never settled')
}

export async function sendAll({ app }: TestApp): Promise<void> {
  for (let round = 0; round < 100; round++) {
    await app.store.outbox.makeDue()
    await app.store.db.raw(`update sync.source set open_until = null, sends_open_until = null`)
    await sendDue(app)
    const { rows } = await app.store.db.raw(
      `select count(*) as open from sync.outbox o where state in ('pending', 'sending', 'unconfirmed') and not ${isAheadOfItsReply('o')}`,
    )
    if (rows[0].open === 0) return
  }
  throw new Error('something is never sent')
}
