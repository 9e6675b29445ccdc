import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, expect, it } from 'vitest'
import { expectedEligible, makeRegister } from '#connectors/simulator/register.ts'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'
import { call, said } from './simulator-axis-caller.ts'

const main = new URL('../../connectors/simulator/main.ts', import.meta.url).pathname
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

it('runs in a process of its own, on the clock and the register of ours', async () => {
  const origin = new Date('2026-04-10T20:00:00+07:00')
  // So slow that both processes stand at the same instant.
  const clock = acceleratedClock({ origin, epochMs: Date.now(), speed: 0.000_001 })
  const options = { seed: 'mot', from: '2026-03-02', until: '2026-04-30' }
  const child = run(
    ...['--seed', options.seed, '--from', options.from, '--until', options.until],
    ...['--clock', formatClock(clock), '--token', 't', '--faults', '{"rates":{"dropped":1}}'],
  )
  const { url, token } = JSON.parse(await firstLine(child))
  expect(token).toBe('t')
  const expected = await fetch(`${url}/_simulator/expected`).then((answer) => answer.json())
  expect(expected).toEqual(expectedEligible(makeRegister(options), clock.now()))
  await expect(
    fetch(`${url}/api/van-ban-di`, { headers: { authorization: 'Bearer t' } }),
  ).rejects.toThrow()

  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

it('has the face of the axis in a process of its own, and says how to sign', async () => {
  const child = run('--axis', '--axis-organ', '000.00.98.H50', '--axis-large-share', '0')
  const told = JSON.parse(await firstLine(child))
  expect(told.axis).toEqual({
    url: `${told.url}/vxp`,
    systemId: 'sys.simulator.01',
    secret: expect.stringMatching(/^[0-9a-f]{32}$/),
    organId: '000.00.98.H50',
  })
  const { secret, systemId } = told.axis
  const heard = await call(told.url, 'getAgenciesList', { secret, systemId })
  expect(said(heard).data.map(({ code }) => code)).toContain('000.00.98.H50')
})

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  return child
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line
  throw new Error('the simulator ended without a word')
}
