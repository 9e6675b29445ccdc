/**
 * Of what a ring leaves, the kind of work, how it ended and how long it took: what promise 1
 * (docs/architecture.md#promises) allows a job to carry. Whatever else a mistake puts there is not shown, neither its name
 * nor its value.
 */
export function shownEnding(left: unknown): Record<string, unknown> {
  if (typeof left !== 'object' || left === null) return {}
  return Object.fromEntries(
    Object.entries(left).filter(([name, value]) => allowed.get(name)?.(value) ?? false),
  )
}

const isWord = (form: RegExp) => (value: unknown) => typeof value === 'string' && form.test(value)

const allowed: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['job', isWord(/^[a-z]{1,12}(-[a-z]{1,12}){1,2}$/)],
  ['ended', isWord(/^(done|open|failed|notOurs|nothingDue)$/)],
  ['ms', (value: unknown) => Number.isInteger(value)],
])
