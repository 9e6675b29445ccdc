/**
 * Calls that come while others are under way wait for each other and are answered by one statement and one commit. A
 * call that finds nobody before it is not held up. What fails for all is tried for each, so that one sinks no other.
 */
export function together<I, O>(
  all: (inputs: readonly I[]) => Promise<readonly O[]>,
): (input: I) => Promise<O> {
  const waiting: Waiting<I, O>[] = []
  let underWay: symbol | null = null

  function goOn(): void {
    if (waiting.length === 0 || underWay !== null) return
    const mine = Symbol('a statement')
    underWay = mine
    const next = () => {
      if (underWay !== mine) return
      underWay = null
      goOn()
    }
    const held = setTimeout(next, patienceMs)
    void answer(waiting.splice(0, mostTogether)).finally(() => {
      clearTimeout(held)
      next()
    })
  }

  async function answer(some: readonly Waiting<I, O>[]): Promise<void> {
    const inputs = some.map(({ input }) => input)
    const outputs = inputs.length > 1 ? await all(inputs).catch(() => null) : null
    const settled = some.map(async ({ input, resolve, reject }, at) =>
      outputs ? resolve(outputs[at]!) : all([input]).then(([output]) => resolve(output!), reject),
    )
    await Promise.all(settled)
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject })
      goOn()
    })
}

interface Waiting<I, O> {
  readonly input: I
  readonly resolve: (output: O) => void
  readonly reject: (error: unknown) => void
}

/** A statement that takes longer waits for a row that somebody sits on, and the next goes ahead of it. */
const patienceMs = 250
const mostTogether = 50
