/**
 * Text that still wears what it travelled in: percent signs of an address, words of a mail header, entities and
 * tags of a page, escapes of a program, UTF-8 that was read as Latin-1. Whoever opens the document sees the mark.
 */
const mostRounds = 3

/** What the text says once unwrapped, layer by layer; nothing for text that wears nothing. */
export function unwrappedReadings(raw: string): string[] {
  const found = new Set<string>()
  let current = raw
  for (let round = 0; round < mostRounds; round++) {
    const unwrapped = wrappings.reduce(
      (text, [signs, unwrap]) => (signs.test(text) ? unwrap(text) : text),
      current,
    )
    if (unwrapped === current) break
    found.add(unwrapped)
    current = unwrapped
  }
  return [...found]
}

/** Signs of UTF-8 read as Latin-1 that lost a byte on its way: what stood there cannot be told any more. */
export function isBrokenUtf8(text: string): boolean {
  return /[áÁ]º|Æ°|Ä‘|á»(?![\s.,;:!?)\]])./u.test(text)
}

const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const utf8 = new TextDecoder('utf-8', { fatal: true })

const wrappings: readonly (readonly [signs: RegExp, unwrap: (text: string) => string])[] = [
  [/=\?/, mailWords],
  [/%[0-9a-f]{2}/i, (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, hexBytes)],
  [/(?:=[0-9a-f]{2}){2}/i, (text) => text.replace(/(?:=[0-9a-f]{2}){2,}/gi, hexBytes)],
  [/&/, entities],
  [/<\/?[a-z]/i, (text) => text.replace(/<\/?[a-z][^<>]{0,80}>/gi, '')],
  [/\\[ux]/i, (text) => text.replace(/\\(?:u\{?([0-9a-f]{4,5})\}?|x([0-9a-f]{2}))/gi, escaped)],
  [/[\u00C2-\u00F4]/, misreadUtf8],
]

function mailWords(text: string): string {
  return text.replace(
    /=\?([\w-]{1,20})\?([bq])\?([^?]{0,2000})\?=/gi,
    (whole, charset: string, kind: string, body: string) => {
      // What another charset meant to say is not known here, and must not pass unread.
      if (!/^(?:utf-?8|us-ascii)$/i.test(charset)) return '\uFFFD'
      if (/q/i.test(kind)) return body.replaceAll('_', ' ').replace(/(?:=[0-9a-f]{2})+/gi, hexBytes)
      try {
        return decoded(
          Uint8Array.from(atob(body), (byte) => byte.charCodeAt(0)),
          whole,
        )
      } catch {
        return '\uFFFD'
      }
    },
  )
}

function hexBytes(run: string): string {
  const bytes = Uint8Array.from(run.match(/[0-9a-f]{2}/gi)!, (byte) => Number.parseInt(byte, 16))
  return decoded(bytes, run)
}

function decoded(bytes: Uint8Array, otherwise: string): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return otherwise
  }
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  shy: '',
  zwj: '',
  zwnj: '',
  acirc: 'â',
  Acirc: 'Â',
  ocirc: 'ô',
  Ocirc: 'Ô',
  ecirc: 'ê',
  Ecirc: 'Ê',
}

function entities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));?/gi,
    (entity, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? entity
      const point = hex ? Number.parseInt(hex, 16) : Number(decimal)
      return point <= 0x10ffff ? String.fromCodePoint(point) : entity
    },
  )
}

function escaped(whole: string, unicode?: string, byte?: string): string {
  return String.fromCodePoint(Number.parseInt(unicode ?? byte ?? '', 16)) || whole
}

/** `Máº­t` -> `Mật`: the bytes of UTF-8 shown one by one. */
function misreadUtf8(text: string): string {
  return text.replace(
    /[\u00C2-\u00F4][\u0080-\u00BF\u0152-\u0192\u02C6\u02DC\u2013-\u2122]{1,3}/g,
    (run) => {
      const bytes = Uint8Array.from([...run], (letter) => {
        const at = windows1252.indexOf(letter)
        return at >= 0 ? 0x80 + at : (letter.codePointAt(0) ?? 0)
      })
      // A run may hold a letter more than its character has bytes.
      for (let length = bytes.length; length > 1; length--) {
        const character = decoded(bytes.subarray(0, length), '')
        // "BÍ" or "MÃ" before a no-break space is no pair of bytes.
        const isBlank = run.slice(0, length).includes('\u00a0')
        if (character !== '' && (!isBlank || /^[\u1EA0-\u1EF9]$/.test(character)))
          return character + run.slice(length)
      }
      return run
    },
  )
}
