/** Calls that come while others are under way share a statement; none sinks or blocks another. */
import { expect, it } from 'vitest'
import { together } from '#src/store/together.ts'

function watched(failing: (inputs: readonly number[]) => boolean = () => false) {
  const statements: (readonly number[])[] = []
  const said = Promise.withResolvers<void>()
  const double = together(async (inputs: readonly number[]) => {
    statements.push(inputs)
    if (inputs[0] === 1) await said.promise
    if (failing(inputs)) throw new Error('of them')
    return inputs.map((input) => input * 2)
  })
  return { double, statements, letGo: said.resolve }
}

it('answers in one statement those who came while the first was under way', async () => {
  const { double, statements, letGo } = watched()
  const answers = Promise.all([1, 2, 3, 4].map(double))
  letGo()
  expect(await answers).toEqual([2, 4, 6, 8])
  expect(statements).toEqual([[1], [2, 3, 4]])
})

it('tries each alone when all fail together, so that one sinks no other', async () => {
  const { double, letGo } = watched((inputs) => inputs.includes(3))
  const answers = Promise.allSettled([1, 2, 3, 4].map(double))
  letGo()
  expect((await answers).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
})

it('goes on while one waits for a row that somebody sits on', async () => {
  const { double, letGo } = watched()
  const first = double(1)
  expect(await Promise.all([double(2), double(3)])).toEqual([4, 6])
  letGo()
  expect(await first).toBe(2)
})
