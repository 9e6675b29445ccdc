/** The encodings of a body (RFC 9110 8.4), strictly: a stream that lacks its own end breaks. */
import { type Duplex, pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

/** What is asked for; of `deflate` there are two kinds in use. */
export const decodable = 'gzip, br'

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** The body without its encodings; null where one of them is not known here. */
export function decoded(body: Readable, encodings: string | null): Readable | null {
  const names = (encodings ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  const applied = names.filter((name) => name !== '' && name !== 'identity')
  const found = applied
    .reverse()
    .map((name) => (Object.hasOwn(decoders, name) ? decoders[name] : undefined))
  return found.reduce<Readable | null>((stream, decoder) => {
    if (!stream || !decoder) return null
    // A reader meets the error at the next read; each end tells the other.
    return pipeline(stream, decoder(), () => {})
  }, body)
}
