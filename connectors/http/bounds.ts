import type { FailureWord } from '../connector.ts'

/** More than any honest answer has: a few thousand rows of some dozens of fields; a level for each list and object. */
export const mostValues = 150_000
export const mostLevels = 64

/**
 * Counts the values and the levels of an answer while its bytes come: a reader that begins only at the end would take
 * seconds over what a hostile source sends in one. What it lets pass may still be no JSON or XML at all.
 */
export class Bounds {
  #values = 0
  #levels = 0
  #inText = false
  #escaped = false

  /** A word once there are too many. */
  take(bytes: Uint8Array): FailureWord | null {
    for (let at = this.#behindText(bytes, 0); at < bytes.length; at++) {
      const byte = bytes[at]!
      if (byte === quote) {
        this.#inText = true
        at = this.#behindText(bytes, at + 1) - 1
      } else if (byte === comma) this.#values++
      else if (byte === brace || byte === bracket) this.#levels++
      else if (byte === endBrace || byte === endBracket) this.#levels--
      if (this.#levels > mostLevels) return 'malformed'
      if (this.#values > mostValues) return 'tooLarge'
    }
    return null
  }

  /** Where the text ends that goes on here, or the piece if that ends first. */
  #behindText(bytes: Uint8Array, from: number): number {
    let at = from
    while (this.#inText && at < bytes.length) {
      if (this.#escaped) {
        this.#escaped = false
        at += 1
        continue
      }
      const end = bytes.indexOf(quote, at)
      const text = bytes.subarray(at, end < 0 ? bytes.length : end)
      const escaping = text.indexOf(backslash)
      if (escaping >= 0) {
        this.#escaped = true
        at += escaping + 1
      } else {
        this.#inText = end < 0
        at = end < 0 ? bytes.length : end + 1
      }
    }
    return at
  }
}

/** Of XML every tag counts; its levels are bounded by its reader. */
export class XmlBounds {
  #tags = 0

  take(bytes: Uint8Array): FailureWord | null {
    for (let at = bytes.indexOf(less); at >= 0; at = bytes.indexOf(less, at + 1)) this.#tags++
    return this.#tags > 2 * mostValues ? 'tooLarge' : null
  }
}

const [quote, backslash, comma, brace, endBrace, bracket, endBracket, less] = [...'"\\,{}[]<'].map(
  (sign) => sign.charCodeAt(0),
) as [number, number, number, number, number, number, number, number]
