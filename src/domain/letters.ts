/**
 * One spelling for every way of writing the same letters: any Unicode form, any case, with or without
 * invisible characters, in look-alike letters of other alphabets.
 */
export interface Folded {
  /** Lower case, composed, letters Latin where they can be, every run of blanks one blank, every line end and tab `\n`. */
  readonly text: string
  /** The same letters in the case they were written in, unit by unit beside `text`. */
  readonly printed: string
}

export function fold(raw: string): Folded {
  const composed = raw.normalize('NFC')
  if (plainVietnamese.test(composed)) {
    return fitted(composed.toLowerCase(), composed)
  }
  let text = ''
  let printed = ''
  for (const [letter, marks] of clusters(raw.toWellFormed())) {
    const latin = lookAlikes.get(letter) ?? lookAlikes.get(letter.toLowerCase())
    const small = ((latin ?? letter).toLowerCase() + marks).normalize('NFC')
    const large = small.toUpperCase()
    text += small
    printed += isCapital(letter) && large.length === small.length ? large : small
  }
  return fitted(text, printed)
}

/** Blanks stand at the same places in both, and stay so. */
function fitted(text: string, printed: string): Folded {
  const tidy = (one: string) =>
    one
      .replaceAll('\t', '\n')
      .replace(/ {2,}/g, ' ')
      .replace(/(?: ?\n){3,}/g, '\n\n')
  return { text: tidy(text), printed: tidy(printed) }
}

/** What nearly every text consists of: there folding is lower case and nothing else. */
const plainVietnamese = /^[\t\n -~ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ–—“”‘’…]*$/

/** Letters drawn like Latin ones. Compatibility forms (full-width, mathematical, circled) are folded by Unicode itself. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аΑαɑᴀ∀ᎪɐⱭɒᶏⱥȺΛ∧ꓮⲀΔɅʌ',
    b: 'ВвΒʙɓƀ',
    c: 'сСᴄϲƈȼɕ',
    d: 'ԁᴅɗƌ',
    đ: 'ðɖ',
    e: 'еЕΕεᴇєЄɇǝəɛɘⱸ',
    f: 'ϝƒꜰ',
    g: 'ɡɠǥɢ',
    h: 'НнΗһħɦʜ',
    i: 'іІΙιıɪӀɨᵻ',
    k: 'кКΚκᴋƙ',
    l: 'ӏʟłƚɫ',
    m: 'мМΜμᴍϺϻɱʍɯᵯᶆꟽꟿꝳ₥ꓟⲘᎷ',
    n: 'Νɴոɲƞɳŋ',
    o: 'оОΟοσᴏօøɵɔⱺ',
    p: 'рРΡρᴘƥᵽ',
    r: 'гᴦʀɍɽɾɼɹ',
    s: 'ѕЅꜱʂȿƨ',
    t: 'тТΤτᴛŧƭʈƫȶⱦᵵʇꞇ₮₸⊤†ꓔⲦᎢ',
    u: 'υᴜսʊʉᵾ',
    v: 'ᴠʋν',
    x: 'хХΧχ',
    y: 'уУΥүʏγɏƴỿ',
    z: 'Ζᴢƶȥ',
  }).flatMap(([latin, drawn]) => [...drawn].map((letter): [string, string] => [letter, latin])),
)

/** White on black, and the letters of flags: 🅐 🅰 🇦 begin their alphabets there. */
const boxedAlphabets = [0x1f150, 0x1f170, 0x1f1e6]

const keptMarks = /[\u0300-\u0303\u0306\u0309\u031b\u0323]/
const marksBelow =
  /[\u0316-\u0319\u031c-\u0320\u0324-\u0333\u0339-\u033c\u0345\u0347-\u0349\u034d\u034e\u0353-\u0356]/
const marksAcross =
  /[\u0321\u0322\u0334-\u0338\u034f\u20d0-\u20ff\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u
const invisible = /[\p{Cf}\u115F\u1160\u3164\uFFA0\u17B4\u17B5\u2800]/u

/** Base characters, each with the marks that Vietnamese uses; whatever cannot be seen is left out. */
function clusters(raw: string): [letter: string, marks: string][] {
  const found: [string, string][] = []
  for (const character of raw.normalize('NFKD')) {
    const last = found.at(-1)
    if (/\p{M}/u.test(character)) {
      if (last) last[1] = withMark(last, character)
    } else if (invisible.test(character)) continue
    else if (/[\t\n\r\v\f\u0085\u2028\u2029]/.test(character)) found.push(['\n', ''])
    else if (/\s/.test(character)) found.push([' ', ''])
    else if (!/\p{Cc}/u.test(character)) found.push([unboxed(character), ''])
  }
  return found
}

/** Only vowels carry marks. A mark of another language is read as the nearest of ours, for a reader would too. */
function withMark([letter, marks]: [string, string], mark: string): string {
  const vowel = lookAlikes.get(letter) ?? lookAlikes.get(letter.toLowerCase()) ?? letter
  if (!/^[aeiouy]$/i.test(vowel) || marksAcross.test(mark)) return marks
  const near = keptMarks.test(mark) ? mark : marksBelow.test(mark) ? '\u0323' : '\u0302'
  const both = marks.includes(near) ? marks : marks + near
  // Whichever was typed first, the circumflex belongs to the letter and the tone to the syllable.
  const all = near === '\u0302' ? `${near}${both.replace(near, '')}` : both
  // No letter has a circumflex, a dot and more: the rest is noise on ậ, ệ, ộ.
  return all.includes('\u0302') && all.includes('\u0323') ? '\u0323\u0302' : all
}

function unboxed(character: string): string {
  const point = character.codePointAt(0)!
  const alphabet = boxedAlphabets.find((first) => point >= first && point < first + 26)
  return alphabet === undefined ? character : String.fromCharCode(65 + point - alphabet)
}

function isCapital(letter: string): boolean {
  return letter !== letter.toLowerCase() || /[\p{Lu}\p{Lt}]/u.test(letter)
}

/** Longer than any subject, summary or name; more would only cost time, so it is refused. */
const longestText = 20_000

/** Longer than any text, also once ligatures are written out, or with more signs on a letter than one could read. */
export function isTooMuch(raw: string): boolean {
  return (
    raw.length > longestText ||
    /\p{M}{9}/u.test(raw) ||
    raw.normalize('NFKC').length > 2 * longestText
  )
}

/** Word writes its bullets as private signs of the fonts Symbol and Wingdings; every reader sees a bullet. */
export function withPlainBullets(raw: string): string {
  return raw.replace(/[\uf0a7\uf0b7\uf0d8\uf0e8\uf0fc\uf076]/g, '•')
}

/** False where something stands that no reader could decipher: another script, private use, broken encoding. */
export function isLegible(raw: string): boolean {
  if (plainVietnamese.test(raw)) return true
  // Private use, unassigned, U+FFFD, half surrogates, NUL and C1 controls, signs that turn the reading direction.
  if (
    !raw.isWellFormed() ||
    /[\p{Co}\p{Cn}\0\uFFFD\u0080-\u0084\u0086-\u009F\u202A-\u202E\u2066-\u2069]/u.test(raw)
  )
    return false
  for (const [foreign] of raw.normalize('NFKC').matchAll(wordWithForeignLetter)) {
    // µg, ΔT, β: one Greek letter is a symbol, not a word.
    if (!/^\p{Script=Latin}{0,2}\p{Script=Greek}\p{Script=Latin}{0,2}$/u.test(foreign)) return false
  }
  return true
}

const wordWithForeignLetter =
  /(?<![\p{L}\p{M}])(?:(?=[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}])[\p{L}\p{M}])*(?![\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}])\p{L}[\p{L}\p{M}]*/gu
