/**
 * Stamp-like marks of secrecy in printed text, and what only looks like one (docs/decisions/0002). Pure and total: any
 * string gets an answer. What stays ambiguous is a mark.
 */
import { guessedReadings, legacyReadings } from './legacy-encoding.ts'
import { type Folded, fold, isLegible, isTooMuch, withPlainBullets } from './letters.ts'
import { asSeen } from './literal.ts'
import { type MarkFinding, strongest } from './mark-finding.ts'
import { inName } from './mark-in-name.ts'
import { inText } from './mark-in-text.ts'
import { withoutTails } from './name-of-file.ts'
import { type Neighbours, noNeighbours } from './neighbours.ts'
import {
  guessedUnwrappings,
  isBrokenUtf8,
  isWrappedTooOften,
  unwrappedReadings,
} from './transfer-encoding.ts'

export { secretSuffix } from './secret-suffix.ts'
export { suffixInName } from './suffix-in-name.ts'

export function markInText(written: string): MarkFinding {
  if (isTooMuch(written)) return 'undecipherable'
  const read = readings(asSeen(written))
  return strongest([
    illegible(read),
    ...read.asSaid.map(fold).flatMap((text) => [inText(text), atMostDoubtful(inUnaccented(text))]),
    ...read.guessed
      .map(fold)
      .flatMap((text) => [inText(text), inUnaccented(text)].map(atMostDoubtful)),
  ])
}

/**
 * Names of files are commonly written without diacritics, so there `mat` counts as well. `beside` is what stands beside it
 * in the document's own subject.
 */
export function markInFileName(written: string, beside: Neighbours = noNeighbours): MarkFinding {
  if (isTooMuch(written)) return 'undecipherable'
  const read = readings(asSeen(written))
  return strongest([
    illegible(read),
    ...inNames(read.asSaid, beside),
    ...inNames(read.guessed, beside).map(atMostDoubtful),
  ])
}

/** In symbols and numbers nothing is guessed: their letters abbreviate, and an abbreviation decodes to anything. */
export function markInCode(written: string): MarkFinding {
  if (isTooMuch(written)) return 'undecipherable'
  const raw = asSeen(written)
  const asSaid = saidReadings(raw)
  return strongest([
    illegible({ asSaid, guessed: [] }),
    ofStateSecrets.test(raw) ? 'doubtful' : null,
    lettersOfOldFonts.test(raw) ? 'undecipherable' : null,
    ...inNames(asSaid, noNeighbours),
  ])
}

/** BMNN for itself; in the abbreviation of a committee it is not. */
const ofStateSecrets = /(?<![\p{L}\p{N}])bmnn(?![\p{L}\p{N}])/iu
const lettersOfOldFonts = /[ÄÅÆÇËÎÏÑÖÛÜäåæçëîïñöûü¶§¤¦«»^]|[áÁ]º|[\u0080-\u009f]/

function inNames(texts: readonly string[], beside: Neighbours): MarkFinding[] {
  return texts.map((text) => inName(fold(withoutTails(text)), beside))
}

/** A whole text without diacritics was written as names of files are, and is read as they are. */
function inUnaccented(folded: Folded): MarkFinding {
  return /\P{ASCII}/u.test(folded.text) ? null : inName(folded, noNeighbours)
}

/** What rests on a guess withholds for a person, and purges nothing. */
function atMostDoubtful(finding: MarkFinding): MarkFinding {
  return finding === 'sure' ? 'doubtful' : finding
}

interface Readings {
  /** The text as it stands, first, and what it says in so many words. */
  readonly asSaid: readonly string[]
  /** What it may say if it came through an encoding that it does not name. */
  readonly guessed: readonly string[]
}

function readings(raw: string): Readings {
  const asSaid = saidReadings(raw)
  const unwrapped = asSaid.flatMap(guessedUnwrappings)
  const legacy = [...asSaid, ...unwrapped].flatMap(legacyReadings)
  const guessed = new Set([...unwrapped, ...legacy, ...guessedReadings(raw)])
  for (const text of asSaid) guessed.delete(text)
  return { asSaid, guessed: [...guessed] }
}

function saidReadings(written: string): string[] {
  const raw = withPlainBullets(written)
  return [...new Set([raw, ...unwrappedReadings(raw)])]
}

function illegible({ asSaid, guessed }: Readings): MarkFinding {
  const [asWritten = ''] = asSaid
  const last = asSaid.at(-1) ?? ''
  // `M?T`, `Tri?n khai`: a database without Unicode wrote question marks for the letter.
  const lostLetters = /\p{Ll}\?\p{Ll}(?![^\s]{0,200}=)|\p{Lu}\?{1,3}\p{L}/u.test(asWritten)
  const unread = !isLegible(asWritten) || !isLegible(last) || isWrappedTooOften(last)
  const isBroken = [...asSaid, ...guessed].every(isBrokenUtf8)
  return lostLetters || unread || isBroken ? 'undecipherable' : null
}
