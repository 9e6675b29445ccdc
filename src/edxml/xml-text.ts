/** An element that is written: its name with prefix, and its text or its children. */
export interface Part {
  readonly name: string
  readonly attributes: string
  readonly content: string | readonly Part[]
}

/** What the official builder does not write, empty texts and absent values, becomes no part. */
export function part(
  name: string,
  content: string | number | boolean | null | readonly Part[],
): Part[] {
  if (content === null) return []
  if (typeof content === 'object')
    return content.length === 0 ? [] : [{ name, attributes: '', content }]
  const text = String(content).trim()
  return text === '' ? [] : [{ name, attributes: '', content: text }]
}

/** Lines as the official builder writes them: two spaces, CRLF, also for line ends inside a text (wire §1.1). */
export function renderPart({ name, attributes, content }: Part, depth: number): string {
  const indent = '  '.repeat(depth)
  if (typeof content === 'string')
    return `${indent}<${name}${attributes}>${escapeText(content, name)}</${name}>\r\n`
  if (content.length === 0) return `${indent}<${name}${attributes} />\r\n`
  const inner = content.map((child) => renderPart(child, depth + 1)).join('')
  return `${indent}<${name}${attributes}>\r\n${inner}${indent}</${name}>\r\n`
}

/** A value that XML cannot hold. The sentence names the element and not the value. */
export class NotWritable extends Error {
  override readonly name = 'NotWritable'
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const notXmlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

function escapeText(text: string, name: string): string {
  if (notXmlCharacter.test(text) || !text.isWellFormed())
    throw new NotWritable(
      `The text for ${name} holds a control character, which XML cannot carry. Remove it and send again.`,
    )
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('\r', '&#xD;')
      // As the library of the axis writes them; it reads both forms.
      .replace(/[\u{10000}-\u{10ffff}]/gu, (one) => `&#x${one.codePointAt(0)!.toString(16)};`)
      .replaceAll('\n', '\r\n')
  )
}
