import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { FileTooLarge, type WrittenFile } from './file-store.ts'

/** Counts and hashes what passes through, and stops what is too large. */
export class Measured implements AsyncIterable<Uint8Array> {
  readonly #content: Readable
  readonly #limitBytes: number
  readonly #hash = createHash('sha256')
  #size = 0

  constructor(content: Readable, limitBytes: number) {
    this.#content = content
    this.#limitBytes = limitBytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#content) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
      this.#size += bytes.length
      if (this.#size > this.#limitBytes) throw new FileTooLarge(this.#limitBytes)
      this.#hash.update(bytes)
      yield bytes
    }
  }

  as(name: string): WrittenFile {
    return { name, size: this.#size, sha256: this.#hash.digest('hex') }
  }
}
