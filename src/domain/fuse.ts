/** Up to this many at once are ordinary work of an office. */
const ordinary = 5
const ordinaryShare = 0.05

/** Whether so many of what a store holds may not go at one source's word alone (docs/decisions/0012). */
export function isUnusual(count: number, outOf: number): boolean {
  return count > ordinary && count > outOf * ordinaryShare
}
