import { pipeline } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

/**
 * A zip with one deflated entry, its lengths behind the content as the official builder writes it, in a stream.
 * Always dated 1980-01-01: the same file makes the same zip. Up to 4 GiB.
 */
export async function* zipOf(
  entryName: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const name = Buffer.from(entryName)
  let crc = 0
  let size = 0
  let packedSize = 0
  async function* measured() {
    for await (const chunk of content) {
      crc = crc32(chunk, crc)
      size += chunk.byteLength
      yield chunk
    }
  }
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  writeCommon(header, 4, name, { crc: 0, packedSize: 0, size: 0 })
  yield Buffer.concat([header, name])
  const packed = pipeline(measured, createDeflateRaw(), () => undefined)
  for await (const chunk of packed as AsyncIterable<Buffer>) {
    packedSize += chunk.length
    yield chunk
  }
  if (size > 0xffff_ffff || packedSize > 0xffff_ff00)
    throw new Error('A file of more than 4 GiB does not fit into a zip of this form.')
  const lengths = { crc, packedSize, size }
  const descriptor = Buffer.alloc(16)
  descriptor.writeUInt32LE(0x08074b50, 0)
  writeLengths(descriptor, 4, lengths)
  const directory = Buffer.alloc(46)
  directory.writeUInt32LE(0x02014b50, 0)
  directory.writeUInt16LE(20, 4)
  writeCommon(directory, 6, name, lengths)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(directory.length + name.length, 12)
  end.writeUInt32LE(header.length + name.length + packedSize + descriptor.length, 16)
  yield Buffer.concat([descriptor, directory, name, end])
}

interface Lengths {
  readonly crc: number
  readonly packedSize: number
  readonly size: number
}

/** Version 2.0, lengths behind the content, deflated, the first of January 1980. */
function writeCommon(record: Buffer, at: number, name: Buffer, lengths: Lengths): void {
  record.writeUInt16LE(20, at)
  record.writeUInt16LE(8, at + 2)
  record.writeUInt16LE(8, at + 4)
  record.writeUInt16LE(0, at + 6)
  record.writeUInt16LE(0x21, at + 8)
  writeLengths(record, at + 10, lengths)
  record.writeUInt16LE(name.length, at + 22)
}

function writeLengths(record: Buffer, at: number, { crc, packedSize, size }: Lengths): void {
  record.writeUInt32LE(crc, at)
  record.writeUInt32LE(packedSize, at + 4)
  record.writeUInt32LE(size, at + 8)
}
