/**
 * Requests as values: addresses, parameters and the body of a reply, filled in from the profile's
 * templates. `{name}` is a placeholder; a text that is one placeholder and nothing else keeps the
 * value's own type, so that an absent value becomes `null` and not `""`.
 *
 * In a body `$when: document` makes an object null where the reply has no document, and `$each: file`
 * repeats the only element of an array for every file.
 */

export type Values = Readonly<Record<string, string | number | null>>

export const replyPlaceholders = [
  'reply.id',
  'reply.outcome',
  'reply.completedOn',
  'reply.explanation',
  'unit.code',
  'unit.name',
  'sender.code',
  'sender.name',
  'directive.ref',
  'directive.code',
  'directive.issuedOn',
  'directive.issuer',
  'document.number',
  'document.symbol',
  'document.code',
  'document.issuedOn',
  'document.typeName',
  'document.subject',
  'document.signer',
] as const
const filePlaceholders = ['file.name', 'file.mediaType', 'file.size', 'file.base64'] as const

/** A path with its values encoded, so that no value can leave its segment. */
export function fillPath(template: string, values: Values): string {
  return fill(template, values, encodeURIComponent)
}

export function fillParams(
  templates: Readonly<Record<string, string>>,
  values: Values,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [name, fillText(template, values)]),
  )
}

/** Without those whose placeholder has no value. */
export function fillKnown(
  templates: Readonly<Record<string, string>>,
  values: Values,
): Record<string, string> {
  const known = Object.entries(templates).filter(([, template]) =>
    Object.entries(values).every(
      ([name, value]) => value !== null || !template.includes(`{${name}}`),
    ),
  )
  return fillParams(Object.fromEntries(known), values)
}

export function fillText(template: string, values: Values): string {
  return fill(template, values, (value) => value)
}

/** `values` of the reply, and one more set for each of its files. */
export function fillBody(node: unknown, values: Values, files: readonly Values[]): unknown {
  if (typeof node === 'string') return fillLeaf(node, values)
  if (Array.isArray(node)) {
    const [only] = node
    if (!repeats(only)) return node.map((item) => fillBody(item, values, files))
    return files.map((file) => fillObject(only, { ...values, ...file }, files))
  }
  return isObject(node) ? fillObject(node, values, files) : node
}

/** Everything wrong with a body template, as sentences. */
export function bodyProblems(node: unknown, insideFile = false): string[] {
  if (typeof node === 'string') {
    const known = insideFile ? [...replyPlaceholders, ...filePlaceholders] : replyPlaceholders
    return unknownPlaceholders(node, known).map(
      (name) => `unknown placeholder {${name}}; known here: ${known.join(', ')}`,
    )
  }
  if (Array.isArray(node)) {
    if (node.length > 1 && node.some(repeats)) return ['$each must stand in the only element']
    return node.flatMap((item) => bodyProblems(item, insideFile || repeats(item)))
  }
  if (!isObject(node)) return []
  if ('$each' in node && !insideFile) return ['$each belongs into the only element of an array']
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === '$when') return value === 'document' ? [] : ['$when knows only: document']
    if (key === '$each') return value === 'file' ? [] : ['$each knows only: file']
    if (key.startsWith('$')) return [`${key} is unknown; use $when or $each`]
    return bodyProblems(value, insideFile)
  })
}

export function unknownPlaceholders(template: string, known: readonly string[]): string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)]
    .map((found) => found[1] ?? '')
    .filter((name) => !known.includes(name))
}

function fillObject(
  node: Record<string, unknown>,
  values: Values,
  files: readonly Values[],
): Record<string, unknown> | null {
  if (node.$when === 'document' && (values['document.number'] ?? null) === null) return null
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => !key.startsWith('$'))
      .map(([key, value]) => [key, fillBody(value, values, files)]),
  )
}

function fillLeaf(template: string, values: Values): string | number | null {
  const whole = /^\{([^{}]+)\}$/.exec(template)?.[1]
  return whole === undefined ? fillText(template, values) : placed(whole, values)
}

function fill(template: string, values: Values, write: (value: string) => string): string {
  return template.replace(/\{([^{}]+)\}/g, (_, name: string) =>
    write(String(placed(name, values) ?? '')),
  )
}

function placed(name: string, values: Values): string | number | null {
  const value = values[name]
  if (value === undefined) throw new Error(`the placeholder {${name}} has no value here`)
  return value
}

function repeats(node: unknown): node is Record<string, unknown> {
  return isObject(node) && node.$each === 'file'
}

function isObject(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}
