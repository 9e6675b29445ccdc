import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { extensionOf, isZip, looksDamaged, mayBe, mediaTypeOf, Sample } from './media-type.ts'
import type { ContentSink } from './scan.ts'
import { Copying, Inflating, type Unpacking } from './unpacking.ts'
import { type LocalHeader, localHeaderOf } from './zip.ts'

/** How to get the file out of what was sent, found at the first reading and followed at the second. */
export interface Wrapping {
  readonly method: 'stored' | 'deflated'
  readonly contentAt: number
  readonly compressedSize: number
}

export interface Judged {
  readonly mediaType: string
  readonly size: number
  readonly sha256: string
  readonly damaged: boolean
  /** Not null: the file is the single entry of the zip that was sent, which has this name there. */
  readonly wrapping: Wrapping | null
  readonly wrappedName: string | null
  /** What came of a zip that stands where another file was announced. */
  readonly zip: 'kept' | 'broken' | 'tooLarge' | null
}

/** How many bytes all the files of one message may still unpack to. */
export interface Allowance {
  bytes: number
}

/**
 * Looks at one file's bytes as they pass and keeps none: hash, size, what it is, and, for a zip as the builder
 * wraps single files in (wire §1.4), the same of its first entry. Which of the two is the file, its name and its type
 * decide, and a writer may put those after the content.
 */
export class Examination implements ContentSink {
  base64: 'whole' | 'broken' | null = null
  tooLarge = false
  readonly #limitBytes: number
  readonly #unpacked: Allowance
  readonly #sent = new Measure()
  #sentBytes = 0
  #entry: Entry | null = null
  #waiting: Buffer | null = Buffer.alloc(0)

  constructor(limitBytes: number, unpacked: Allowance) {
    this.#limitBytes = limitBytes
    this.#unpacked = unpacked
  }

  async write(bytes: Buffer): Promise<void> {
    this.#sentBytes += bytes.length
    if (this.#sent.sample.size + bytes.length > this.#limitBytes) this.tooLarge = true
    if (this.tooLarge) return
    this.#sent.add(bytes)
    if (this.#waiting === null) return this.#entry?.write(bytes)
    this.#waiting = Buffer.concat([this.#waiting, bytes])
    await this.#look(this.#waiting)
  }

  async end(base64: 'whole' | 'broken'): Promise<void> {
    this.base64 = base64
    await this.#entry?.unpacking.end()
    this.#sent.end()
    this.#entry?.measure.end()
    this.#unpacked.bytes -= this.#entry?.measure.sample.size ?? 0
  }

  /** After a reading that was broken off. */
  async close(): Promise<void> {
    await this.#entry?.unpacking.end()
  }

  /** Of the file as it was sent, also beyond the limit. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  get isEmpty(): boolean {
    return this.#sent.sample.size === 0
  }

  /** `declared`: what the message says it is. */
  judge(name: string, declared: string | null): Judged {
    const { sample, sha256 } = this.#sent
    const sentType = mediaTypeOf(sample, name)
    const sent = {
      ...{ mediaType: sentType, size: sample.size, sha256 },
      ...{ wrapping: null, wrappedName: null, zip: null },
    }
    const extension = extensionOf(name)
    const saysZip = declared === 'application/zip'
    if (sentType !== 'application/zip' || extension === 'zip' || (extension === '' && !saysZip))
      return { ...sent, damaged: looksDamaged(sample, sentType) }
    const zip = this.#wrapping(name, saysZip)
    if (typeof zip === 'string') return { ...sent, damaged: false, zip }
    const { header, measure: file } = this.#entry!
    const mediaType = mediaTypeOf(file.sample, name)
    return {
      ...{ mediaType, size: file.sample.size, sha256: file.sha256 },
      ...{ wrapping: zip, wrappedName: header.name, zip: null },
      damaged: looksDamaged(file.sample, mediaType),
    }
  }

  /** Unpacks from the start a zip whose first entry may be a wrapped file: one without a path. */
  async #look(start: Buffer): Promise<void> {
    if (start.length < 4) return
    const header = isZip(start) ? localHeaderOf(start) : null
    if (isZip(start) && start.length < longestHeaderBytes) {
      if (header === null || start.length < header.contentAt) return
    }
    this.#waiting = null
    if (header === null || !mayBeWrapped(header)) return
    this.#entry = Entry.open(header, Math.min(this.#limitBytes, this.#unpacked.bytes))
    await this.#entry?.write(start.subarray(header.contentAt))
  }

  /**
   * The official reader takes the first entry of whatever says that it is a zip and is not called one. Here it must be
   * the only one, and one that its own name or its bytes allow to be what the file is called.
   */
  #wrapping(name: string, saysZip: boolean): Wrapping | 'kept' | 'broken' | 'tooLarge' {
    const { directory } = this.#sent.sample
    const entry = this.#entry
    const only = directory?.entries.length === 1 ? directory.entries[0]! : null
    if (entry?.unpacking.fault === 'tooLarge') return 'tooLarge'
    if (!directory) return 'broken'
    if (only === null || entry === null) return 'kept'
    const isNamedSo = extensionOf(only.name) === extensionOf(name)
    const fits = saysZip && mayBe(mediaTypeOf(entry.measure.sample, name), name)
    if (!isNamedSo && !fits) return 'kept'
    const { header, measure, unpacking } = entry
    const packed = unpacking.consumed
    const { method } = header
    const whole =
      packed !== null &&
      unpacking.fault === null &&
      only.headerAt === 0 &&
      only.name === header.name &&
      only.method === method &&
      only.compressedSize === packed &&
      only.size === measure.sample.size &&
      only.crc32 === measure.crc &&
      header.contentAt + packed <= directory.at
    if (!whole || method === 'other') return 'broken'
    return { method, contentAt: header.contentAt, compressedSize: packed }
  }
}

/** Documents that are zips themselves begin with an entry of a known name. */
function mayBeWrapped({ name, encrypted }: LocalHeader): boolean {
  return !encrypted && /^[^/\\]+$/.test(name) && !/^(\[Content_Types\]\.xml|mimetype)$/.test(name)
}

/** Fixed part, and a name and an extra field far longer than the builder writes. */
const longestHeaderBytes = 4096

class Entry {
  readonly header: LocalHeader
  readonly measure: Measure
  readonly unpacking: Unpacking

  static open(header: LocalHeader, limitBytes: number): Entry | null {
    const measure = new Measure()
    const give = (bytes: Buffer) => measure.addChecked(bytes)
    if (header.method === 'deflated')
      return new Entry(header, measure, new Inflating(give, limitBytes))
    if (header.method === 'stored' && header.compressedSize !== null)
      return new Entry(header, measure, new Copying(give, header.compressedSize))
    return null
  }

  constructor(header: LocalHeader, measure: Measure, unpacking: Unpacking) {
    this.header = header
    this.measure = measure
    this.unpacking = unpacking
  }

  write(bytes: Buffer): Promise<void> {
    return this.unpacking.write(bytes)
  }
}

class Measure {
  readonly sample = new Sample()
  crc = 0
  readonly #hash = createHash('sha256')
  sha256 = ''

  add(bytes: Buffer): void {
    this.sample.add(bytes)
    this.#hash.update(bytes)
  }

  addChecked(bytes: Buffer): void {
    this.add(bytes)
    this.crc = crc32(bytes, this.crc)
  }

  end(): void {
    this.sample.end()
    this.sha256 = this.#hash.digest('hex')
  }
}
