/**
 * Long work in a process that must answer others: pieces of it, of whomever, take turns, and between two of them
 * everything else that waits is looked after.
 */
import { setImmediate } from 'node:timers/promises'
import pLimit from 'p-limit'

const oneAtATime = pLimit(1)
/** So long a piece may take where it can be cut. */
const longestMs = 20

/** Work that cannot be cut. */
export function inTurn<T>(work: () => T): Promise<T> {
  return oneAtATime(async () => {
    const result = work()
    await setImmediate()
    return result
  })
}

/** The same for every one of these, in as many turns as that takes. */
export async function eachInTurn<T, R>(all: readonly T[], work: (one: T) => R): Promise<R[]> {
  const done: R[] = []
  while (done.length < all.length)
    await inTurn(() => {
      const end = performance.now() + longestMs
      do done.push(work(all[done.length]!))
      while (done.length < all.length && performance.now() < end)
    })
  return done
}

/** For work that waits in between, perhaps for nothing: it asks now and then whether its turn is over. */
export class Turn {
  #end = performance.now() + longestMs

  async yield(): Promise<void> {
    if (performance.now() < this.#end) return
    await inTurn(() => {})
    this.#end = performance.now() + longestMs
  }
}
