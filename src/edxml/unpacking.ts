import { createInflateRaw, type InflateRaw } from 'node:zlib'

/**
 * Takes the bytes of one zip entry from the first on and gives out its content, and finds its end, because
 * the official builder writes the length only after it. Never more than `limitBytes`.
 */
export interface Unpacking {
  write(bytes: Buffer): Promise<void>
  /** Waits for what is still inside and frees it. */
  end(): Promise<void>
  /** Bytes of the entry consumed; null while it has not ended. */
  readonly consumed: number | null
  readonly fault: 'damaged' | 'tooLarge' | null
}

/** One slice may unpack to a thousand times its length at once. */
const sliceBytes = 8 * 1024

export class Inflating implements Unpacking {
  consumed: number | null = null
  fault: 'damaged' | 'tooLarge' | null = null
  readonly #inflate: InflateRaw = createInflateRaw({ chunkSize: 64 * 1024 })
  #written = 0
  #given = 0
  #ended = false

  constructor(give: (bytes: Buffer) => void, limitBytes: number) {
    this.#inflate.on('data', (bytes: Buffer) => {
      this.#given += bytes.length
      if (this.#given <= limitBytes) return give(bytes)
      this.fault ??= 'tooLarge'
      this.#inflate.destroy()
    })
    this.#inflate.on('end', () => {
      this.#ended = true
    })
    this.#inflate.on('error', () => {
      this.fault ??= 'damaged'
    })
  }

  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += sliceBytes) {
      if (this.fault || this.consumed !== null) return
      const slice = bytes.subarray(at, at + sliceBytes)
      await this.#settled((done) => this.#inflate.write(slice, done))
      this.#written += slice.length
      // zlib takes nothing beyond the end of what was packed.
      if (this.#inflate.bytesWritten < this.#written) this.consumed = this.#inflate.bytesWritten
    }
  }

  async end(): Promise<void> {
    if (this.consumed === null) this.fault ??= 'damaged'
    else if (!this.#ended) await this.#settled((done) => this.#inflate.once('end', done))
    this.#inflate.destroy()
  }

  #settled(begin: (done: () => void) => void): Promise<void> {
    if (this.#inflate.closed || this.#inflate.destroyed) return Promise.resolve()
    return new Promise((resolve) => {
      const settle = () => {
        this.#inflate.off('close', settle)
        resolve()
      }
      this.#inflate.once('close', settle)
      begin(settle)
    })
  }
}

/** A stored entry ends where the directory says, so the length must be known. */
export class Copying implements Unpacking {
  consumed: number | null = null
  readonly fault = null
  readonly #give: (bytes: Buffer) => void
  readonly #length: number
  #given = 0

  constructor(give: (bytes: Buffer) => void, length: number) {
    this.#give = give
    this.#length = length
  }

  write(bytes: Buffer): Promise<void> {
    const part = bytes.subarray(0, this.#length - this.#given)
    this.#given += part.length
    if (part.length > 0) this.#give(part)
    if (this.#given === this.#length) this.consumed = this.#length
    return Promise.resolve()
  }

  end(): Promise<void> {
    return Promise.resolve()
  }
}
