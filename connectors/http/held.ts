/** Answers that are held whole, of all sources of this process: few large ones at once. */
import pLimit from 'p-limit'
import type { FailureWord } from '../connector.ts'
import { type Answered, failed } from './exchange.ts'

/** Any number of these find room. */
const smallBytes = 1_048_576
/** So many larger ones, and one of each source. */
const largeAtOnce = 3
const large = pLimit(largeAtOnce)

export type OneLarge = ReturnType<typeof pLimit>

/** For each source one, so that a source waits for its own large answers before those of others wait for it. */
export function oneLarge(): OneLarge {
  return pLimit(1)
}

export interface Holding {
  readonly source: string
  readonly operation: string
  readonly oneLarge: OneLarge
  /** Says a word at what is not to be read to its end. */
  readonly bounds?: { take(bytes: Uint8Array): FailureWord | null }
}

/** Reads the answer to its end and hands its bytes to whoever understands them. */
export async function held<T>(
  { body, pauseClock }: Pick<Answered, 'body' | 'pauseClock'>,
  holding: Holding,
  understand: (bytes: Buffer) => Promise<T>,
): Promise<T> {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
  const kept: Buffer[] = []
  let size = 0
  const readUpTo = async (most: number): Promise<boolean> => {
    while (size <= most) {
      const { done, value } = await chunks.next()
      if (done) return true
      const word = holding.bounds?.take(value)
      if (word) {
        body.destroy()
        throw failed(holding, word)
      }
      kept.push(value)
      size += value.length
    }
    return false
  }
  const understood = () => understand(Buffer.concat(kept.splice(0)))
  if (await readUpTo(smallBytes)) return understood()
  // Whoever waits for room is not to be told that its source was slow.
  const goOn = pauseClock()
  return holding.oneLarge(() =>
    large(async () => {
      goOn()
      await readUpTo(Number.POSITIVE_INFINITY)
      return understood()
    }),
  )
}
