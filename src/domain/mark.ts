/**
 * Stamp-like marks of secrecy in printed text, and what only looks like one (design §5). Pure and total: any
 * string gets an answer. What stays ambiguous is a mark.
 */
import { asciiPhrases, phrases } from './harmless-phrases.ts'
import { legacyReadings } from './legacy-encoding.ts'
import { type Folded, fold } from './letters.ts'

/** `sure`: an unambiguous mark. `doubtful`: may be one, so it counts. `undecipherable`: nobody can tell. */
export type MarkFinding = 'sure' | 'doubtful' | 'undecipherable' | null

/** Longer text than any subject, summary or name; the rest would only cost time, so it is refused. */
const longestText = 100_000

export function markInText(raw: string): MarkFinding {
  if (raw.length > longestText) return 'undecipherable'
  const [asWritten, ...decoded] = readings(raw)
  const illegible = asWritten!.legible ? null : 'undecipherable'
  return strongest([illegible, ...[asWritten!, ...decoded].map(inText)])
}

/** File names are commonly written without diacritics, so there `mat` counts as well. */
export function markInFileName(raw: string): MarkFinding {
  const found = markInText(raw)
  return raw.length > longestText
    ? found
    : strongest([
        found,
        markInText(raw.replace(/\.[A-Za-z0-9]{1,5}$/, '')),
        ...readings(raw).map(asciiMark),
      ])
}

/** A suffix such as `-M`, `/TM` or `(M)`, unless the source's profile lists it as a unit's abbreviation. */
export function secretSuffix(symbol: string, harmless: readonly string[]): boolean {
  const compact = fold(symbol).text.replace(/\s+/g, '')
  const [suffix] =
    /(?:[-/._–—]|[([{])(?:m|tm|tum|mật|tốimật|tuyệtmật|mat|toimat|tuyetmat)[)\]}]?$/.exec(
      compact,
    ) ?? []
  return (
    suffix !== undefined &&
    !harmless.some((listed) => fold(listed).text.replace(/\s+/g, '') === suffix)
  )
}

const degree = /^(?:(?:tối|tuyệt)\s*)?mật$/
const english = /^(?:top\s*)?secret$|^confidential$/
const word = 'mật'

/** The text as it stands, and as the encodings of old fonts would have it. */
function readings(raw: string): Folded[] {
  return [raw, ...legacyReadings(raw)].map(fold)
}

function inText(reading: Folded): MarkFinding {
  const masked = maskPhrases(reading)
  if (
    segmentsOf(masked).some(
      (segment) =>
        degree.test(segment) || english.test(segment) || degree.test(segment.replaceAll(' ', '')),
    )
  )
    return 'sure'
  if (
    bracketed(reading.text).some(
      (inside) =>
        /^(?:(?:toi|tuyet) ?)?mat$/.test(inside) || degree.test(inside) || english.test(inside),
    )
  )
    return 'sure'
  if (spelledOut(masked)) return 'sure'
  if (/(?:độ|mức|dấu)\s*(?:mật\s*)?[:\-–]?\s*(?:tối|tuyệt)\s*mật/.test(masked)) return 'sure'
  return strongest([...wordsOf(masked)].map((found) => judge(found, masked, reading)))
}

interface Word {
  readonly text: string
  readonly at: number
  readonly before: string
}

/** A word that stands in a sentence: lower case is a topic, capitals are a stamp, anything between is doubtful. */
function judge({ text, at, before }: Word, masked: string, { capital }: Folded): MarkFinding {
  const isEnglish = text === 'secret' || text === 'confidential'
  if (text !== word && !isEnglish) return null
  const capitals = Array.from(text, (_, offset) => capital[at + offset]).filter(Boolean).length
  if (capitals === text.length) return atEdge(masked, at, text.length) ? 'sure' : 'doubtful'
  if (isEnglish) return null
  if (capitals > 0) return /(?:^|\s)(?:văn|thị)\s+$/.test(before) ? null : 'doubtful'
  return before.trim() === '' ? 'doubtful' : null
}

function atEdge(masked: string, at: number, length: number): boolean {
  return (
    !/[\p{L}\p{N}]/u.test(masked.slice(0, at)) || !/[\p{L}\p{N}]/u.test(masked.slice(at + length))
  )
}

/** Listed phrases are blotted out, keeping every position. A stamp set beside half a phrase is not part of it. */
function maskPhrases({ text, capital }: Folded): string {
  let masked = text
  for (const phrase of phrases) {
    for (const found of text.matchAll(phrase)) {
      const at = found.index
      if (differentlySet(found[0], at, capital)) continue
      masked =
        masked.slice(0, at) +
        found[0].replace(/[^\s]/g, '\uE000') +
        masked.slice(at + found[0].length)
    }
  }
  return masked
}

/** True when one word of a phrase is all capitals and another has none. */
function differentlySet(phrase: string, at: number, capital: readonly boolean[]): boolean {
  let all = false
  let none = false
  for (const found of phrase.matchAll(/\p{L}+/gu)) {
    const capitals = Array.from(found[0], (_, offset) => capital[at + found.index + offset]).filter(
      Boolean,
    ).length
    if (capitals === found[0].length && found[0].length > 1) all = true
    if (capitals === 0) none = true
  }
  return all && none
}

function segmentsOf(masked: string): string[] {
  return masked
    .split(/[^\p{L}\p{M}\p{N}\uE000 \t\u00A0]+/u)
    .map((segment) => segment.replace(/\s+/g, ' ').trim())
}

function bracketed(text: string): string[] {
  return [...text.matchAll(/[([{<«‹“"'【〈](.{0,24}?)[)\]}>»›”"'】〉]/gsu)].map((found) =>
    found[1]!.replace(/[\s.\-_*:]+/g, ' ').trim(),
  )
}

/** `m ậ t`, `M.Ậ.T`, `MẬ T`: single letters, or pieces of the word, held apart by anything but letters. */
function spelledOut(masked: string): boolean {
  const apart = '[^\\p{L}\\p{N}\\uE000]+'
  const edge = '(?<![\\p{L}\\uE000])'
  const end = '(?![\\p{L}\\uE000])'
  return new RegExp(
    `${edge}m${apart}ậ${apart}t${end}|${edge}mậ${apart}t${end}|${edge}m${apart}ật${end}`,
    'u',
  ).test(masked)
}

function* wordsOf(masked: string): Generator<Word> {
  for (const found of masked.matchAll(/\p{L}+/gu))
    yield {
      text: found[0],
      at: found.index,
      before: masked.slice(Math.max(0, found.index - 40), found.index),
    }
}

function asciiMark({ text, capital }: Folded): MarkFinding {
  let masked = text.replace(/[^\p{L}]+/gu, ' ')
  if (/(?:^| )(?:toi|tuyet) ?mat(?: |$)/.test(masked)) return 'sure'
  for (const phrase of asciiPhrases) masked = masked.replace(phrase, ' . ')
  if (!/(?:^| )mat(?: |$)/.test(masked)) return null
  return capital.some(Boolean) || /^ ?mat(?: [a-z]{1,5})? ?$/.test(masked) ? 'sure' : 'doubtful'
}

function strongest(findings: readonly MarkFinding[]): MarkFinding {
  return (
    (['sure', 'undecipherable', 'doubtful'] as const).find((finding) =>
      findings.includes(finding),
    ) ?? null
  )
}
