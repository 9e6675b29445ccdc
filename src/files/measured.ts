import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Sample } from '#src/edxml/media-type.ts'
import { FileTooLarge, type WrittenFile } from './file-store.ts'

/** Counts and hashes what passes through, stops what is too large, and sees what a zip holds. */
export class Measured implements AsyncIterable<Uint8Array> {
  readonly #content: Readable
  readonly #limitBytes: number
  readonly #hash = createHash('sha256')
  readonly #sample = new Sample()
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
      this.#sample.add(bytes)
      yield bytes
    }
  }

  as(name: string): WrittenFile {
    this.#sample.end()
    const entryNames = this.#sample.directory?.entries.map((entry) => entry.name) ?? []
    return { name, size: this.#size, sha256: this.#hash.digest('hex'), entryNames }
  }
}
