/**
 * XML as a careful reader takes it. fast-xml-parser makes the object, and makes one of half a document too; so sax
 * reads the same bytes strictly, and both must have read the same texts. All values are text, an attribute is
 * `@name`, an element that is repeated where no list was agreed is an array, which no field takes for its value.
 */
import { XMLParser } from 'fast-xml-parser'
import { GuardedXml } from '#src/edxml/guarded-xml.ts'
import { defaultLimits } from '#src/edxml/limits.ts'
import { Problems, Unreadable } from '#src/edxml/problem.ts'

/** `lists` are the paths that hold items, however many. Throws `SyntaxError`, which says nothing of what it read. */
export function parseStrictXml(bytes: Uint8Array, lists: readonly string[]): unknown {
  const texts = textsBySax(Buffer.from(bytes))
  const answer = parsed(decoder.decode(bytes), lists)
  if (textsOf(answer).sort().join('\0') !== texts.sort().join('\0'))
    throw new SyntaxError('two readers of the XML disagree')
  for (const path of lists) openEmptyList(answer, path.split('.'))
  return answer
}

const decoder = new TextDecoder('utf-8', { fatal: true })
const limits = { ...defaultLimits, elements: 500_000, textTotal: 64 * 1024 * 1024 }

function textsBySax(bytes: Buffer): string[] {
  const found: string[] = []
  const open: string[] = []
  const take = (text: string) => {
    if (text.trim() !== '') found.push(text.trim())
  }
  const events = {
    open(_name: string, attributes: readonly { name: string; value: string }[]) {
      for (const { name, value } of attributes) if (!isNamespace(name)) take(value)
      open.push('')
    },
    text(text: string) {
      open.push(open.pop() + text)
    },
    close() {
      take(open.pop()!)
    },
    // No value: the other parser leaves them out as well.
    aside() {},
  }
  try {
    const reader = new GuardedXml(limits, events, new Problems())
    reader.write(bytes)
    reader.end()
  } catch (error) {
    if (error instanceof Unreadable) throw new SyntaxError('the XML cannot be read')
    throw error
  }
  return found
}

function parsed(text: string, lists: readonly string[]): unknown {
  const parser = new XMLParser({
    ignoreAttributes: (name) => isNamespace(name),
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    removeNSPrefix: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    processEntities: {
      enabled: true,
      maxTotalExpansions: 1_000_000,
      maxExpandedLength: text.length,
    },
    htmlEntities: true,
    isArray: (_name, path) => lists.includes(String(path)),
  })
  try {
    return parser.parse(text)
  } catch {
    throw new SyntaxError('the XML cannot be read')
  }
}

/** `xmlns` and `xmlns:a` name no value. */
function isNamespace(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:')
}

function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return node.trim() === '' ? [] : [node.trim()]
  return Object.values(node as object).flatMap(textsOf)
}

/** `<items/>` holds no item, and says so. */
function openEmptyList(answer: unknown, [name, ...rest]: readonly string[]): void {
  if (name === undefined || typeof answer !== 'object' || answer === null) return
  const holder = answer as Record<string, unknown>
  if (rest.length === 1 && holder[name] === '') holder[name] = { [rest[0]!]: [] }
  else for (const one of [holder[name]].flat()) openEmptyList(one, rest)
}
