import { isUtf8 } from 'node:buffer'

/** As much of the zip format as a file wrapped by the official builder needs: one entry, stored or deflated. */
export interface ZipEntry {
  readonly name: string
  readonly method: 'stored' | 'deflated' | 'other'
  readonly encrypted: boolean
  readonly crc32: number
  readonly compressedSize: number
  readonly size: number
  readonly headerAt: number
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[]
  /** Offset of the directory in the file. */
  readonly at: number
}

export interface LocalHeader {
  readonly name: string
  readonly method: ZipEntry['method']
  readonly encrypted: boolean
  /** Null where it is written only after the content. */
  readonly compressedSize: number | null
  /** Where the content begins. */
  readonly contentAt: number
}

/** Null while `head` is too short for it, or for anything but the header of an entry. */
export function localHeaderOf(head: Buffer): LocalHeader | null {
  if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) return null
  const nameLength = head.readUInt16LE(26)
  const contentAt = 30 + nameLength + head.readUInt16LE(28)
  if (head.length < 30 + nameLength) return null
  const flags = head.readUInt16LE(6)
  return {
    name: nameOf(head.subarray(30, 30 + nameLength)),
    method: methodOf(head.readUInt16LE(8)),
    encrypted: (flags & 1) === 1,
    compressedSize: (flags & 8) === 0 ? head.readUInt32LE(18) : null,
    contentAt,
  }
}

/**
 * The directory at the end of a file of `size` bytes, whose last bytes are `tail`. Null if it is damaged, larger
 * than the tail, spread over disks or in the form for huge files.
 */
export function directoryOf(tail: Buffer, size: number): ZipDirectory | null {
  const end = endRecordAt(tail)
  if (end === null) return null
  const count = tail.readUInt16LE(end + 10)
  const length = tail.readUInt32LE(end + 12)
  const at = tail.readUInt32LE(end + 16)
  const oneDisk = tail.readUInt32LE(end + 4) === 0 && tail.readUInt16LE(end + 8) === count
  const tailAt = size - tail.length
  if (!oneDisk || at + length !== tailAt + end || at < tailAt) return null
  const entries: ZipEntry[] = []
  let next = at - tailAt
  for (let index = 0; index < count; index++) {
    if (next + 46 > end || tail.readUInt32LE(next) !== 0x02014b50) return null
    const nameEnd = next + 46 + tail.readUInt16LE(next + 28)
    if (nameEnd > end) return null
    entries.push({
      name: nameOf(tail.subarray(next + 46, nameEnd)),
      method: methodOf(tail.readUInt16LE(next + 10)),
      encrypted: (tail.readUInt16LE(next + 8) & 1) === 1,
      crc32: tail.readUInt32LE(next + 16),
      compressedSize: tail.readUInt32LE(next + 20),
      size: tail.readUInt32LE(next + 24),
      headerAt: tail.readUInt32LE(next + 42),
    })
    next = nameEnd + tail.readUInt16LE(next + 30) + tail.readUInt16LE(next + 32)
  }
  return next === end ? { entries, at } : null
}

function endRecordAt(tail: Buffer): number | null {
  for (let at = tail.length - 22; at >= Math.max(0, tail.length - 22 - 0xffff); at--) {
    const found = tail.readUInt32LE(at) === 0x06054b50
    if (found && at + 22 + tail.readUInt16LE(at + 20) === tail.length) return at
  }
  return null
}

/** Older programs write names in the code page of their machine; the gate knows its forms. */
function nameOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
}

function methodOf(number: number): ZipEntry['method'] {
  return number === 0 ? 'stored' : number === 8 ? 'deflated' : 'other'
}
