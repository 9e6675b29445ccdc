/**
 * Of a job's input, row ids and windows: what promise 1 (docs/architecture.md#promises) allows a job to carry. Whatever
 * else a mistake puts there is not shown, neither its name nor its value.
 */
export function shownInput(input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null) return {}
  return Object.fromEntries(
    Object.entries(input).filter(
      ([name, value]) => typeof value === 'string' && allowed.get(name)?.test(value),
    ),
  )
}

const rowId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const day = /^\d{4}-\d{2}-\d{2}$/

const allowed: ReadonlyMap<string, RegExp> = new Map([
  ['source', /^[a-z0-9][a-z0-9-]{0,39}$/],
  ['kind', /^(head|deep|backfill)$/],
  ['pass', rowId],
  ['intake', rowId],
  ['outbox', rowId],
  ['directive', rowId],
  ['from', day],
  ['until', day],
])
