/**
 * JSON as a careful reader takes it: bytes that are not UTF-8 and objects that name a field twice are
 * refused (`JSON.parse` would silently keep the last, and the first may be the one that says Mật), and
 * integers beyond 2^53 arrive as text, because two documents must not round to one id.
 */
export function parseStrictJson(bytes: Uint8Array | string): unknown {
  const text = typeof bytes === 'string' ? bytes : decoder.decode(bytes)
  const value: unknown = mayHoldLongNumber.test(text)
    ? JSON.parse(text, exactNumber)
    : JSON.parse(text)
  if (repeatsAField(text)) throw new SyntaxError('an object names a field twice')
  return value
}

/** Looking at each value costs more than reading them all, and hardly an answer has such a number. */
const mayHoldLongNumber = /\d{16}|\d[eE][+-]?\d+\s*(?:[,\]}]|$)/

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
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found, colon] = match
    if (found === '{') open.push(new Set())
    else if (found === '}') open.pop()
    else if (colon !== undefined) {
      const names = open.at(-1)
      const quoted = found.slice(0, -colon.length)
      const name: string = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}
