/**
 * Strings that stand nowhere else in the world, so that a search of everything a bridge has written proves
 * that nothing of a document got there. One stem per document; a last letter tells which field leaked.
 */
import type { Draw } from './draw.ts'

/** Plain capitals and digits survive every encoding; without M, S, A, T or C none spells a mark. */
const alphabet = 'BDFGHJKLNPQRVWXZ23456789'

const places = {
  subject: 'B',
  symbol: 'D',
  signer: 'F',
  position: 'G',
  recipient: 'H',
  summary: 'J',
  fileName: 'K',
  fileContent: 'L',
  issuer: 'N',
  place: 'P',
  description: 'Q',
  documentId: 'R',
  reason: 'V',
  typist: 'W',
  staff: 'X',
} as const

export interface Canary {
  /** Search for this: every canary of the document begins with it. */
  readonly stem: string
  in(place: keyof typeof places): string
}

export function canaryFrom(draw: Draw): Canary {
  return canaryOf(`QZ${Array.from({ length: 9 }, () => draw.pick([...alphabet])).join('')}`)
}

/** The canary of a document whose stem is known. */
export function canaryOf(stem: string): Canary {
  return { stem, in: (place) => stem + places[place] }
}

/** Nine digits, far from the ids of ordinary documents; search for it as a whole number. */
export function canaryId(draw: Draw): number {
  return draw.int(300_000_000, 999_999_999)
}
