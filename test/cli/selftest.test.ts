import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '#src/wiring.ts'
import { chidao, run } from './executable.ts'

it('strikes the real service, says what it found, and leaves nothing behind', async () => {
  const home = process.getuid?.() === 0 ? '/var/tmp' : tmpdir()
  const data = await mkdtemp(join(tmpdir(), 'chidao-data-'))
  const before = await leftIn(home)
  const args = ['selftest', '--seed', '3', '--minutes', '0.2', '--json']
  const { code, out, err } = await chidao(args, { CHIDAO_DATA: data })
  const after = await leftIn(home)
  expect(code, `${err}${out}`).toBe(0)
  const trial = JSON.parse(out)
  expect(trial).toMatchObject({
    seed: 3,
    queue: 'postgres',
    counters: {
      ...{ lost: 0, duplicated: 0, unexpected: 0, exposed: 0, unacknowledged: 0, leaked: 0 },
      ...{ stuck: 0, unbalanced: 0, unkept: 0, verbose: 0 },
    },
  })
  expect(trial.struck.length).toBeGreaterThanOrEqual(8)
  expect(trial.staged).toBeGreaterThan(50)
  expect([...after.difference(before)]).toEqual([])
  // Where the configured store would be, nothing was touched.
  expect(await readdir(data)).toEqual([])
  await rm(data, { recursive: true })
}, 900_000)

it.each([
  [['--seed', 'x'], '--seed'],
  [['--minutes', '0'], '--minutes'],
  [['--minutes', 'ten'], '--minutes'],
  [['--queue', 'elsewhere'], '--queue'],
])('refuses %j with 2 and says why', async (args, what) => {
  const { code, err } = await chidao(['selftest', ...args])
  expect(code).toBe(2)
  expect(err).toContain(what)
})

it('says what to install where the queue should be in a Redis that is not there', async () => {
  const args = [join(root, 'src/main.ts'), 'selftest', '--queue', 'redis']
  const { code, err } = await run(process.execPath, args, { PATH: '/nonexistent' })
  expect(code).toBe(2)
  expect(err).toContain('redis-server')
})

/** What processes that are gone left there; others may be at work beside this one. */
async function leftIn(home: string): Promise<Set<string>> {
  const left = (await readdir(home)).filter((name) => {
    const pid = /^chidao-selftest-(\d+)-/.exec(name)?.[1]
    return pid !== undefined && !existsSync(`/proc/${pid}`)
  })
  return new Set(left)
}
