/**
 * Text that still wears what it travelled in: percent signs of an address, words of a mail header, entities and
 * tags of a page, escapes of a program, UTF-8 that was read as Latin-1. Whoever opens the document sees the mark.
 */
const mostRounds = 3

/** What the text says once unwrapped, layer by layer; nothing for text that wears nothing. */
export function unwrappedReadings(raw: string): string[] {
  return mayBeWrapped.test(raw) ? layers(raw, wrappings) : []
}

/** The same, where also what only looks like Base64 or like broken UTF-8 is read: a guess, which proves nothing. */
export function guessedUnwrappings(raw: string): string[] {
  return guesses.some(([signs]) => signs.test(raw)) ? layers(raw, [...wrappings, ...guesses]) : []
}

/** Wrapped once more than is unwrapped here: nobody wraps a text so often who means it to be read. */
export function isWrappedTooOften(lastReading: string): boolean {
  return mayBeWrapped.test(lastReading) && unwrappedOnce(lastReading, wrappings) !== lastReading
}

function layers(raw: string, all: readonly Wrapping[]): string[] {
  const found = new Set<string>()
  let current = raw
  for (let round = 0; round < mostRounds; round++) {
    const unwrapped = unwrappedOnce(current, all)
    if (unwrapped === current) break
    found.add(unwrapped)
    current = unwrapped
  }
  return [...found]
}

function unwrappedOnce(raw: string, all: readonly Wrapping[]): string {
  return all.reduce((text, [signs, unwrap]) => (signs.test(text) ? unwrap(text) : text), raw)
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

/** A quick look at what none of the wrappings below could be in. */
const mayBeWrapped = /[%&\\]|<[/!a-z]|=[?0-9a-f]|_x[0-9a-f]|U\+[0-9a-f]/i

type Wrapping = readonly [signs: RegExp, unwrap: (text: string) => string]

const wrappings: readonly Wrapping[] = [
  [/=\?/, mailWords],
  [/%[0-9a-f]{2}/i, (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, hexBytes)],
  // Quoted-printable breaks its lines wherever they get too long.
  [/=[0-9a-f]{2}=\r?\n/i, (text) => text.replace(/=\r?\n/g, '')],
  [/(?:=[0-9a-f]{2}){2}/i, (text) => text.replace(/(?:=[0-9a-f]{2}){2,}/gi, hexBytes)],
  [/&/, entities],
  [/<[/!a-z]/i, (text) => text.replace(/<(?:\/?[a-z]|!--)[^<>]{0,500}>/gi, '')],
  [
    /\\[ux]/i,
    (text) =>
      text.replace(
        /\\(?:u([0-9a-f]{8})|u\{?([0-9a-f]{4,5})\}?|x\{([0-9a-f]{2,8})\}|x([0-9a-f]{2}))/gi,
        (whole, ...digits: (string | undefined)[]) => escaped(whole, digits.slice(0, 4).join('')),
      ),
  ],
  // `escape()` of old web pages, and names of columns and files in SharePoint.
  [/%u[0-9a-f]{4}/i, (text) => text.replace(/%u([0-9a-f]{4})/gi, escaped)],
  [/_x[0-9a-f]{4}_/i, (text) => text.replace(/_x([0-9a-f]{4})_/gi, escaped)],
  [/U\+[0-9a-f]{4}/i, (text) => text.replace(/U\+([0-9a-f]{4})/gi, escaped)],
]

/** Words of Base64 mix small and large letters, hold figures or end in `=`: an abbreviation in capitals is none. */
const guesses: readonly Wrapping[] = [
  [/[\u00C2-\u00F4][\u0080-\u00BF\u0152-\u0192\u02C6\u02DC\u2013-\u2122]/, misreadUtf8],
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
  if (!/[a-z][A-Z]|\d|=/.test(word)) return word
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
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['laquo', '«'],
  ['raquo', '»'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['hellip', '…'],
  ['bull', '•'],
  ['middot', '·'],
])

/** `&agrave;`: the letter, then the name of its mark. */
const marksByName: ReadonlyMap<string, string> = new Map([
  ['grave', '\u0300'],
  ['acute', '\u0301'],
  ['circ', '\u0302'],
  ['tilde', '\u0303'],
])

function entities(text: string): string {
  return text.replace(
    /&(?:#x0*([0-9a-f]{1,6})|#0*(\d{1,7})|([a-z]{2,30}));?/gi,
    (entity, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return namedEntity(name, entity)
      const point = hex ? Number.parseInt(hex, 16) : Number(decimal)
      return point <= 0x10ffff ? String.fromCodePoint(point) : entity
    },
  )
}

function namedEntity(name: string, entity: string): string {
  const [, letter, mark] = /^([aeiouy])(grave|acute|circ|tilde)$/i.exec(name) ?? []
  if (letter && mark) return (letter + marksByName.get(mark.toLowerCase())).normalize('NFC')
  // Most of the others are blanks and joiners that nobody sees.
  return named.get(name) ?? (entity.endsWith(';') ? '' : entity)
}

function escaped(whole: string, digits = ''): string {
  const point = Number.parseInt(digits, 16)
  return point <= 0x10ffff ? String.fromCodePoint(point) || whole : whole
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
        if (character !== '' && isRepair(character, run.slice(0, length)))
          return character + run.slice(length)
      }
      return run
    },
  )
}

/**
 * `LÝ”`, `Ô TÔ”`, `MÃ` before a no-break space: letters of ours and what stands behind them, and no bytes of one
 * character. What begins with a sign that is no letter of ours was broken, whatever it says.
 */
function isRepair(character: string, run: string): boolean {
  if (run.includes('\u00a0')) return /^[\u1EA0-\u1EF9]$/.test(character)
  if (/^[ÃÐ][–—‘’“”…]/.test(run)) return false
  return (
    /^[äåæçëïÄÅÆÐÑ×ØÙ]/.test(run) ||
    /^(?:[\u00A0-\u00FFĂăĐđĨĩŨũƠơƯư\u1EA0-\u1EF9\u2000-\u206F]|[\u0300-\u0323])$/.test(character)
  )
}
