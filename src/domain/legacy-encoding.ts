/**
 * Vietnamese written for the fonts of the 1990s, and UTF-8 that was read as Latin-1: in Unicode it stands
 * there as other letters, and on paper as a mark. Only what a mark is made of is read back.
 */

/** TCVN3 (ABC): one byte per letter, as Latin-1 shows it. Its capital fonts keep the lower-case codes. */
const tcvn3: readonly [RegExp, string][] = [
  [/Ë/g, 'ậ'],
  [/ë/g, 'ậ'],
  [/è/gi, 'ố'],
  [/Ö/g, 'ệ'],
  [/ö/g, 'ệ'],
  [/¶/g, 'ả'],
  [/Ý/g, 'í'],
  [/®/g, 'đ'],
  [/§/g, 'đ'],
  [/é/g, 'ộ'],
  [/·/g, 'ã'],
]
/** VNI-Windows: the letter, then its marks as a second character. */
const vni: readonly [RegExp, string][] = [
  [/a[äÄ]/g, 'ậ'],
  [/A[äÄ]/g, 'Ậ'],
  [/o[áÁ]/g, 'ố'],
  [/O[áÁ]/g, 'Ố'],
  [/e[äÄ]/g, 'ệ'],
  [/E[äÄ]/g, 'Ệ'],
  [/a[ûÛ]/gi, 'ả'],
  [/o[äÄ]/gi, 'ộ'],
  [/ñ/g, 'đ'],
  [/Ñ/g, 'Đ'],
]
/** VIQR and Telex, as typed where no Vietnamese keyboard was. */
const typed: readonly [RegExp, string][] = [
  [/a\^\./g, 'ậ'],
  [/A\^\./g, 'Ậ'],
  [/o\^'/g, 'ố'],
  [/O\^'/g, 'Ố'],
  [/e\^\./g, 'ệ'],
  [/E\^\./g, 'Ệ'],
  [/\bm(?:aatj|aajt|aaatj|atja)\b/g, 'mật'],
  [/\bM(?:AATJ|AAJT)\b/gi, 'MẬT'],
]

const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** Readings in which an old encoding shows itself; none for ordinary text. */
export function legacyReadings(raw: string): string[] {
  const composed = raw.normalize('NFC')
  const found: string[] = []
  for (const [signs, table] of [
    [/[ËëÖö¶®§]/, tcvn3],
    [/[aoe][äÄáÁ]|[AOE][äÄáÁ]/, vni],
    [/\^[.']|aatj|aajt/i, typed],
  ] as const) {
    if (signs.test(composed))
      found.push(table.reduce((text, [from, to]) => text.replace(from, to), composed))
  }
  for (const text of [raw, composed]) {
    const misread = misreadUtf8(text)
    if (misread !== null) found.push(misread)
    const entities = withoutEntities(text)
    if (entities !== text) found.push(entities)
  }
  return found
}

/** `Máº­t` -> `Mật`: the bytes of UTF-8 shown one by one. */
function misreadUtf8(text: string): string | null {
  if (!/[\u00C2-\u00F4áÁ]/.test(text)) return null
  const runs = text.replace(
    /[\u00C2-\u00F4][\u0080-\u00BF\u2000-\u2122\u0152-\u0192]{1,3}/g,
    (run) => {
      const bytes = Uint8Array.from([...run], (letter) =>
        windows1252.indexOf(letter) >= 0
          ? 0x80 + windows1252.indexOf(letter)
          : (letter.codePointAt(0) ?? 0),
      )
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      } catch {
        return run
      }
    },
  )
  return runs === text ? null : runs
}

function withoutEntities(text: string): string {
  return text.replace(
    /&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi,
    (entity, hex?: string, decimal?: string) => {
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity
    },
  )
}
