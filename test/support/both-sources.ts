/** The app over the demonstration's register, which both a simulated document-management system and the axis give. */
import { simulatedRestProfile } from '#connectors/rest/simulated-profile.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { manualClock } from '#src/domain/clock.ts'
import { testApp } from './app.ts'

const importFrom = '2026-06-09'

export async function bothSources({ seed = 1, until = '2026-09-11' } = {}) {
  const clock = manualClock(new Date('2026-07-10T10:00:00Z'))
  const register = makeRegister({ seed, from: importFrom, until, perWorkingDay: 6, changes: true })
  const [token, secret, systemId] = ['x', 'bi-mat-mo-phong', 'sys.sim.01']
  const simulator = await startSimulator({
    ...{ register, clock, token, faults: {} },
    axis: { systemId, secret, organId: axisOffices.self.organId, agencies: [] },
  })
  const from = { importFrom, liveFrom: importFrom }
  const rest = simulatedRestProfile({ baseUrl: simulator.url, token, ...from })
  const axis = simulatedVxpProfile({ baseUrl: simulator.axis!.url, systemId, secret, ...from })
  const retries = { times: 1, firstPauseMs: 1, maxPauseMs: 5 }
  const t = await testApp(
    [
      { ...rest, retries },
      { ...axis, retries },
    ],
    { clock },
  )
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
