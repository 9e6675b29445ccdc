/**
 * JSON as a careful reader takes it: bytes that are not UTF-8 and objects that name a field twice are
 * refused (`JSON.parse` would silently keep the last, and the first may be the one that says Mật), and
 * integers beyond 2^53 arrive as text, because two documents must not round to one id.
 */
export function parseStrictJson(bytes: Uint8Array | string): unknown {
  const text = typeof bytes === 'string' ? bytes : decoder.decode(bytes)
  const value: unknown = JSON.parse(text, exactNumber)
  if (repeatsAField(text)) throw new SyntaxError('an object names a field twice')
  return value
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The third argument, the number as written, is in Node and not yet in TypeScript's library. */
function exactNumber(_key: string, value: unknown, ...[context]: { source?: string }[]): unknown {
  const rounded =
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
  return rounded && context?.source !== undefined ? context.source : value
}

/** Expects valid JSON. */
function repeatsAField(text: string): boolean {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g
  const open: Set<string>[] = []
  for (const [found, colon] of text.matchAll(token)) {
    if (found === '{') open.push(new Set())
    else if (found === '}') open.pop()
    else if (colon !== undefined) {
      const names = open.at(-1)
      const name: string = JSON.parse(found.slice(0, -colon.length))
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}
