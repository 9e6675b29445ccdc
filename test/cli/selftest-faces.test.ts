import { expect, it } from 'vitest'
import { faces } from '#connectors/simulator/faces/all.ts'
import { type FaceTrial, isRight } from '#src/cli/selftest/faces/run.ts'
import { attentionKinds } from '#src/store/attention-kinds.ts'
import { chidao } from './executable.ts'

/** One whose end is not its total, one whose file is another, one that never ends, one that changes its token. */
const some = ['page-total', 'login-page', 'endless-rows', 'other-token']

it('runs the real service against faces under faults, and says what each trouble cost', async () => {
  const { code, out, err } = await chidao(['selftest', '--faces', ...some, '--json'])
  expect([code, err], out).toEqual([0, ''])
  const { right, faces: trials } = JSON.parse(out)
  expect(right).toBe(true)
  expect(trials.map(({ face }: FaceTrial) => face).sort()).toEqual(some.toSorted())
  for (const trial of trials)
    expect(trial).toMatchObject({
      ...{ lost: 0, doubled: 0, wrongFiles: 0, falselyComplete: 0, untrue: [] },
    })
  const told = (name: string) => trials.find(({ face }: FaceTrial) => face === name).told
  for (const name of ['login-page', 'endless-rows']) expect([1, 2]).toContain(told(name))
}, 900_000)

it('names each trouble by what an operator can be told of, and each face once', () => {
  const names = faces.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,30}$/)
  const kinds: readonly string[] = attentionKinds
  for (const { told = [], toldOfAct = [] } of faces)
    for (const { kind } of [...told, ...toldOfAct]) expect(kinds).toContain(kind)
})

it('takes for wrong whatever is lost, doubled, untrue, or told late or never', () => {
  const good = {
    face: 'x',
    title: 'x',
    lost: 0,
    doubled: 0,
    wrongFiles: 0,
    falselyComplete: 0,
    untrue: [],
  }
  expect([good, { ...good, told: 1 }, { ...good, toldOfAct: 2 }].map(isRight)).toEqual([
    true,
    true,
    true,
  ])
  const bad: Partial<FaceTrial>[] = [
    ...[{ lost: 1 }, { doubled: 1 }, { wrongFiles: 1 }, { falselyComplete: 1 }],
    ...[{ untrue: ['sourceFailing'] }, { told: null }, { told: 3 }, { toldOfAct: null }],
  ]
  for (const one of bad) expect(isRight({ ...good, ...one }), JSON.stringify(one)).toBe(false)
})

it('refuses a face that it does not have with 2, and says which there are', async () => {
  const { code, err } = await chidao(['selftest', '--faces', 'honest'])
  expect([code, err]).toEqual([2, expect.stringContaining('login-page')])
})
