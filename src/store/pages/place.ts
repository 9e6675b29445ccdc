/**
 * Where in a list a page begins: behind or before a row that another page showed, by its key and id. Counting rows
 * to skip them takes the longer the further one reads, and loses or repeats rows while others come and go.
 */
export interface Place {
  readonly key: string | null
  readonly id: string | null
  readonly direction: 'after' | 'before'
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** What the address of the next and the previous page names; null where there is none. */
  readonly after: string | null
  readonly before: string | null
}

const start: Place = { key: null, id: null, direction: 'after' }

/** `2026-12-02T17:00:00.000Z_0198…`; whatever else stands in an address is the start of the list. */
export function placeOf(
  { after, before }: { readonly [name: string]: string | undefined },
  of: 'day' | 'instant' | 'number' = 'instant',
): Place {
  return placeAt(after, 'after', of) ?? placeAt(before, 'before', of) ?? start
}

function placeAt(
  text: string | undefined,
  direction: Place['direction'],
  of: keyof typeof forms,
): Place | null {
  const [, key = '', id = ''] = /^([0-9TZ:.-]{1,30})_([0-9a-f-]{36})$/.exec(text ?? '') ?? []
  const isKey = forms[of].test(key) && (of === 'number' || !Number.isNaN(Date.parse(key)))
  return isKey && isId(id) ? { key, id, direction } : null
}

const forms = {
  day: /^\d{4}-\d{2}-\d{2}$/,
  instant: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  number: /^\d{1,15}$/,
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** The condition and the order of a reading from there; its statement binds `place` and `placeId`. */
export function readingFrom(
  { key, direction }: Place,
  column: string,
  id: string,
  type: 'timestamptz' | 'date' | 'bigint',
  order: 'up' | 'down',
): string {
  const isUp = (order === 'up') === (direction === 'after')
  const sorted = `order by ${column} ${isUp ? '' : 'desc'}, ${id} ${isUp ? '' : 'desc'}`
  const begins =
    key === null
      ? `and (:place::text is null and :placeId::text is null)`
      : `and (${column}, ${id}) ${isUp ? '>' : '<'} (:place::${type}, :placeId::uuid)`
  return `${begins} ${sorted}`
}

/** One row more was asked for than is shown: it tells whether there is a further page. */
export function pageOf<Row extends { readonly id: string }>(
  found: readonly Row[],
  place: Place,
  limit: number,
  keyOf: (row: Row) => string,
): Page<Row> {
  const hasMore = found.length > limit
  const shown = found.slice(0, limit)
  const rows = place.direction === 'before' ? shown.reverse() : shown
  const name = (row: Row | undefined) => (row ? `${keyOf(row)}_${row.id}` : null)
  const isForward = place.direction === 'after'
  return {
    rows,
    after: isForward && !hasMore ? null : name(rows.at(-1)),
    before: (isForward ? place.key === null : !hasMore) ? null : name(rows[0]),
  }
}
