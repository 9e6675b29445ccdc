/**
 * One spelling for every way of writing the same letters: any Unicode form, any case, with or without
 * invisible characters, in look-alike letters of other alphabets.
 */
const keptMarks = new Set([
  '\u0300',
  '\u0301',
  '\u0302',
  '\u0303',
  '\u0306',
  '\u0309',
  '\u031b',
  '\u0323',
])

/** Letters drawn like Latin ones. Compatibility forms (full-width, mathematical, circled) are folded by Unicode itself. */
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['a', 'аΑαɑᴀ∀Ꭺ'],
    ['b', 'ВвΒ'],
    ['c', 'сСᴄϲ'],
    ['d', 'ԁᴅ'],
    ['e', 'еЕΕεᴇєЄ'],
    ['f', 'ϝ'],
    ['h', 'НнΗһ'],
    ['i', 'іІΙιıɪӀ'],
    ['k', 'кКΚκᴋ'],
    ['l', 'ӏʟ'],
    ['m', 'мМΜμµᴍϺϻ'],
    ['n', 'Νɴո'],
    ['o', 'оОΟοσᴏօ'],
    ['p', 'рРΡρ'],
    ['r', 'гᴦʀ'],
    ['s', 'ѕЅꜱ'],
    ['t', 'тТΤτᴛ'],
    ['u', 'υᴜսʊ'],
    ['x', 'хХΧχ'],
    ['y', 'уУΥүʏγ'],
    ['z', 'Ζᴢ'],
  ].flatMap(([latin, drawn]) => [...drawn!].map((letter) => [letter, latin!])),
)

export interface Folded {
  /** Lower case, composed, letters Latin where they can be. */
  readonly text: string
  /** For each UTF-16 unit of `text`, whether it was written as a capital. */
  readonly capital: readonly boolean[]
  /** False where something stands that no reader could decipher: another script, private use, broken encoding. */
  readonly legible: boolean
}

export function fold(raw: string): Folded {
  let legible = raw.isWellFormed() && !/[\uE000-\uF8FF\uFFFD\u{F0000}-\u{10FFFD}]/u.test(raw)
  let text = ''
  const capital: boolean[] = []
  for (const cluster of clusters(raw.toWellFormed())) {
    const [letter = ''] = cluster
    const latin = lookAlikes[letter] ?? lookAlikes[letter.toLowerCase()]
    const plain = latin ?? letter
    const wasCapital = letter !== letter.toLowerCase() || /\p{Lu}|\p{Lt}/u.test(letter)
    const folded = (plain.toLowerCase() + cluster.slice(letter.length)).normalize('NFC')
    if (/\p{L}/u.test(letter) && !/\p{Script=Latin}/u.test(letter)) legible = false
    text += folded
    for (let unit = 0; unit < folded.length; unit++) capital.push(wasCapital)
  }
  return { text, capital, legible }
}

/** A base character with the marks Vietnamese uses; all others, and everything invisible, are dropped. */
function clusters(raw: string): string[] {
  const found: string[] = []
  for (const character of raw.normalize('NFKD')) {
    if (/\p{M}/u.test(character)) {
      if (keptMarks.has(character) && found.length > 0 && !found.at(-1)!.includes(character))
        found[found.length - 1] += character
    } else if (
      !/[\p{Cf}\u115F\u1160\u3164\uFFA0\u17B4\u17B5\u2800]/u.test(character) &&
      (!/\p{Cc}/u.test(character) || /\s/.test(character))
    ) {
      found.push(character)
    }
  }
  return found
}
