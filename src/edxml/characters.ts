import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'

/**
 * UTF-8, or UTF-16 that begins with its mark, in pieces that may cut a character or a line end, as text with the line ends
 * of XML 1.0 §2.11.
 */
export class Characters {
  #cutCharacter = Buffer.alloc(0)
  #heldReturn = false
  #began = false
  #utf16: TextDecoder | null = null

  get isUtf16(): boolean {
    return this.#utf16 !== null
  }

  /** `broken` is the first byte that is no character of its encoding; `text` is what comes before it. */
  take(bytes: Buffer): Taken {
    if (this.#began) return this.#decode(bytes)
    const start = Buffer.concat([this.#cutCharacter, bytes])
    this.#cutCharacter = Buffer.alloc(0)
    // Either byte of a mark may be the last of its piece.
    if (start.length < 2) {
      this.#cutCharacter = start
      return { text: '', broken: null }
    }
    this.#began = true
    const encoding = utf16Marks.get(start.toString('hex', 0, 2))
    if (encoding) this.#utf16 = new TextDecoder(encoding, { fatal: true })
    return this.#decode(start)
  }

  #decode(bytes: Buffer): Taken {
    if (this.#utf16) return this.#fromUtf16(bytes, true)
    if (this.#cutCharacter.length === 0 && isAscii(bytes))
      return { text: this.#withoutReturns(bytes.toString('latin1')), broken: null }
    const all = Buffer.concat([this.#cutCharacter, bytes])
    const whole = all.subarray(0, all.length - cutAtEnd(all))
    this.#cutCharacter = Buffer.from(all.subarray(whole.length))
    const valid = isUtf8(whole) ? whole.length : validLength(whole)
    const text = this.#withoutReturns(whole.toString('utf8', 0, valid))
    return { text, broken: whole[valid] ?? null }
  }

  /** What was held back for what might have followed. */
  last(): Taken {
    if (this.#utf16) {
      const { text, broken } = this.#fromUtf16(Buffer.alloc(0), false)
      return { text: this.#heldReturn ? `${text}\n` : text, broken }
    }
    const text = this.#heldReturn ? '\n' : ''
    this.#heldReturn = false
    return { text, broken: this.#cutCharacter[0] ?? null }
  }

  #fromUtf16(bytes: Buffer, stream: boolean): Taken {
    try {
      return { text: this.#withoutReturns(this.#utf16!.decode(bytes, { stream })), broken: null }
    } catch {
      return { text: '', broken: bytes[0] ?? 0 }
    }
  }

  #withoutReturns(piece: string): string {
    let text = this.#heldReturn ? `\r${piece}` : piece
    this.#heldReturn = false
    if (!text.includes('\r')) return text
    if (text.endsWith('\r')) {
      this.#heldReturn = true
      text = text.slice(0, -1)
    }
    return text.replace(/\r\n?/g, '\n')
  }
}

interface Taken {
  readonly text: string
  readonly broken: number | null
}

const utf16Marks: ReadonlyMap<string, string> = new Map([
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
])

/** How many bytes come before the first that is no UTF-8. */
function validLength(bytes: Buffer): number {
  let valid = 0
  let broken = bytes.length
  while (broken - valid > 1) {
    const middle = (valid + broken) >> 1
    const prefix = bytes.subarray(0, middle)
    if (isUtf8(prefix.subarray(0, middle - cutAtEnd(prefix)))) valid = middle
    else broken = middle
  }
  return valid - cutAtEnd(bytes.subarray(0, valid))
}

/** How many bytes at the end begin a character that goes on in the next piece. */
function cutAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}
