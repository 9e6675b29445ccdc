/** Chance that repeats itself: the same seed always draws the same. */

export interface Draw {
  /** At least 0, below 1. */
  next(): number
  /** A whole number, both ends included. */
  int(from: number, until: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** Some of the list, all different, in random order. */
  some<T>(list: readonly T[], howMany: number): T[]
}

export function drawFrom(seed: number | string): Draw {
  const next = mulberry32(hash(String(seed)))
  const int = (from: number, until: number) => from + Math.floor(next() * (until - from + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(0, list.length - 1)]!,
    some: (list, howMany) => shuffled(list, int).slice(0, howMany),
  }
}

/** Deals every card once before any comes again, so that shares are exact and no card is left out. */
export function deckOf<T>(cards: readonly T[], draw: Draw): () => T {
  let left: T[] = []
  return () => {
    if (left.length === 0) left = draw.some(cards, cards.length)
    return left.pop()!
  }
}

/** FNV-1a over UTF-16 code units, with a final avalanche because neighbouring seeds should differ. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/** The small public-domain generator of that name: 32 bits of state, good enough for invented documents. */
function mulberry32(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function shuffled<T>(list: readonly T[], int: (from: number, until: number) => number): T[] {
  const cards = [...list]
  for (let last = cards.length - 1; last > 0; last -= 1) {
    const other = int(0, last)
    const card = cards[last]!
    cards[last] = cards[other]!
    cards[other] = card
  }
  return cards
}
