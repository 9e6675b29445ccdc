import { fold } from './letters.ts'

/** A syllable beside mặt, mất, mắt, mát or mật, and the one behind it, without diacritics. */
interface Neighbour {
  readonly side: 'before' | 'after'
  readonly near: string
  readonly far: string | null
}

/** What stands beside mat in a document's own subject. */
export type Neighbours = readonly Neighbour[]

export const noNeighbours: Neighbours = []

/** Of a subject that carries no mark. */
export function neighboursIn(subject: string): Neighbours {
  const { text } = fold(subject)
  const found = [...text.matchAll(/(?<!\p{L})m[ạặấắáậ]t(?!\p{L})/gu)].flatMap(
    ({ 0: { length }, index }) => besideOf(text, index, index + length),
  )
  return found.length === 0 ? noNeighbours : found
}

export function besideOf(text: string, at: number, end: number): Neighbour[] {
  const before = /(?:(\p{L}+) )?(\p{L}+) $/u.exec(text.slice(Math.max(0, at - 30), at))
  const after = /^ (\p{L}+)(?: (\p{L}+))?/u.exec(text.slice(end, end + 30))
  return [
    ...(before?.[2] ? [neighbour('before', before[2], before[1])] : []),
    ...(after?.[1] ? [neighbour('after', after[1], after[2])] : []),
  ]
}

/** `mặt bằng dự án` of a subject says something of `mat bang` and of `mat bang du an`, and nothing of `mat bang ke`. */
export function isSaidBy(ofName: Neighbour, ofSubject: Neighbour): boolean {
  return (
    ofName.side === ofSubject.side &&
    ofName.near === ofSubject.near &&
    (ofName.far === null || ofName.far === ofSubject.far)
  )
}

function neighbour(side: 'before' | 'after', near: string, far: string | undefined): Neighbour {
  return { side, near: bare(near), far: far === undefined ? null : bare(far) }
}

function bare(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd')
}
