import sax from 'sax'
import { Characters } from './characters.ts'
import type { Limits } from './limits.ts'
import { type Attribute, localName, printableName } from './names.ts'
import { type Problems, refuse } from './problem.ts'

/** Names are local names: prefixes differ between writers and are not always declared (wire §7). */
export interface XmlEvents {
  open(name: string, attributes: readonly Attribute[]): void
  text(text: string): void
  close(): void
  /** What stands beside the elements: a comment, an instruction, text before the root, a prefix. */
  aside(text: string): void
}

const strayTextAtMost = 32
const stateOfText = (sax as unknown as { STATE: { TEXT: number } }).STATE.TEXT
const blankStartAtMost = 4096
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const notXmlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

/**
 * Bytes in, events out, under the limits. Built on sax in strict mode without namespaces, and strict where sax
 * is not: two roots, repeated attributes, characters that XML forbids, bytes that are no text. Throws Unreadable.
 */
export class GuardedXml {
  readonly #limits: Limits
  readonly #events: XmlEvents
  readonly #problems: Problems
  // `position: false` is twice as fast and turns off the only length check sax has: see #checkMarkup.
  readonly #parser = sax.parser(true, { position: false, strictEntities: true } as sax.SAXOptions)
  readonly #characters = new Characters()
  readonly #path: string[] = []
  #start: string | null = ''
  #attributes: Attribute[] = []
  #seen = new Set<string>()
  #elements = 0
  #rootSeen = false
  #sinceEvent = 0

  constructor(limits: Limits, events: XmlEvents, problems: Problems) {
    this.#limits = limits
    this.#events = events
    this.#problems = problems
    this.#listen()
  }

  write(bytes: Buffer): void {
    this.#take(this.#characters.take(bytes))
  }

  end(): void {
    this.#take(this.#characters.last())
    if (this.#start !== null) refuse(this.#start.trim() === '' ? 'empty' : 'notXml')
    if (!this.#rootSeen || this.#path.length > 0) refuse('truncated', this.where())
    this.#parser.close()
  }

  /** The open elements, without values. */
  where(): string | null {
    return this.#path.length === 0 ? null : this.#path.map(printableName).join('/')
  }

  #listen(): void {
    const parser = this.#parser
    parser.onerror = () => {
      const { doctype } = parser as unknown as { doctype: unknown }
      refuse(doctype ? 'doctype' : 'notWellFormed', this.where())
    }
    parser.ondoctype = () => refuse('doctype')
    parser.onsgmldeclaration = () => refuse('notWellFormed', this.where())
    parser.onopentagstart = (tag) => this.#beginTag(tag)
    parser.onattribute = ({ name, value }) => this.#attribute(name, String(value))
    parser.onopentag = ({ name }) => this.#open(name)
    parser.onclosetag = () => {
      this.#sinceEvent = 0
      this.#path.pop()
      this.#events.close()
    }
    parser.ontext = (text) => this.#text(text)
    parser.oncdata = (text) => this.#text(text)
    parser.oncomment = (text) => {
      this.#sinceEvent = 0
      this.#events.aside(text)
    }
    parser.onprocessinginstruction = ({ name, body }) => this.#instruction(name, body)
  }

  /** sax drops a repeated attribute without a word, and fails on one that is called hasOwnProperty. */
  #beginTag(tag: object): void {
    this.#seen = new Set()
    this.#attributes = []
    const repeats = (name: string) =>
      this.#seen.has(name) ? refuse('notWellFormed', this.where()) : false
    const attributes = new Proxy({}, { get: () => repeats, set: () => true })
    Object.assign(tag, { attributes })
  }

  #attribute(name: string, value: string): void {
    this.#sinceEvent = 0
    if (this.#seen.size >= this.#limits.attributes) refuse('tooMany', this.where(), 'attributes')
    if (name.length > this.#limits.name || value.length > this.#limits.name)
      refuse('tooLong', this.where())
    this.#seen.add(name)
    this.#prefix(name)
    this.#attributes.push({ name, value })
  }

  #open(name: string): void {
    this.#sinceEvent = 0
    if (this.#path.length === 0 && this.#rootSeen) refuse('notWellFormed', null, 'two roots')
    this.#rootSeen = true
    if (name.length > this.#limits.name) refuse('tooLong', this.where())
    if (this.#path.length >= this.#limits.depth) refuse('tooDeep', this.where())
    this.#elements++
    if (this.#elements > this.#limits.elements) refuse('tooMany', this.where(), 'elements')
    this.#prefix(name)
    this.#path.push(this.#path.length === 0 ? name : localName(name))
    this.#events.open(this.#path.length === 1 ? name : localName(name), this.#attributes)
  }

  /** A prefix means nothing here, and a declaration has its name behind the colon. */
  #prefix(name: string): void {
    const [prefix, local] = name.split(':', 2)
    if (prefix === 'xmlns') this.#events.aside(local ?? '')
    else if (local !== undefined) this.#events.aside(prefix!)
  }

  #text(text: string): void {
    this.#sinceEvent = 0
    if (this.#path.length > 0) this.#events.text(text)
  }

  #instruction(name: string, body: string): void {
    this.#sinceEvent = 0
    this.#events.aside(`${name} ${body}`)
    if (name.toLowerCase() !== 'xml') {
      this.#problems.note('processingInstruction', this.where())
      return
    }
    const declared = /\bencoding\s*=\s*["']([^"']*)["']/.exec(body)?.[1]
    const readable = this.#characters.isUtf16 ? /^utf-?16(le|be)?$/i : /^(utf-?8|us-ascii)$/i
    if (declared !== undefined && !readable.test(declared)) refuse('notUtf8')
    if (this.#rootSeen) refuse('notWellFormed', this.where())
  }

  /** What comes before a byte that is no UTF-8 is read before it is refused. */
  #take({ text, broken }: ReturnType<Characters['take']>): void {
    this.#feed(text)
    if (broken === null) return
    const isRead = this.#start === null || this.#characters.isUtf16
    refuse(isRead ? 'notUtf8' : 'notXml', this.where())
  }

  #feed(characters: string): void {
    let text = characters
    if (this.#start !== null) {
      this.#start += text
      const at = this.#start.indexOf('<')
      this.#checkStart(at < 0 ? this.#start : this.#start.slice(0, at))
      if (at < 0) return
      text = this.#start.slice(at)
      this.#start = null
    }
    if (text === '') return
    const forbidden = text.search(notXmlCharacter)
    this.#parse(forbidden < 0 ? text : text.slice(0, forbidden))
    if (forbidden >= 0) refuse('controlCharacter', this.where())
  }

  #parse(text: string): void {
    if (this.#isPlainText(text)) {
      this.#text(text)
      return
    }
    this.#sinceEvent += text.length
    this.#parser.write(text)
    // Else sax keeps the whole text of an element, and a file is one text.
    this.#parser.flush()
    this.#checkMarkup()
  }

  /** sax looks at every character, also of a file of 500 MB, in which it has nothing to find. */
  #isPlainText(text: string): boolean {
    const { state } = this.#parser as unknown as { state: unknown }
    const isText = this.#path.length > 0 && state === stateOfText
    return isText && !text.includes('<') && !text.includes('&')
  }

  /** Official files begin with stray text such as `1212` (wire §7). More than a little is another format. */
  #checkStart(before: string): void {
    const stray = before.replace(/^\ufeff|\ufeff$/g, '').trim()
    if (stray.length > strayTextAtMost || /[^\x20-\x7e\s]/.test(stray)) refuse('notXml')
    if (before.length > blankStartAtMost) refuse('notXml')
    if (stray === '' || !this.#start!.includes('<')) return
    this.#problems.note('textBeforeRoot')
    this.#events.aside(stray)
  }

  #checkMarkup(): void {
    const { doctype } = this.#parser as unknown as { doctype: unknown }
    if (doctype) refuse('doctype')
    if (this.#sinceEvent > this.#limits.markup) refuse('tooLong', this.where())
  }
}
