/**
 * Stamp-like marks of secrecy in printed text, and what only looks like one (docs/decisions/0002). Pure and total: any
 * string gets an answer. What stays ambiguous is a mark.
 */
import { guessedReadings, legacyReadings } from './legacy-encoding.ts'
import { type Folded, fold, isLegible, isTooMuch } from './letters.ts'
import { type MarkFinding, strongest } from './mark-finding.ts'
import { inName } from './mark-in-name.ts'
import { inText } from './mark-in-text.ts'
import { isBrokenUtf8, unwrappedReadings } from './transfer-encoding.ts'

export { secretSuffix, suffixInName } from './secret-suffix.ts'

export function markInText(raw: string): MarkFinding {
  if (isTooMuch(raw)) return 'undecipherable'
  const texts = readings(raw)
  return strongest([
    illegible(texts),
    ...texts.map(fold).flatMap((text) => [inText(text), atMostDoubtful(inUnaccented(text))]),
    atMostDoubtful(strongest(guessedReadings(raw).map((text) => inText(fold(text))))),
  ])
}

/** Names of files, symbols and numbers are commonly written without diacritics, so there `mat` counts as well. */
export function markInFileName(raw: string): MarkFinding {
  if (isTooMuch(raw)) return 'undecipherable'
  const texts = readings(raw)
  const stems = texts.map((text) => text.replace(/(?:\.[A-Za-z0-9]{1,5}){1,2}$/, ''))
  return strongest([
    illegible(texts),
    ...[...new Set([...texts, ...stems])].map(fold).flatMap((name) => [inText(name), inName(name)]),
    atMostDoubtful(strongest(guessedReadings(raw).map((name) => inText(fold(name))))),
  ])
}

/** A whole text without diacritics was written as names of files are, and is read as they are. */
function inUnaccented(folded: Folded): MarkFinding {
  return /\P{ASCII}/u.test(folded.text) ? null : inName(folded)
}

/** What rests on a guess withholds for a person, and purges nothing. */
function atMostDoubtful(finding: MarkFinding): MarkFinding {
  return finding === 'sure' ? 'doubtful' : finding
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
  // `M?T`, `Tri?n khai`: a database without Unicode wrote question marks for the letter.
  const lostLetters = /\p{Ll}\?\p{Ll}(?![^\s]{0,200}=)|\p{Lu}\?{1,3}\p{L}/u.test(asWritten)
  const unread = !isLegible(asWritten) || !isLegible(unwrappedReadings(asWritten).at(-1) ?? '')
  return lostLetters || unread || texts.every(isBrokenUtf8) ? 'undecipherable' : null
}
