import { blotPhrases, setOf } from './harmless-phrases.ts'
import type { Folded } from './letters.ts'
import type { MarkFinding } from './mark.ts'

/** A stamp-like mark in one reading of a printed text (design §5, "A mark" and "Settled"). */
export function inText({ text: letters, printed }: Folded): MarkFinding {
  if (!mayHoldAMark.test(letters)) return null
  // With a lost dot it is no other word: mất, mặt, mắt and mát are, and stay.
  const text = letters.replace(/(?<!\p{L})m[âầẩẫ]t(?!\p{L})/gu, 'mật')
  const blotted = blotPhrases(text, printed)
  return strongest([
    writtenOut.test(blotted) ? 'sure' : null,
    labelled(blotted),
    ...segments(blotted).map(({ words, at, end }) => asSegment(words, printed.slice(at, end))),
    ...bracketed(text, printed),
    spelledOut(blotted),
    ...runs(blotted).map((run) => asRun(run, blotted, printed)),
  ])
}

export function strongest(findings: readonly MarkFinding[]): MarkFinding {
  return (
    (['sure', 'undecipherable', 'doubtful'] as const).find((finding) =>
      findings.includes(finding),
    ) ?? null
  )
}

/** Compact letters of a mark without its diacritics, or with wrong ones; mất, mắt, mặt alone are other words. */
export function bareDegree(compact: string): boolean {
  return /^(?:m[aâầẩẫậạ]t|(?:t[oôốồổỗộọ]i|tuy[eêếềểễệẹ]t)m[aâầấẩẫậạăắằẳẵặ]t)$/.test(compact)
}

/** `m@t`, `M4T`: signs drawn like letters, between letters. */
export function signsAsLetters(text: string): string {
  return text.replace(/@|(?<=\p{L})4(?=\p{L})/gu, 'a').replace(/(?<=t)0(?=i)/gu, 'o')
}

const degree = /^(?:(?:t[oôố]i|tuy[eêế]t|tuyệt)?mật)$/
const english = /^(?:top|most|strictly|highly)?(?:secret|confidential)$/

/** A quick look at what has no letter sequence any of the rules below could find. */
const mayHoldAMark =
  /ậ|m[âạầẩẫ]t|(?:t[oôố]i|tuy[eêếệ]t)[^\p{L}]{0,4}m[^\p{L}]{0,4}\p{L}[^\p{L}]{0,4}t|m[^\p{L}]{0,8}[aâ@4][^\p{L}]{0,8}t|secret|confidential|s[^\p{L}]{1,8}e[^\p{L}]{1,8}c|c[^\p{L}]{1,8}o[^\p{L}]{1,8}n|[([{<]\s*m\s*[)\]}>]|[([{<]\s*(?:tối )?(?:bí|cơ)/u

/** A degree written out as a degree ("độ Tối mật"), or its two words held together by more than a blank. */
const writtenOut =
  /(?:độ|mức|dấu|cấp|loại)(?:\s+mật)?(?:\s+(?:là|ở mức))?\s*[:=–-]?\s*["“(]?(?:tối|tuyệt)\s+mật|(?<!\p{L})(?:tối|tuyệt)[^\p{L}\p{N}\uE000]{0,3}[^\p{L}\p{N}\uE000\s][^\p{L}\p{N}\uE000]{0,3}mật(?!\p{L})/u

/** A kind of document and its degree, as a label would say it; inside a sentence it is a topic. */
const named =
  /^(?:tài liệu|văn bản|công văn|hồ sơ|phương án|kế hoạch|danh sách|bản|loại|độ|mức|mức độ|tối bí|bí|cơ) (?:tối |tuyệt )?mật$/

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

/** `Tài liệu mật: …` at the start of a text. */
function labelled(blotted: string): MarkFinding {
  const [label = ''] = /^\s*[\p{L} ]{1,40}(?= ?[:–—-])/u.exec(blotted) ?? []
  return named.test(label.trim()) ? 'doubtful' : null
}

function bracketed(text: string, printed: string): MarkFinding[] {
  return [
    ...text.matchAll(/[([{<«‹“‘"'【〈]([^()[\]{}<>«»“”"【】〈〉\n]{1,60})(?=[)\]}>»›”’"'】〉])/gu),
  ].map(({ 1: inside = '', index }) => {
    const parts = [inside, ...inside.split(/[,;:/|–—_-]/)].map((part) =>
      signsAsLetters(part).replace(/[^\p{L}]+/gu, ''),
    )
    if (parts.some((part) => bareDegree(part) || english.test(part))) return 'sure'
    if (named.test(inside.trim())) return 'doubtful'
    // Capital M alone; (m) is a metre.
    return printed.slice(index + 1, index + 1 + inside.length).trim() === 'M' ? 'doubtful' : null
  })
}

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
  return /(?<!\p{L})(?:m?ậ|mâ|[ậâ]t)(?!\p{L})/u.test(blotted) ? 'doubtful' : null
}

const degreeOfTwo = /^(?:(?:tối|tuyệt)\s+mật|(?:top|strictly)\s+(?:secret|confidential))$/

/** A word of a mark in running text, together with the word that makes it a degree. */
function runs(blotted: string): Piece[] {
  const words = [...blotted.matchAll(/\p{L}+/gu)]
  return words.flatMap(({ 0: word, index: at }, nth) => {
    if (!/mật|secret|confidential/.test(word)) return []
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
  const compact = words.replace(/\s+/g, '')
  if (!/^(?:tối|tuyệt)?mật$/.test(compact) && !english.test(compact)) {
    // Run together, as no Vietnamese word is, unless the blank of a harmless phrase was lost.
    const innocent = /^(?:bảo|bí|giải)mật|^mật(?:độ|khẩu|mã|ong|mía)|secret|confidential/
    return innocent.test(compact) ? null : 'doubtful'
  }
  if (/^(?:tối|tuyệt)mật$/.test(words)) return 'sure'
  const first = !/[\p{L}\p{N}\uE000]/u.test(blotted.slice(0, at))
  const last = !/[\p{L}\p{N}\uE000]/u.test(blotted.slice(end))
  const set = setOf(printed.slice(at, end))
  if (set === 'lower') return first && compact.endsWith('mật') ? 'doubtful' : null
  if (set !== 'upper')
    return compact.endsWith('mật') || /^(?:top|strictly)/.test(compact) || first || last
      ? 'doubtful'
      : null
  const others = printed.slice(0, at) + printed.slice(end)
  return (first || last) && setOf(others) !== 'upper' ? 'sure' : 'doubtful'
}
