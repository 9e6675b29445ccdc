/** Which text the store can hold. Whatever comes from outside passes here before it is kept. */

/** What Postgres can hold as text, and as JSON: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** The same value with every text in it as it can be held. For text that decides nothing: a name is not mended but refused. */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return withoutUnstorable(value, '\ufffd') as T
  if (Array.isArray(value)) return value.map(storable) as T
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, storable(one)])) as T
}

/** What such a text may have said: its letters drawn together, and held apart. */
export function readableWays(text: string): string[] {
  return ['', ' '].map((between) => withoutUnstorable(text, between, between))
}

function withoutUnstorable(text: string, half: string, nul = ''): string {
  if (isStorable(text)) return text
  return text.toWellFormed().replaceAll('\ufffd', half).replaceAll('\0', nul)
}

/**
 * Whether these together are a name that an index can hold: Postgres takes 2704 bytes. Measured as the longest of the
 * forms in which names are compared.
 */
export function isNameSized(...parts: readonly string[]): boolean {
  const compared = parts.join(' ').normalize('NFKD').toUpperCase()
  return Buffer.byteLength(compared) <= longestNameBytes
}

/** No name of an office, a document or a message comes near it. */
const longestNameBytes = 2000
