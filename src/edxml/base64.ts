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
    if (this.#padded || !/^[A-Za-z0-9+/]*={0,2}$/.test(groups)) {
      this.#broken = true
      return nothing
    }
    this.#padded = groups.endsWith('=')
    return Buffer.from(groups, 'base64')
  }
}

const nothing = Buffer.alloc(0)
