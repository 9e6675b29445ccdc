import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Wrapping } from './examination.ts'
import { defaultLimits } from './limits.ts'
import type { MessageFile } from './message.ts'
import { type Problem, Problems, problem, Unreadable } from './problem.ts'
import type { MessageRead, ReadOptions } from './reader.ts'
import { type ContentSink, scan } from './scan.ts'
import { Copying, Inflating, type Unpacking } from './unpacking.ts'

/** Where a file stands in its message and what the first reading found it to be. */
export type FileFound = Pick<MessageFile, 'content' | 'wrapping' | 'size' | 'sha256'>

/** What has to be remembered of the first reading until the second. */
export interface Found<F extends FileFound> {
  /** Of the whole message. */
  readonly sha256: string
  readonly files: readonly F[]
}

/**
 * Takes the content of one file and settles when it is stored; null for a file that is not wanted. `content`
 * breaks, before its end, if it is not what the first reading hashed. It need not be read to its end.
 */
export type TakeFile<F extends FileFound> = (file: F, content: Readable) => Promise<unknown> | null

export type FilesRead =
  | { readonly unchanged: true }
  /** Nothing that was taken may be kept. */
  | { readonly unchanged: false; readonly problem: Problem }

/**
 * The second reading: hands out the files that the first one found whole, in the order of the message, unpacked,
 * one at a time and no faster than they are taken. Breaks with what the source or `take` breaks with.
 */
export async function readFiles<F extends FileFound>(
  source: AsyncIterable<Uint8Array>,
  first: Found<F>,
  take: TakeFile<F>,
  options: ReadOptions = {},
): Promise<FilesRead> {
  const limits = { ...defaultLimits, ...options.limits }
  const open: { current: HandedOut<F> | null } = { current: null }
  try {
    const { sha256 } = await scan(source, limits, options.signal, new Problems(), (content) => {
      const file = first.files.find((one) => one.content === content)
      open.current = file ? new HandedOut(file, take) : null
      return open.current ?? unwanted
    })
    return sha256 === first.sha256
      ? { unchanged: true }
      : { unchanged: false, problem: problem('changed') }
  } catch (error) {
    await open.current?.abandon(error)
    if (!(error instanceof Unreadable)) throw error
    return { unchanged: false, problem: error.problem }
  }
}

export function foundIn({ sha256, message }: MessageRead): Found<MessageFile> {
  return { sha256, files: message.kind === 'document' ? message.files : [] }
}

const unwanted: ContentSink = {
  write: () => Promise.resolve(),
  end: () => Promise.resolve(),
}

class HandedOut<F extends FileFound> implements ContentSink {
  readonly #file: F
  readonly #wrapping: Wrapping | null
  readonly #unpacking: Unpacking | null
  readonly #hash = createHash('sha256')
  readonly #content: Readable
  readonly #taken: Promise<unknown> | null
  #passed = 0
  #wake: () => void = () => undefined
  #done = false
  #failure: { readonly error: unknown } | null = null

  constructor(file: F, take: TakeFile<F>) {
    this.#file = file
    this.#wrapping = file.wrapping
    this.#content = new Readable({ highWaterMark: 256 * 1024, read: () => this.#wake() })
    // A consumer that went away without a listener would else end the process.
    this.#content.on('error', () => undefined)
    this.#content.on('close', () => this.#wake())
    const give = (bytes: Buffer) => this.#give(bytes)
    this.#unpacking =
      file.wrapping === null
        ? null
        : file.wrapping.method === 'deflated'
          ? new Inflating(give, file.size!)
          : new Copying(give, file.wrapping.compressedSize)
    const taken = take(file, this.#content)
    this.#taken =
      taken?.then(
        () => this.#finish(null),
        (error: unknown) => this.#finish({ error }),
      ) ?? null
    if (this.#taken === null) this.#done = true
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#done) return this.#throwFailure()
    if (this.#wrapping === null) this.#give(bytes)
    else await this.#unpack(bytes, this.#wrapping)
    if (this.#content.readableLength >= this.#content.readableHighWaterMark) await this.#drained()
  }

  async end(): Promise<void> {
    await this.#unpacking?.end()
    if (this.#taken === null) return
    if (this.#hash.digest('hex') === this.#file.sha256) this.#content.push(null)
    else if (!this.#done) this.#content.destroy(new Unreadable(problem('changed')))
    await this.#taken
    this.#throwFailure()
  }

  async abandon(error: unknown): Promise<void> {
    if (this.#done) return
    const cause = error instanceof Error ? error : new Unreadable(problem('truncated'))
    this.#content.destroy(cause)
    await finished(this.#content).catch(() => undefined)
    await this.#unpacking?.end()
    await this.#taken
  }

  async #unpack(bytes: Buffer, { contentAt, compressedSize }: Wrapping): Promise<void> {
    const from = Math.max(0, contentAt - this.#passed)
    const to = Math.max(0, contentAt + compressedSize - this.#passed)
    this.#passed += bytes.length
    const part = bytes.subarray(from, to)
    if (part.length > 0) await this.#unpacking!.write(part)
  }

  #give(bytes: Buffer): void {
    this.#hash.update(bytes)
    if (!this.#done) this.#content.push(bytes)
  }

  #drained(): Promise<void> {
    if (this.#done || this.#content.destroyed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #finish(failure: { readonly error: unknown } | null): void {
    this.#done = true
    this.#failure = failure
    this.#content.destroy()
    this.#wake()
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error
  }
}
