/**
 * Stamp-like marks of secrecy in printed text, and what only looks like one (design §5). Pure and total: any
 * string gets an answer. What stays ambiguous is a mark.
 */
import { legacyReadings } from './legacy-encoding.ts'
import { fold, isLegible } from './letters.ts'
import { inName } from './mark-in-name.ts'
import { inText, strongest } from './mark-in-text.ts'
import { isBrokenUtf8, unwrappedReadings } from './transfer-encoding.ts'

export { secretSuffix } from './secret-suffix.ts'

/** `sure`: an unambiguous mark. `doubtful`: may be one, so it counts. `undecipherable`: nobody can tell. */
export type MarkFinding = 'sure' | 'doubtful' | 'undecipherable' | null

/** Longer than any subject, summary or name; more would only cost time, so it is refused. */
const longestText = 20_000

export function markInText(raw: string): MarkFinding {
  if (raw.length > longestText) return 'undecipherable'
  const texts = readings(raw)
  return strongest([illegible(texts), ...texts.map((text) => inText(fold(text)))])
}

/** File names are commonly written without diacritics, so there `mat` counts as well. */
export function markInFileName(raw: string): MarkFinding {
  if (raw.length > longestText) return 'undecipherable'
  const texts = readings(raw)
  const stems = texts.map((text) => text.replace(/(?:\.[A-Za-z0-9]{1,5}){1,2}$/, ''))
  return strongest([
    illegible(texts),
    ...[...texts, ...stems].map(fold).flatMap((name) => [inText(name), inName(name)]),
  ])
}

/** The text as it stands, first, and as the encodings it may have gone through would have it. */
function readings(raw: string): string[] {
  const composed = raw.normalize('NFC')
  const texts = new Set([raw, ...unwrappedReadings(raw)])
  if (composed !== raw) for (const text of unwrappedReadings(composed)) texts.add(text)
  for (const text of [...texts]) for (const legacy of legacyReadings(text)) texts.add(legacy)
  return [...texts]
}

function illegible(texts: readonly string[]): MarkFinding {
  const [asWritten = ''] = texts
  // `M?T`, `Tri?n khai`: a database without Unicode wrote a question mark for the letter.
  const lostLetters = /\p{Ll}\?\p{Ll}(?![^\s]*=)|\p{Lu}\?\p{L}/u.test(asWritten)
  return lostLetters || !isLegible(asWritten) || texts.every(isBrokenUtf8) ? 'undecipherable' : null
}
