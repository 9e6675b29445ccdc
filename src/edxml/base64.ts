/**
 * Decodes base64 as it arrives in pieces, wrapped or on one line (wire §1.4). Strict, because the official parser
 * makes garbage of broken base64 without an error: alphabet, padding and length must be right.
 */
export class Base64Decoder {
  #rest = ''
  #padded = false
  #broken = false
  #characters = 0

  /** The bytes of the whole groups of four so far; none once the text has proved broken. */
  write(piece: string): Buffer {
    if (this.#broken) return nothing
    const text = this.#rest + (/\s/.test(piece) ? piece.replace(/[ \t\r\n]+/g, '') : piece)
    const groups = text.slice(0, text.length - (text.length % 4))
    this.#rest = text.slice(groups.length)
    this.#characters += groups.length
    return groups === '' ? nothing : this.#decode(groups)
  }

  /** Whether all of it was base64, and complete. */
  end(): 'whole' | 'broken' {
    return this.#broken || this.#rest !== '' ? 'broken' : 'whole'
  }

  get isEmpty(): boolean {
    return this.#characters === 0 && this.#rest === ''
  }

  #decode(groups: string): Buffer {
    const bytes = Buffer.from(groups, 'base64')
    // Node skips what is not base64. To encode again tells so ten times as fast as a pattern, which only has the
    // last word: stray bits under the padding are no error.
    const isBase64 = bytes.toString('base64') === groups || /^[A-Za-z0-9+/]*={0,2}$/.test(groups)
    if (this.#padded || !isBase64) {
      this.#broken = true
      return nothing
    }
    this.#padded = groups.endsWith('=')
    return bytes
  }
}

const nothing = Buffer.alloc(0)
