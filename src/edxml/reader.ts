import type { Said } from './conformance.ts'
import type { Dialect } from './dialect.ts'
import { Examination } from './examination.ts'
import { interpret } from './interpretation.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { Message } from './message.ts'
import { type Problem, Problems, Unreadable } from './problem.ts'
import { scan } from './scan.ts'

export type Reading = MessageRead | MessageNotRead

export interface MessageRead {
  readonly readable: true
  readonly message: Message
  readonly said: Said
  readonly problems: readonly Problem[]
  /** Of the whole message as it came, so that a second reading can tell that it is the same. */
  readonly sha256: string
  readonly size: number
}

export interface MessageNotRead {
  readonly readable: false
  /** As far as the root told; null if it was not reached. */
  readonly dialect: Dialect | null
  /** The last one ended the reading. */
  readonly problems: readonly Problem[]
}

export interface ReadOptions {
  readonly limits?: Partial<Limits>
  /** Bounds the time: `AbortSignal.timeout(60_000)`. */
  readonly signal?: AbortSignal
}

/**
 * The first reading: everything but the contents of the files, which are decoded, hashed, looked at and let go.
 * Memory does not grow with the files. Breaks only with what the source breaks with; whatever is wrong with the
 * message is in the reading.
 */
export async function readMessage(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Reading> {
  const limits = { ...defaultLimits, ...options.limits }
  const problems = new Problems()
  const contents: Examination[] = []
  const unpacked = { bytes: limits.unpackedBytes }
  let dialect: Dialect | null = null
  try {
    const scanned = await scan(source, limits, options.signal, problems, () => {
      const examination = new Examination(limits.fileBytes, unpacked)
      contents.push(examination)
      return examination
    })
    dialect = scanned.dialect
    const { message, said } = interpret(scanned, contents, problems)
    const { sha256, size } = scanned
    return { readable: true, message, said, problems: problems.all(), sha256, size }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    dialect ??= error.dialect
    return { readable: false, dialect, problems: [...problems.all(), error.problem] }
  } finally {
    await Promise.all(contents.map((content) => content.close()))
  }
}
