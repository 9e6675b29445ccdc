/** What Postgres can hold as text: no NUL, no half of a surrogate pair. */
export function isStorable(given: unknown): boolean {
  if (typeof given === 'string') return !given.includes('\0') && given.isWellFormed()
  if (typeof given !== 'object' || given === null) return true
  return Object.entries(given).every((pair) => pair.every(isStorable))
}
