/** Many byte strings looked for at once in many bytes, so that a search for thousands costs no more than one. */
export interface Needle {
  /** Of whom it tells when it is found. */
  readonly name: string
  /** How the name was written. */
  readonly form: string
  /** At least four. */
  readonly bytes: Buffer
  /** A decimal number, which counts only as a whole: not inside a longer one, a hash or a uuid. */
  readonly whole?: boolean
}

/** From here on a run of hex digits is taken for a hash, or for the last group of a uuid. */
const longestHexRun = 12
const anchorBytes = 4
const filterBits = 22

export class Needles {
  readonly #byAnchor = new Map<number, { needle: Needle; before: number }[]>()
  readonly #filter = new Uint8Array(1 << (filterBits - 3))
  /** Bytes on either side that decide whether a number stands alone. */
  readonly margin = longestHexRun + 1
  /** Bytes of the longest with its surroundings, so that pieces of a file can overlap by them. */
  readonly overlap: number

  constructor(needles: readonly Needle[]) {
    const longest = needles.reduce((most, { bytes }) => Math.max(most, bytes.length), 0)
    this.overlap = 2 * this.margin + longest
    for (const needle of needles) {
      const before = anchorOf(needle.bytes)
      const anchor = needle.bytes.readUInt32BE(before)
      const slot = slotOf(anchor)
      this.#filter[slot >>> 3]! |= 1 << (slot & 7)
      const here = this.#byAnchor.get(anchor)
      if (here) here.push({ needle, before })
      else this.#byAnchor.set(anchor, [{ needle, before }])
    }
  }

  /** Calls `found` for each occurrence, with the place of its first byte. */
  scan(bytes: Uint8Array, found: (needle: Needle, at: number) => void): void {
    let window = 0
    for (let end = 0; end < bytes.length; end++) {
      window = ((window << 8) | bytes[end]!) >>> 0
      const slot = slotOf(window)
      if ((this.#filter[slot >>> 3]! & (1 << (slot & 7))) === 0) continue
      for (const { needle, before } of this.#byAnchor.get(window) ?? []) {
        const at = end - (anchorBytes - 1) - before
        if (at >= 0 && isAt(needle, bytes, at)) found(needle, at)
      }
    }
  }
}

function isAt({ bytes: wanted, whole }: Needle, bytes: Uint8Array, at: number): boolean {
  if (at + wanted.length > bytes.length) return false
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false
  return !whole || standsAlone(bytes, at, at + wanted.length)
}

/** The four neighbouring bytes that differ most: zeros and repetitions are everywhere in a data file. */
function anchorOf(bytes: Buffer): number {
  let best = 0
  let most = 0
  for (let at = 0; at + anchorBytes <= bytes.length; at++) {
    const distinct = new Set(bytes.subarray(at, at + anchorBytes)).size
    if (distinct > most || (distinct === most && distinct > 2)) [best, most] = [at, distinct]
  }
  return best
}

function slotOf(anchor: number): number {
  return Math.imul(anchor, 0x9e3779b1) >>> (32 - filterBits)
}

/** Among letters a number still counts (`read512345678`), unless it is inside one long run of hex digits. */
function standsAlone(bytes: Uint8Array, start: number, end: number): boolean {
  if (isDigit(bytes[start - 1]) || isDigit(bytes[end])) return false
  let from = start
  let until = end
  while (start - from < longestHexRun && isHexDigit(bytes[from - 1])) from--
  while (until - end < longestHexRun && isHexDigit(bytes[until])) until++
  if (until - from < longestHexRun) return true
  return isOtherLetter(bytes[from - 1]) || isOtherLetter(bytes[until])
}

function isOtherLetter(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const lower = byte | 0x20
  return lower > 0x66 && lower <= 0x7a
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const lower = byte | 0x20
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66)
}
