import { expect, it } from 'vitest'
import { Hands } from '#src/flow/hands.ts'

it('takes on no more at once than it has hands, and all of it in the end', async () => {
  const hands = new Hands(3)
  let atOnce = 0
  let most = 0
  const done: number[] = []
  for (let one = 0; one < 20; one++)
    await hands.take(async () => {
      most = Math.max(most, ++atOnce)
      await new Promise((resolve) => setImmediate(resolve))
      atOnce--
      done.push(one)
    })
  await hands.empty()
  expect(most).toBe(3)
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, one) => one))
})

it.each([1, 4])('throws what broke at whoever gives the next, with %i hands', async (most) => {
  const hands = new Hands(most)
  const given: number[] = []
  const giving = async () => {
    for (let one = 0; one < 20; one++)
      await hands.take(async () => {
        given.push(one)
        if (one === 2) throw new Error('broken')
      })
  }
  await expect(giving()).rejects.toThrow('broken')
  expect(given.length).toBeLessThan(20)
})

it('throws what broke last at whoever waits for the end, once the others are done', async () => {
  const hands = new Hands(2)
  let isDone = false
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  await hands.take(async () => {
    await turn()
    throw new Error('broken')
  })
  await hands.take(async () => {
    await turn()
    await turn()
    isDone = true
  })
  await expect(hands.empty()).rejects.toThrow('broken')
  expect(isDone).toBe(true)
})
