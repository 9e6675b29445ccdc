/** Every way in which something a document says may have been written down. */
import { createHash } from 'node:crypto'
import type { Needle } from './needles.ts'

/** A stem, the number of a document or a file, or a name that is a uuid. */
export function formsOfCanary(name: string, canary: string): Needle[] {
  if (/^\d{6,15}$/.test(canary)) return formsOfNumber(name, Number(canary))
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(canary)) return formsOfUuid(name, canary)
  return formsOfText(name, canary)
}

/** As it is, as search text, and decomposed; each in every encoding that a database, a queue or a log may use. */
export function formsOfText(name: string, text: string): Needle[] {
  const spellings = {
    '': text.normalize('NFC'),
    'NFD ': text.normalize('NFD'),
    'lower case ': text.normalize('NFC').toLowerCase(),
    'upper case ': text.normalize('NFC').toUpperCase(),
    'search text ': withoutDiacritics(text).toLowerCase(),
  }
  return distinct(
    Object.entries(spellings).flatMap(([spelling, spelled]) =>
      Object.entries(encodings(spelled)).map(([encoding, bytes]) => ({
        name,
        form: `${spelling}${encoding}`,
        bytes,
      })),
    ),
  )
}

/**
 * A whole number. `int4` is four bytes that may be anything: what is found of it counts only in comparison
 * with numbers that belong to nothing (leak-search.ts). So are those with one byte before them that other
 * formats write, which are therefore no forms of their own.
 */
export function formsOfNumber(name: string, value: number): Needle[] {
  const [text, ...encoded] = Object.entries(encodings(String(value))).map(
    ([encoding, bytes]) => [`digits in ${encoding}`, bytes] as const,
  )
  const binary = {
    'int8 LE': written(8, (bytes) => bytes.writeBigInt64LE(BigInt(value))),
    'int8 BE': written(8, (bytes) => bytes.writeBigInt64BE(BigInt(value))),
    'float8 LE': written(8, (bytes) => bytes.writeDoubleLE(value)),
    'float8 BE': written(8, (bytes) => bytes.writeDoubleBE(value)),
    'Postgres numeric': numericDigits(value),
    [`${uncertain} LE`]: written(4, (bytes) => bytes.writeUInt32LE(value)),
    [`${uncertain} BE`]: written(4, (bytes) => bytes.writeUInt32BE(value)),
  }
  // 0x14000008 with zeros behind it is an offset as often as a number: too plain to prove anything.
  const telling = Object.entries(binary).filter(
    ([form, bytes]) => form.startsWith(uncertain) || new Set(bytes).size >= leastDifferentBytes,
  )
  return distinct([
    { name, form: text![0], bytes: text![1], whole: true },
    ...[...encoded, ...telling].map(([form, bytes]) => ({ name, form, bytes })),
  ])
}

const leastDifferentBytes = 5

/** Found by chance in any large heap of bytes. */
export const uncertain = 'int4'

export function formsOfUuid(name: string, uuid: string): Needle[] {
  const raw = Buffer.from(uuid.replaceAll('-', ''), 'hex')
  return distinct([
    ...formsOfText(name, uuid),
    { name, form: 'without hyphens', bytes: Buffer.from(raw.toString('hex')) },
    { name, form: 'raw', bytes: raw },
    { name, form: 'base64 of raw', bytes: Buffer.from(raw.toString('base64').slice(0, 20)) },
  ])
}

/** Of any hash of the text the first eight bytes, so that one that was cut short is found too. */
export function formsOfHashes(name: string, text: string | Uint8Array): Needle[] {
  return distinct(
    ['sha256', 'sha1', 'md5', 'sha512'].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(text).digest()
      return beginningOfDigest(name, algorithm, digest)
    }),
  )
}

/** A hash that somebody else made, in hex. */
export function formsOfDigest(name: string, hex: string): Needle[] {
  return beginningOfDigest(name, 'digest', Buffer.from(hex, 'hex'))
}

function beginningOfDigest(name: string, algorithm: string, digest: Buffer): Needle[] {
  const hex = digest.toString('hex').slice(0, 16)
  const base64 = digest.toString('base64').slice(0, 10)
  return [
    { name, form: `${algorithm} in hex`, bytes: Buffer.from(hex) },
    { name, form: `${algorithm} in capital hex`, bytes: Buffer.from(hex.toUpperCase()) },
    { name, form: `${algorithm} raw`, bytes: digest.subarray(0, 8) },
    { name, form: `${algorithm} in base64`, bytes: Buffer.from(base64) },
    { name, form: `${algorithm} in base64url`, bytes: Buffer.from(urlSafe(base64)) },
  ]
}

/** UTF-8 first. */
function encodings(text: string): Record<string, Buffer> {
  const utf16le = Buffer.from(text, 'utf16le')
  const utf8 = Buffer.from(text)
  const hex = utf8.toString('hex')
  return {
    'UTF-8': utf8,
    'UTF-16LE': utf16le,
    'UTF-16BE': Buffer.from(utf16le).swap16(),
    'JSON escapes': Buffer.from(escaped(text, /[^\x20-\x7e]/g)),
    'JSON escapes in capitals': Buffer.from(escaped(text, /[^\x20-\x7e]/g, true)),
    'JSON escapes throughout': Buffer.from(escaped(text, /./gs)),
    ...base64s(utf8),
    hex: Buffer.from(hex),
    'capital hex': Buffer.from(hex.toUpperCase()),
    'percent-encoding': Buffer.from(encodeURIComponent(text)),
    'form encoding': Buffer.from(encodeURIComponent(text).replaceAll('%20', '+')),
  }
}

function escaped(text: string, what: RegExp, capitals = false): string {
  return text.replace(what, (found) =>
    [...Array(found.length).keys()]
      .map((at) => found.charCodeAt(at).toString(16).padStart(4, '0'))
      .map((code) => `\\u${capitals ? code.toUpperCase() : code}`)
      .join(''),
  )
}

/** What is the same wherever in a longer text these bytes stand: three alignments, without their ragged ends. */
function base64s(bytes: Buffer): Record<string, Buffer> {
  return Object.fromEntries(
    [0, 1, 2].flatMap((shift) => {
      const whole = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '')
      const bitsBefore = shift * 8
      const certain = Math.floor((bitsBefore + bytes.length * 8) / 6)
      const inner = whole.slice(Math.ceil(bitsBefore / 6), certain)
      return [
        [`base64 at ${shift}`, Buffer.from(inner)],
        [`base64url at ${shift}`, Buffer.from(urlSafe(inner))],
      ]
    }),
  )
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}

/**
 * Postgres keeps a numeric, and so every number in a jsonb, as digits of base 10000 behind a header: short form,
 * no fraction, and the weight of the first digit. Without the header small digits would be found anywhere.
 */
function numericDigits(value: number): Buffer {
  const digits: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 10_000)) digits.unshift(rest % 10_000)
  const weight = digits.length - 1
  while (digits.at(-1) === 0) digits.pop()
  const bytes = Buffer.alloc(2 + digits.length * 2)
  for (const [at, part] of [0x8000 | weight, ...digits].entries()) bytes.writeUInt16LE(part, at * 2)
  return bytes
}

function withoutDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, (letter) => (letter === 'đ' ? 'd' : 'D'))
}

function written(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length)
  write(bytes)
  return bytes
}

/** Each byte string once, under its first form; what is shorter than four bytes would be found anywhere. */
function distinct(needles: readonly Needle[]): Needle[] {
  const seen = new Map<string, Needle>()
  for (const needle of needles) {
    const key = needle.bytes.toString('latin1')
    if (needle.bytes.length >= 4 && !seen.has(key)) seen.set(key, needle)
  }
  return [...seen.values()]
}
