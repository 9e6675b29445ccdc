/**
 * Many strings looked for at once in many bytes: every four bytes are looked up among the beginnings of what
 * is wanted, so that a search for hundreds costs no more than one.
 */
export interface Needle {
  /** What is found when `bytes` are. */
  readonly name: string
  /** At least four. */
  readonly bytes: Buffer
}

const filterBits = 16

export class Needles {
  readonly #byBeginning = new Map<number, Needle[]>()
  readonly #filter = new Uint8Array(1 << filterBits)
  /** Bytes of the longest, so that pieces of a file can overlap by them. */
  readonly longest: number

  constructor(needles: readonly Needle[]) {
    this.longest = Math.max(0, ...needles.map((needle) => needle.bytes.length))
    for (const needle of needles) {
      const beginning = needle.bytes.readUInt32BE(0)
      this.#filter[slot(beginning)] = 1
      this.#byBeginning.set(beginning, [...(this.#byBeginning.get(beginning) ?? []), needle])
    }
  }

  /** Adds the names of those found to `found`. A number counts only as a whole, not inside a longer one or a hash. */
  collect(bytes: Uint8Array, found: Set<string>): void {
    let window = 0
    for (let at = 0; at < bytes.length; at++) {
      window = ((window << 8) | bytes[at]!) >>> 0
      if (at < 3 || this.#filter[slot(window)] === 0) continue
      for (const { name, bytes: wanted } of this.#byBeginning.get(window) ?? []) {
        const start = at - 3
        if (
          !found.has(name) &&
          wanted.equals(bytes.subarray(start, start + wanted.length)) &&
          standsAlone(bytes, start, wanted)
        )
          found.add(name)
      }
    }
  }
}

function slot(beginning: number): number {
  return (Math.imul(beginning, 0x9e3779b1) >>> 0) >>> (32 - filterBits)
}

function standsAlone(bytes: Uint8Array, start: number, wanted: Buffer): boolean {
  if (!wanted.every((byte) => byte >= 0x30 && byte <= 0x39)) return true
  return !isHexDigit(bytes[start - 1]) && !isHexDigit(bytes[start + wanted.length])
}

function isHexDigit(byte: number | undefined): boolean {
  return byte !== undefined && /[0-9a-f]/i.test(String.fromCharCode(byte))
}
