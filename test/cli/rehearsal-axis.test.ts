/** The rehearsal over an axis: it lists, reads a message with its file, looks a reply up, and acknowledges nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import type { VxpProfile } from '#connectors/vxp/profile.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { connectVxp } from '#connectors/vxp/vxp.ts'
import { rehearse } from '#src/cli/rehearsal/rehearsal.ts'
import { manualClock } from '#src/domain/clock.ts'
import { valueIn } from '#test/connectors/contract.ts'

const now = new Date('2026-03-20T02:00:10Z')
let simulator: Awaited<ReturnType<typeof startSimulator>>
let profile: VxpProfile
beforeAll(async () => {
  const credentials = { systemId: 'sys.test.01', secret: 'bi-mat-cua-bai-kiem-tra' }
  const register = makeRegister({
    ...{ seed: 5, from: '2026-03-02', until: '2026-03-04' },
    ...{ perWorkingDay: 3, secretShare: 0 },
  })
  simulator = await startSimulator({
    ...{ register, clock: manualClock(now), token: 'x', axisLargeShare: 0 },
    axis: { ...credentials, organId: axisOffices.self.organId, agencies: [] },
  })
  profile = {
    ...simulatedVxpProfile({
      ...{ baseUrl: simulator.axis!.url, ...credentials },
      ...{ importFrom: '2026-01-01', liveFrom: '2026-01-01' },
    }),
    retries: { times: 0, firstPauseMs: 1, maxPauseMs: 1 },
  }
})
afterAll(() => simulator.stop())

async function waiting(): Promise<number> {
  const connector = connectVxp(profile, {})
  const window = { from: '2026-03-01', until: '2026-03-20' }
  const page = valueIn(await connector.list(window, null))
  await connector.close()
  return page.items.length
}

it('asks everything that can be asked, and acknowledges nothing', async () => {
  const before = await waiting()
  expect(before).toBeGreaterThan(0)
  const { slips, notes } = await rehearse(profile, {}, now)
  expect(slips).toEqual([])
  const said = notes.join('\n')
  expect(said).toMatch(new RegExp(`trang 1 / page 1 ${before} dòng`))
  expect(said).toMatch(/one file read and dropped: \d+ byte/)
  expect(said).toMatch(/look-up of a reply: hỏi được/)
  expect(said).toMatch(/gate: [1-9]\d* được nhận/)
  expect(said).toMatch(/priority: \d × \d/)
  expect(await waiting()).toBe(before)
})

it.each<[string, RegExp, Partial<VxpProfile>]>([
  [
    'a secret that is another',
    /^auth.*unauthorized/,
    { auth: { systemId: 'sys.test.01', secret: 'khac' } },
  ],
  [
    'a system that is another',
    /^auth.*unauthorized/,
    { auth: { systemId: 'sys.khac', secret: 'x' } },
  ],
  [
    'a secret that is missing',
    /^AXIS_SECRET: secretMissing/,
    { auth: { systemId: 'sys.test.01', secretEnv: 'AXIS_SECRET' } },
  ],
  ['a host that is none', /^baseUrl .*noSuchHost/, { baseUrl: 'https://no-such-host.invalid' }],
])('names %s by its key', async (_what, says, more) => {
  const { slips } = await rehearse({ ...profile, ...more }, {}, now)
  expect(slips).toEqual([expect.stringMatching(says)])
})

it('names an issuer that the axis writes otherwise', async () => {
  const { gate } = profile
  const scope = { ...gate.scope, issuers: ['Ủy ban nhân dân tỉnh X'] }
  const { slips } = await rehearse({ ...profile, gate: { ...gate, scope } }, {}, now)
  expect(slips).toEqual([expect.stringMatching(/^gate.*issuerOutOfScope \(issuer\)/)])
})
