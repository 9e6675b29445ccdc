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

/**
 * Signs of UTF-8 read as Latin-1 that lost a byte on its way, or read as the code pages of DOS and of the old Mac,
 * as names inside archives are: what stood there cannot be told any more.
 */
export function isBrokenUtf8(text: string): boolean {
  return /[áÁ]º|Æ°|Ä‘|á»(?![\s.,;:!?)\]]).|ß[║╗]|·[∫ª]/u.test(text)
}

const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const utf8 = new TextDecoder('utf-8', { fatal: true })
const lenientUtf8 = new TextDecoder()

const wrappings: readonly (readonly [signs: RegExp, unwrap: (text: string) => string])[] = [
  [/=\?/, mailWords],
  [/%[0-9a-f]{2}/i, (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, hexBytes)],
  // Quoted-printable breaks its lines wherever they get too long.
  [/=[0-9a-f]{2}=\r?\n/i, (text) => text.replace(/=\r?\n/g, '')],
  [/(?:=[0-9a-f]{2}){2}/i, (text) => text.replace(/(?:=[0-9a-f]{2}){2,}/gi, hexBytes)],
  [/&/, entities],
  [/<[/!a-z]/i, (text) => text.replace(/<(?:\/?[a-z]|!--)[^<>]{0,500}>/gi, '')],
  [/\\[ux]/i, (text) => text.replace(/\\(?:u\{?([0-9a-f]{4,5})\}?|x([0-9a-f]{2}))/gi, escaped)],
  // `escape()` of old web pages, and names of columns and files in SharePoint.
  [/%u[0-9a-f]{4}/i, (text) => text.replace(/%u([0-9a-f]{4})/gi, escaped)],
  [/_x[0-9a-f]{4}_/i, (text) => text.replace(/_x([0-9a-f]{4})_/gi, escaped)],
  [/[\u00C2-\u00F4]/, misreadUtf8],
  [/[a-z0-9+/]{6}/i, (text) => text.replace(/[a-z0-9+/]{6,}={0,2}/gi, base64Word)],
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
  // Not UTF-8: then of an encoding of the 1990s, unless it is a figure behind a percent sign.
  return decoded(bytes, bytes.every((byte) => byte >= 0xa0) ? String.fromCharCode(...bytes) : run)
}

/** `TeG6rXQ=` -> `Mật`. A word that only looks so decodes to no text. */
function base64Word(word: string): string {
  // What `atob` would refuse: nearly every other word, and throwing costs more than all the rest of the reading.
  if (word.endsWith('=') ? word.length % 4 !== 0 : word.length % 4 === 1) return word
  try {
    const text = decoded(
      Uint8Array.from(atob(word), (byte) => byte.charCodeAt(0)),
      '',
    )
    return /^[ -~\p{Script=Latin}\p{M}\s]+$/u.test(text) ? text : word
  } catch {
    return word
  }
}

function decoded(bytes: Uint8Array, otherwise: string): string {
  const read = lenientUtf8.decode(bytes)
  if (!read.includes('\uFFFD')) return read
  // Broken, or a replacement character that is spelled out.
  if (!bytes.includes(0xef)) return otherwise
  try {
    return utf8.decode(bytes)
  } catch {
    return otherwise
  }
}

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['nbsp', ' '],
  ['shy', ''],
  ['acirc', 'â'],
  ['Acirc', 'Â'],
  ['ocirc', 'ô'],
  ['Ocirc', 'Ô'],
  ['ecirc', 'ê'],
  ['Ecirc', 'Ê'],
])

function entities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,30}));?/gi,
    (entity, hex?: string, decimal?: string, name?: string) => {
      // Most of the others are blanks and joiners that nobody sees.
      if (name !== undefined) return named.get(name) ?? (entity.endsWith(';') ? '' : entity)
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
