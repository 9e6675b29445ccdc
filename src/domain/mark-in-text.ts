import { blotPhrases, setOf } from './harmless-phrases.ts'
import type { Folded } from './letters.ts'
import { type MarkFinding, strongest } from './mark-finding.ts'
import { stampOfLaw } from './stamps.ts'

/** A stamp-like mark in one reading of a printed text (docs/decisions/0002). */
export function inText({ text: letters, printed }: Folded): MarkFinding {
  if (!mayHoldAMark.test(letters)) return null
  // With a lost dot it is no other word: mất, mặt, mắt and mát are, and stay.
  const text = letters.replace(/(?<!\p{L})m[âầẩẫ]t(?!\p{L})/gu, 'mật')
  const blotted = blotPhrases(text, printed)
  return strongest([
    writtenOut.test(blotted) ? 'sure' : null,
    stampOfLaw({ text, printed }, blotted),
    labelled(blotted),
    abbreviated(text, printed),
    secretly(text, printed),
    ...segments(blotted).map(({ words, at, end }) => asSegment(words, printed.slice(at, end))),
    ...bracketed(text, blotted, printed),
    spelledOut(blotted),
    ...runs(blotted).map((run) => asRun(run, blotted, printed)),
  ])
}

/** Compact letters of a mark without its diacritics, or with wrong ones; mất, mắt, mặt alone are other words. */
export function bareDegree(compact: string): boolean {
  return /^(?:m[aàảãâầẩẫậạ]t|(?:t[oôốồổỗộọ]i|tuy[eêếềểễệẹ]t(?:[dđ][oôốồổỗộ]i)?)m[aâầấẩẫậạăắằẳẵặ]t)$/.test(
    compact,
  )
}

/** `m@t`, `M4T`, `s3cret`: signs drawn like letters, between letters. */
export function signsAsLetters(text: string): string {
  return text
    .replace(/[@∆₳]|(?<=\p{L})4(?=\p{L})/gu, 'a')
    .replace(/(?<=\p{L})0(?=\p{L})/gu, 'o')
    .replace(/(?<=\p{L})3(?=\p{L})/gu, 'e')
}

const degree = /^(?:(?:t[oôố]i|tuy[eêế]t|tuyệt)?mật)$/
const english =
  /^(?:top|most|strictly|highly|très)?(?:s[eé]cret|confidential|confidentiel(?:le)?|classified)$/

/** A quick look at what has no letter sequence any of the rules below could find. */
const mayHoldAMark =
  /ậ|bmnn|(?<!\p{L})bì(?!\p{L})|thu hồi|có tên|hạn bảo|dấu [abc](?!\p{L})|restricted|noforn|(?<!\p{L})conf|\/ ?nf|(?<!\p{L})đm\s*[:=–-]|[([{<]\s*m[^\p{L}]t\s*[)\]}>]|m[aâăạậ]{1,3}j|m[àảãâạầẩẫ]t|(?:t[oôố]i|tuy[eêếệ]t)[^\p{L}]{0,4}m[^\p{L}]{0,4}\p{L}[^\p{L}]{0,4}t|m[^\p{L}]{0,8}[aâ@4∆₳][^\p{L}]{0,8}t|s[eé3]cr[e3]t|c[o0]nfid|classified|s[^\p{L}]{1,8}e[^\p{L}]{1,8}c|c[^\p{L}]{1,8}o[^\p{L}]{1,8}n|(?<!\p{L})(?:t[.\s]?)?(?:[uy]|uy)?m(?!\p{L})|[([{<]\s*m[ặấắ]t/u

/** A degree written out as a degree ("độ Tối mật"), or its two words held together by more than a blank. */
const writtenOut =
  /(?:độ|mức|dấu|cấp|loại)(?:\s+mật)?(?:\s+(?:là|ở mức))?\s*[:=–-]?\s*["“(]?(?:tối|tuyệt)\s+mật|(?<!\p{L})(?:tối|tuyệt)[^\p{L}\p{N}\uE000]{0,3}[^\p{L}\p{N}\uE000\s][^\p{L}\p{N}\uE000]{0,3}mật(?!\p{L})/u

/** A kind of document and its degree, as a label would say it; inside a sentence it is a topic. */
const named =
  /^(?:tài liệu|văn bản|công văn|hồ sơ|phương án|kế hoạch|danh sách|bản|loại|độ|mức|mức độ|đi|sổ|tối bí|tuyệt bí|tuyệt đối bí|bí|cơ) (?:tối |tuyệt )?mật$/

/** What a register writes in place of the subject of a secret document: `Văn bản mật`, `Công văn mật số 5`. */
const namedAlone =
  /^[^\p{L}]*(?:(?:v|về|việc|nội|dung|trích|yếu|công|văn|bản|tài|liệu|hồ|sơ|kế|hoạch|phương|án|báo|cáo|quyết|định|tờ|trình|thông|chỉ|thị|điện|phiếu|phụ|lục|danh|sách|độ|mức|dấu|loại|chế|theo|có|đóng|đi|đến|gửi|sổ|số|các|ubnd|tỉnh)[\s/.:]+)+(?:tối\s|tuyệt\s)?mật(?!\p{L})(?:[^\p{L}]*$|\s*[^\p{L}\s]|\s+(?:số|ngày|lần|bản|của|gửi)(?!\p{L}))/u

/** Abbreviated as offices do; TM is also "thay mặt" and "thương mại", so it counts only in brackets. */
const letterOfDegree = /^(?:M|T\.? ?M|T(?:[uU]|[yY]|uy|UY)M|T(?:ối|ỐI|uyệt|UYỆT) M)$/
const letterAsDegree =
  /(?<!\p{L})(?:độ mật|đm)\s*[:=–-]?\s*(?:m|t[uy]{0,2}m|[abc])(?![\p{L}\p{N}])/u
const stampOfLetter = 'M|T(?:[uU]|[yY]|uy|UY)M'
/** TuM has no other reading, but in Kon Tum; M and TM have none beside an urgency. */
const alwaysDegree =
  /(?<![\p{L}\p{N}])(?:T[uy]M|TuyM|(?<!KON[ _-]?)TUM|TUYM)(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])(?:[Hh][ỏoOỎ][aảAẢ] tốc|HỎA TỐC|HOẢ TỐC|[Tt]hượng khẩn|THƯỢNG KHẨN|[Kk]hẩn|KHẨN|^[^\p{L}\p{N}]*(?:HT|TK|K))\s*(?:[-–—,;/+&|]|và)\s*(?:M|TM)(?![\p{L}\p{N}])|(?<!\p{L})(?:[Ll]oại|LOẠI) (?:M|TM)\s*(?:$|[-–—:)\]])|(?<!\p{L})(?:[Tt]ối|TỐI|[Tt]uyệt|TUYỆT) M(?![\p{L}\p{N}])/u
const letterFirst = new RegExp(`^[^\\p{L}\\p{N}]*(?:${stampOfLetter})\\s*(?:[:|*•]|[-–—/]\\s)`, 'u')
/** TM before words or behind them; between abbreviations it is trade, as in `TM - DV`. */
const lettersApart =
  /^[^\p{L}\p{N}]*TM(?:\s*:|\s+[-–—])\s+(?=\p{Lu}?\p{Ll})|\p{Ll}\s+[-–—]\s+TM[^\p{L}\p{N}]*$/u
const letterLast = new RegExp(`(?:^|\\s)[-–—|*/•]\\s*(?:${stampOfLetter})[^\\p{L}\\p{N}]*$`, 'u')

interface Piece {
  readonly words: string
  readonly at: number
  readonly end: number
}

function segments(blotted: string): Piece[] {
  return [...blotted.matchAll(/[\p{L}\p{M}\p{N}\uE000 \t]+/gu)].map(({ 0: words, index: at }) => ({
    words,
    at,
    end: at + words.length,
  }))
}

function asSegment(words: string, printed: string): MarkFinding {
  const compact = words.replace(/[\s\p{N}]+/gu, '')
  if (degree.test(compact) || english.test(compact))
    return /\p{N}/u.test(words) ? 'doubtful' : 'sure'
  // Without diacritics, or with others, only a stamp is set in capitals by itself.
  return setOf(printed) === 'upper' && (bareDegree(compact) || /^(?:bí|cơ)mật$/.test(compact))
    ? 'doubtful'
    : null
}

/** `Tài liệu mật: …` at the start of a text, `… - văn bản mật` at its end, or nothing but that. */
function labelled(blotted: string): MarkFinding {
  const [label = ''] = /^\s*[\p{L} ]{1,40}(?= ?[:–—-])/u.exec(blotted) ?? []
  const [last = ''] = /(?<=[–—.-]\s)[\p{L} ]{1,40}[^\p{L}]*$/u.exec(blotted) ?? []
  return [label, last].some((one) => named.test(one.trim())) || namedAlone.test(blotted)
    ? 'doubtful'
    : null
}

/** `M - Phương án`, `Phương án - M`. Capital M alone; (m) is a metre. */
function abbreviated(text: string, printed: string): MarkFinding {
  return letterFirst.test(printed) ||
    letterLast.test(printed) ||
    letterAsDegree.test(text) ||
    alwaysDegree.test(printed) ||
    lettersApart.test(printed)
    ? 'doubtful'
    : null
}

/** `BÍ MẬT` set apart in capitals, which is no degree but meant as one; and what only a degree would say. */
function secretly(text: string, printed: string): MarkFinding {
  if (/(?<!\p{L})(?:tối|tuyệt)\s+(?:bí|cơ)\s+mật(?!\p{L})/u.test(text)) return 'doubtful'
  const stamp =
    /(?<![\p{L}\p{N}]|\p{Lu}[^\p{L}]{0,3})(?:BÍ|CƠ)\s+MẬT(?!\p{L}|[^\p{L}]{0,3}\p{Lu}{2})/u
  return stamp.test(printed) && setOf(printed) !== 'upper' ? 'doubtful' : null
}

/** Brackets of every kind, also one that a nested one interrupts or the end of the text leaves open. */
const inBrackets =
  /(?:\p{Ps}|\p{Pi}|[<"]|(?<![\p{L}\p{N}])['`*|~_])([^\p{Ps}\p{Pe}<>«»“”"\n]{1,300}?)(?=\p{Ps}|\p{Pe}|\p{Pi}|\p{Pf}|[>"]|['`*|~_](?![\p{L}\p{N}])|$)/gu

function bracketed(text: string, blotted: string, printed: string): MarkFinding[] {
  return [...text.matchAll(inBrackets)].map(({ 1: inside = '', index }) => {
    const at = index + 1
    const parts = inside.split(/[,;:/|–—_-]/)
    const compact = [inside, ...parts].map((part) =>
      signsAsLetters(part).replace(/[^\p{L}]+/gu, ''),
    )
    if (compact.some((part) => bareDegree(part) || english.test(part))) return 'sure'
    // What stands in brackets stands outside the sentence.
    const left = blotted.slice(at, at + inside.length)
    if (named.test(inside.trim()) || (/\p{Ps}/u.test(text[index]!) && degreeInBrackets.test(left)))
      return 'doubtful'
    const shown = printed.slice(at, at + inside.length)
    if (lettersOfDegree(shown) || brokenStamp.test(shown.trim())) return 'doubtful'
    const first = shown.slice(0, parts[0]?.length ?? 0)
    // (MẶT), (MẤT): no words to stand alone in capitals, but what reading a stamp off paper makes of it.
    return /^M[ẶẤẮ]T$/.test(first.trim()) && setOf(printed) !== 'upper' ? 'doubtful' : null
  })
}

/** `(M)`, `(độ M)`, `(M.)`, `(M, 02 bản)`; further on only beside an urgency, as `(HT, M)`: else they count something. */
function lettersOfDegree(inside: string): boolean {
  const [first = '', ...others] = inside.split(/[,;:/|–—_+-]/).map((part) =>
    part
      .trim()
      .replace(/^(?:độ|mức|dấu) /u, '')
      .replace(/\.$/, ''),
  )
  if (letterOfDegree.test(first)) return true
  return isUrgency(first) && others.some((part) => letterOfDegree.test(part))
}

function isUrgency(part: string): boolean {
  return /^(?:k|tk|ht|htk|khẩn|thượng khẩn|hỏa tốc|hoả tốc)$/iu.test(part)
}

/** `M.T`, `M8T`, `MÂTJ`, `MAẬT`: one sign for the letter, half typed, typed twice. */
const brokenStamp = /^m(?:[^\p{L}&x]|[.,·*]{2,3})t$|^m+(?:[aâăạậ]{1,3}j?t+j?|[aâăạậ]{1,2}jt?)$/iu

const degreeInBrackets =
  /(?:^|\s)mật[^\p{L}]*$|^[^\p{L}]*mật(?!\p{L})|(?<!\p{L})(?:s[eé]cret|confidential|classified)(?!\p{L})/u

/** `M Ậ T`, `M.Ậ.T`, `s e c r e t`, or the word in pieces: ậ, ật and mậ are no words of their own. */
function spelledOut(blotted: string): MarkFinding {
  const apart = /(?<!\p{L})\p{L}(?:[^\p{L}\p{N}\uE000]{1,4}\p{L}(?!\p{L}))+/gu
  const spelled = [...blotted.matchAll(apart)].map(([run]) => run.replace(/[^\p{L}]+/gu, ''))
  if (spelled.some((word) => /mật|secret|confidential/.test(word))) return 'sure'
  if (
    /(?<!\p{L})(?:m[^\p{L}\p{N}\uE000]{1,4}ật|mậ[^\p{L}\p{N}\uE000]{1,4}t)(?!\p{L})/u.test(blotted)
  )
    return 'sure'
  if (spelled.some(bareDegree)) return 'doubtful'
  return /(?<!\p{L})(?:m?ậ|mâ|[ậâ]t)(?!\p{L})/u.test(blotted) || misread.test(blotted)
    ? 'doubtful'
    : null
}

/** `RNẬT`, `IVIẬT`, `MẬI`: the letters as a machine reads them off paper; Vietnamese has no such syllable. */
const misread =
  /(?<!\p{L})(?!(?:[bcdđghklmnpqrstvx]|ch|gi|kh|ngh?|nh|ph|th|tr)ật)[bcdđfghijklmnpqrstvwxz]{1,4}ật(?!\p{L})|(?<!\p{L})mậ[bdđfhijklqrsvwxz](?!\p{L})/u

const degreeOfTwo =
  /^(?:(?:tối|tuyệt)\s+mật|(?:top|most|strictly|highly|très)[\s\p{Pd}_.]+(?:secret|confidential))$/u

/** A word of a mark in running text, together with the word that makes it a degree. */
function runs(blotted: string): Piece[] {
  const words = [...blotted.matchAll(/\p{L}+/gu)]
  return words.flatMap(({ 0: word, index: at }, nth) => {
    if (!/mật|secret|confidential|confidentiel|classified/.test(word)) return []
    const end = at + word.length
    const start = words[nth - 1]?.index ?? at
    const joined = blotted.slice(start, end)
    return degreeOfTwo.test(joined)
      ? [{ words: joined, at: start, end }]
      : [{ words: word, at, end }]
  })
}

/** Lower case in a sentence is a topic, capitals in other text are a stamp, what lies between is doubtful. */
function asRun({ words, at, end }: Piece, blotted: string, printed: string): MarkFinding {
  const compact = words.replace(/[^\p{L}]+/gu, '')
  if (!/^(?:tối|tuyệt)?mật$/.test(compact) && !english.test(compact)) {
    // Run together, as no Vietnamese word is, unless the blank of a harmless phrase was lost.
    const innocent =
      /^(?:bảo|bí|giải)mật|^mật(?:độ|khẩu|mã|ong|mía)|^secret(?:ar|ion|iv|ly|s$)|^confidentialit|^(?:un|de)classified/
    return innocent.test(compact) ? null : 'doubtful'
  }
  if (/^(?:tối|tuyệt)mật$/.test(words)) return 'sure'
  const isEnglish = english.test(compact)
  const first = !/[\p{L}\p{N}\uE000]/u.test(blotted.slice(0, at))
  const last = !/[\p{L}\p{N}\uE000]/u.test(blotted.slice(end))
  const set = setOf(printed.slice(at, end))
  // In one word a topic; both words together name the degree and nothing else.
  if (set === 'lower') return first || words !== compact ? 'doubtful' : null
  const asDegree = !isEnglish || /^(?:top|most|strictly|highly|très)/.test(compact)
  if (set !== 'upper') return asDegree || first || last ? 'doubtful' : null
  const others = printed.slice(0, at) + printed.slice(end)
  return (first || last) && setOf(others) !== 'upper' ? 'sure' : 'doubtful'
}
