import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * A file is a header and records of up to 64 KiB, each sealed by itself with AES-256-GCM. One seal over the
 * whole file would hand out bytes before they are verified; sealed records never do. A record's nonce holds
 * its number and whether it is the last, so that records cannot be moved, dropped or cut off at the end.
 */
const magic = Buffer.from('CDF1')
const prefixBytes = 7
const tagBytes = 16
export const headerBytes = magic.length + prefixBytes
export const recordBytes = 64 * 1024
export const sealedBytes = recordBytes + tagBytes

export async function* seal(content: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  const prefix = randomBytes(prefixBytes)
  yield Buffer.concat([magic, prefix])
  let number = 0
  let ahead: Buffer | null = null
  for await (const record of inPieces(content, recordBytes)) {
    if (ahead) yield sealRecord(ahead, key, nonce(prefix, number++, false))
    ahead = record
  }
  yield sealRecord(ahead ?? Buffer.alloc(0), key, nonce(prefix, number, true))
}

/** Throws `damaged()` at the first record that does not verify. */
export async function* unseal(
  sealed: AsyncIterable<Buffer>,
  key: Buffer,
  damaged: () => Error,
): AsyncGenerator<Buffer> {
  let prefix: Buffer | null = null
  let number = 0
  let ahead: Buffer | null = null
  for await (const piece of afterHeader(sealed, (header) => (prefix = header), damaged)) {
    if (ahead) yield unsealRecord(ahead, key, nonce(prefix!, number++, false), damaged)
    ahead = piece
  }
  if (!prefix || !ahead) throw damaged()
  yield unsealRecord(ahead, key, nonce(prefix, number, true), damaged)
}

async function* afterHeader(
  sealed: AsyncIterable<Buffer>,
  onHeader: (prefix: Buffer) => void,
  damaged: () => Error,
): AsyncGenerator<Buffer> {
  let header = Buffer.alloc(0)
  async function* rest(): AsyncGenerator<Buffer> {
    for await (const chunk of sealed) {
      if (header.length === headerBytes) {
        yield chunk
        continue
      }
      const needed = headerBytes - header.length
      header = Buffer.concat([header, chunk.subarray(0, needed)])
      if (header.length < headerBytes) continue
      if (!header.subarray(0, magic.length).equals(magic)) throw damaged()
      onHeader(header.subarray(magic.length))
      yield chunk.subarray(needed)
    }
  }
  yield* inPieces(rest(), sealedBytes)
}

async function* inPieces(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let heldBytes = 0
  for await (const chunk of chunks) {
    let rest = chunk
    while (heldBytes + rest.length >= size) {
      const needed = size - heldBytes
      yield Buffer.concat([...held, rest.subarray(0, needed)])
      rest = rest.subarray(needed)
      held = []
      heldBytes = 0
    }
    if (rest.length > 0) {
      held.push(rest)
      heldBytes += rest.length
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held)
}

function sealRecord(record: Buffer, key: Buffer, iv: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([cipher.update(record), cipher.final(), cipher.getAuthTag()])
}

function unsealRecord(sealed: Buffer, key: Buffer, iv: Buffer, damaged: () => Error): Buffer {
  if (sealed.length < tagBytes) throw damaged()
  const decipher = createDecipheriv('aes-256-gcm', key, iv)
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
  } catch {
    throw damaged()
  }
}

/** Twelve bytes: random per file, the record's number, 1 for the last. */
function nonce(prefix: Buffer, number: number, last: boolean): Buffer {
  const iv = Buffer.alloc(12)
  prefix.copy(iv)
  iv.writeUInt32BE(number, prefixBytes)
  iv[11] = last ? 1 : 0
  return iv
}
