/**
 * A file is a header and records of up to 64 KiB, each sealed by itself with AES-256-GCM. One seal over the
 * whole file would hand out bytes before they are verified; sealed records never do. A record's nonce holds
 * its number and whether it is the last, so that records cannot be moved, dropped or cut off at the end; the
 * file's name is sealed in with it, so that a file put in another's place does not open either.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** With the version of the form as its last character. */
const magic = Buffer.from('CDF1')
const prefixBytes = 7
const tagBytes = 16
export const headerBytes = magic.length + prefixBytes
const recordBytes = 64 * 1024
export const sealedBytes = recordBytes + tagBytes

/** What every record of one file is sealed with. Made anew for each file written: a nonce is never used twice. */
export interface Seal {
  readonly key: Buffer
  readonly name: string
  readonly header: Buffer
}

/** The bytes do not verify. The driver says which file it was. */
export class SealBroken extends Error {}

export function newSeal(key: Buffer, name: string): Seal {
  return { key, name, header: Buffer.concat([magic, randomBytes(prefixBytes)]) }
}

export function readSeal(header: Buffer, key: Buffer, name: string): Seal {
  if (header.length !== headerBytes || !header.subarray(0, magic.length).equals(magic))
    throw new SealBroken()
  return { key, name, header }
}

/** The header together with the first record, so that a small file is one write, then the other records. */
export async function* sealAll(
  content: AsyncIterable<Uint8Array>,
  seal: Seal,
): AsyncGenerator<Buffer> {
  for await (const { bytes, number, last } of cut(content, recordBytes)) {
    const record = sealRecord(seal, bytes, number, last)
    yield number === 0 ? Buffer.concat([seal.header, record]) : record
  }
}

/** Takes what follows the header. Throws SealBroken at the first record that does not verify. */
export async function* unsealAll(
  sealed: AsyncIterable<Uint8Array>,
  seal: Seal,
): AsyncGenerator<Buffer> {
  for await (const { bytes, number, last } of cut(sealed, sealedBytes))
    yield unsealRecord(seal, bytes, number, last)
}

/** Where the last record of a file of this size lies: read first, it shows that nothing was cut off. */
export function lastRecordOf(fileBytes: number): { number: number; at: number; length: number } {
  const number = Math.max(0, Math.ceil((fileBytes - headerBytes) / sealedBytes) - 1)
  const at = headerBytes + number * sealedBytes
  return { number, at, length: Math.max(0, fileBytes - at) }
}

export function unsealRecord(
  { key, name, header }: Seal,
  sealed: Buffer,
  number: number,
  last: boolean,
): Buffer {
  if (sealed.length < tagBytes) throw new SealBroken()
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(header, number, last))
  decipher.setAAD(Buffer.from(name))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const content = decipher.update(sealed.subarray(0, -tagBytes))
  try {
    decipher.final()
  } catch {
    throw new SealBroken()
  }
  return content
}

function sealRecord(
  { key, name, header }: Seal,
  bytes: Buffer,
  number: number,
  last: boolean,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(header, number, last))
  cipher.setAAD(Buffer.from(name))
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** Twelve bytes: random per file, the record's number (files to 256 TiB), 1 for the last. */
function nonce(header: Buffer, number: number, last: boolean): Buffer {
  const iv = Buffer.alloc(12)
  header.copy(iv, 0, magic.length)
  iv.writeUInt32BE(number, prefixBytes)
  iv[11] = last ? 1 : 0
  return iv
}

/**
 * A full piece is held until more arrives: only then is it known not to be the last. `bytes` is filled anew for
 * each piece, which keeps memory flat; whoever reads is done with it before asking for the next.
 */
async function* cut(stream: AsyncIterable<Uint8Array>, size: number) {
  const bytes = Buffer.allocUnsafeSlow(size)
  let filled = 0
  let number = 0
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === size) {
        yield { bytes, number: number++, last: false }
        filled = 0
      }
      const taken = Math.min(size - filled, chunk.length - at)
      bytes.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
    }
  }
  yield { bytes: bytes.subarray(0, filled), number, last: true }
}
