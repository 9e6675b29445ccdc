import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, expect, it } from 'vitest'
import { expectedEligible, makeRegister } from '#connectors/simulator/register.ts'
import { acceleratedClock, formatClock } from '#src/domain/clock.ts'

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
