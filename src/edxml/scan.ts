import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { Base64Decoder } from './base64.ts'
import { type Dialect, dialectOfRoot, isReadable } from './dialect.ts'
import { GuardedXml, type XmlEvents } from './guarded-xml.ts'
import { interruptible } from './interruptible.ts'
import type { Limits } from './limits.ts'
import { type Attribute, localName, printableName } from './names.ts'
import { type Problems, refuse, Unreadable } from './problem.ts'

/** An element by its local name. File contents are not kept; `content` says which one stood here. */
export interface Element {
  readonly name: string
  text: string
  readonly children: Element[]
  /** By local names, without declarations of namespaces. */
  readonly attributes: readonly Attribute[]
  content: number | null
}

/** Takes one file's bytes, decoded from base64. */
export interface ContentSink {
  write(bytes: Buffer): Promise<void>
  end(base64: 'whole' | 'broken'): Promise<void>
}

export interface Scanned {
  readonly root: Element
  /** What the message says beside its elements, for the gate: values of attributes, comments, instructions, prefixes. */
  readonly asides: readonly string[]
  readonly dialect: Dialect
  /** Of the message as it came. */
  readonly sha256: string
  readonly size: number
}

const pieceBytes = 32 * 1024
const breatheEveryBytes = 1024 * 1024

/**
 * One pass over a message: header into a tree, file contents into sinks, one after the other and no faster than
 * they take them. Throws Unreadable, or whatever the source or a sink breaks with.
 */
export async function scan(
  source: AsyncIterable<Uint8Array>,
  limits: Limits,
  signal: AbortSignal | undefined,
  problems: Problems,
  openContent: (content: number) => ContentSink,
): Promise<Scanned> {
  const collected = new Collector(limits)
  const xml = new GuardedXml(limits, collected, problems)
  const hash = createHash('sha256')
  let size = 0
  let breathedAt = 0
  let sink: ContentSink | null = null
  const handOut = async () => {
    for (const { content, bytes, base64 } of collected.takeContents()) {
      sink ??= openContent(content)
      if (bytes) await sink.write(bytes)
      if (base64) {
        await sink.end(base64)
        sink = null
      }
    }
  }
  try {
    for await (const chunk of interruptible(source, signal)) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      size += bytes.length
      if (size > limits.messageBytes) refuse('tooLarge')
      hash.update(bytes)
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const piece = bytes.subarray(at, at + pieceBytes)
        xml.write(piece)
        await handOut()
        breathedAt += piece.length
        if (breathedAt >= breatheEveryBytes) {
          breathedAt = 0
          await setImmediate()
          if (signal?.aborted) refuse('outOfTime')
        }
      }
    }
    xml.end()
    await handOut()
  } catch (error) {
    if (error instanceof Unreadable) error.dialect = collected.dialect
    throw error
  }
  return {
    root: collected.root!,
    asides: [...collected.asides],
    dialect: collected.dialect!,
    sha256: hash.digest('hex'),
    size,
  }
}

interface ContentStep {
  readonly content: number
  readonly bytes: Buffer | null
  readonly base64: 'whole' | 'broken' | null
}

class Collector implements XmlEvents {
  root: Element | null = null
  dialect: Dialect | null = null
  readonly asides = new Set<string>()
  readonly #limits: Limits
  readonly #open: Element[] = []
  #decoder = new Base64Decoder()
  #contents = 0
  #steps: ContentStep[] = []
  #characters = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  takeContents(): ContentStep[] {
    const steps = this.#steps
    this.#steps = []
    return steps
  }

  aside(text: string): void {
    const said = text.trim()
    if (said === '' || this.asides.has(said)) return
    this.asides.add(said)
    this.#count(said, 'aside')
  }

  open(name: string, attributes: readonly Attribute[]): void {
    for (const { value } of attributes) this.aside(value)
    const parent = this.#open.at(-1)
    if (!parent) {
      this.#recognise(name, attributes)
      this.root = element(localName(name), attributes)
      this.#open.push(this.root)
      return
    }
    const opened = element(name, attributes)
    if (name === 'ContentTransferEncoded' && parent.name === 'Attachment') {
      if (this.#contents >= this.#limits.files) refuse('tooMany', 'AttachmentEncoded', 'files')
      opened.content = this.#contents++
      this.#decoder = new Base64Decoder()
    }
    parent.children.push(opened)
    this.#open.push(opened)
  }

  text(text: string): void {
    const current = this.#open.at(-1)!
    if (current.content !== null) {
      const bytes = this.#decoder.write(text)
      if (bytes.length > 0) this.#steps.push({ content: current.content, bytes, base64: null })
      return
    }
    // Indentation is no text, and a message may have much of it.
    if (current.text === '' && /^[ \t\n]*$/.test(text)) return
    current.text += text
    if (current.text.length > this.#limits.text) refuse('tooLong', printableName(current.name))
    this.#count(text, printableName(current.name))
  }

  close(): void {
    const closed = this.#open.pop()!
    if (closed.content !== null)
      this.#steps.push({ content: closed.content, bytes: null, base64: this.#decoder.end() })
  }

  #count(text: string, where: string): void {
    this.#characters += text.length
    if (this.#characters > this.#limits.textTotal) refuse('tooLong', where)
  }

  #recognise(name: string, attributes: readonly Attribute[]): void {
    this.dialect = dialectOfRoot(name, attributes)
    if (this.dialect === null) refuse('notEdxml')
    if (!isReadable(this.dialect)) refuse('dialectNotReadable', null, this.dialect)
  }
}

function element(name: string, attributes: readonly Attribute[]): Element {
  const own = attributes
    .filter((attribute) => !/^xmlns(:|$)/.test(attribute.name))
    .map(({ name, value }) => ({ name: localName(name), value }))
  return { name, text: '', children: [], attributes: own, content: null }
}
