import type { Dialect } from './dialect.ts'

/**
 * What is wrong with a message. A problem is produced before the gate has decided, so it holds names of elements,
 * positions and counts, and never a value of the document (docs/decisions/0019).
 */
export interface Problem {
  readonly code: ProblemCode
  /** One sentence: what is wrong and what was done about it. */
  readonly message: string
  /** Path of element names, or `files[2]`; null where it concerns the whole message. */
  readonly where: string | null
}

/** What a problem makes unusable: the whole message, one file, one value, or nothing. */
export type Spoiled = 'message' | 'file' | 'value' | 'nothing'

const kinds = {
  empty: ['message', 'The message is empty'],
  notXml: ['message', 'The message does not begin with XML'],
  notUtf8: ['message', 'The message is neither UTF-8 nor UTF-16 that says so'],
  doctype: ['message', 'The message has a DOCTYPE, which is refused because it can name files'],
  notWellFormed: ['message', 'The XML is not well formed'],
  truncated: ['message', 'The message ends before its root element does'],
  controlCharacter: ['message', 'The message holds a character that XML does not allow'],
  tooLarge: ['message', 'The message is larger than the limit'],
  tooDeep: ['message', 'The elements are nested deeper than the limit'],
  tooMany: ['message', 'The message has more parts than the limit'],
  tooLong: ['message', 'A name or a text is longer than the limit'],
  outOfTime: ['message', 'Reading was stopped before the message ended'],
  notEdxml: ['message', 'The root element is not that of an edXML message'],
  dialectNotReadable: ['message', 'The message is of a dialect that is not read here'],
  headerMissing: ['message', 'The message has no MessageHeader, or more than one'],
  kindUnclear: ['message', 'The message is both a document and a status'],
  changed: ['message', 'The message is not the one that was read before'],

  missing: ['value', 'A required element is missing or empty'],
  repeated: ['value', 'An element that may stand once is repeated; none of the values was taken'],
  dateUnreadable: [
    'value',
    'The date is not yyyy/MM/dd, nor one that can mean only one day; it was not guessed',
  ],
  timeUnreadable: [
    'value',
    'The time is not yyyy/MM/dd HH:mm:ss, nor one that can mean only one instant; it was not guessed',
  ],
  codeUnreadable: ['value', 'The value is none of those that the format lists'],
  severalBussiness: [
    'value',
    'There is more than one Bussiness block; what is ordered stays unknown',
  ],
  businessMisspelt: [
    'value',
    'Business is written with one s, which the axis ignores; what is ordered stays unknown',
  ],

  unknownElement: ['value', 'An element is unknown at this place'],
  unknownAttribute: ['value', 'An attribute is unknown at this place'],
  strayText: ['value', 'Text stands where only elements may'],
  signatureMalformed: [
    'value',
    'A value of the signature is not of the form that its element holds',
  ],

  attachmentMissing: ['file', 'The manifest names a file that the message does not hold'],
  base64Broken: ['file', 'The content of the file is not whole base64; it was not taken'],
  fileEmpty: ['file', 'The file has no content'],
  fileTooLarge: ['file', 'The file is larger than the limit'],
  zipBroken: ['file', 'The zip that holds the file is damaged; it was kept as it was sent'],
  zipTooLarge: [
    'file',
    'The zip that holds the file unpacks to more than the limit; it was kept as it was sent',
  ],
  zipKept: ['nothing', 'A zip stands in place of the file; it was kept as it was sent'],
  fileDamaged: ['nothing', 'The file looks damaged by a conversion of its characters'],

  attachmentOrphaned: ['nothing', 'The manifest does not name this file'],
  attachmentRepeated: ['nothing', 'Two files have the same ContentId'],
  contentTypeFalse: ['nothing', 'The file is not what its ContentType says'],
  statusUnknown: ['nothing', 'The status code has no known meaning'],
  textBeforeRoot: ['nothing', 'Stray text before the root element was skipped'],
  processingInstruction: ['nothing', 'A processing instruction was skipped'],
} as const satisfies Record<string, readonly [Spoiled, string]>

export type ProblemCode = keyof typeof kinds

export function problem(code: ProblemCode, where: string | null = null, detail = ''): Problem {
  const sentence = detail === '' ? kinds[code][1] : `${kinds[code][1]}: ${detail}`
  return { code, message: `${sentence}.`, where }
}

/** @public for the connector of the axis, which decides by it what becomes of a message */
export function spoils(code: ProblemCode): Spoiled {
  return kinds[code][0]
}

/** Ends a reading. Its sentence is that of the problem and nothing else. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly problem: Problem
  /** What the message called itself, if it was read that far. */
  dialect: Dialect | null = null

  constructor(found: Problem) {
    super(found.message)
    this.problem = found
  }
}

export function refuse(code: ProblemCode, where: string | null = null, detail = ''): never {
  throw new Unreadable(problem(code, where, detail))
}

const problemsAtMost = 100

/** Collects problems, each once, and not without end: a hostile message could have a million. */
export class Problems {
  readonly #found = new Map<string, Problem>()

  note(code: ProblemCode, where: string | null = null, detail = ''): void {
    const key = `${code} ${where} ${detail}`
    if (this.#found.size < problemsAtMost && !this.#found.has(key))
      this.#found.set(key, problem(code, where, detail))
  }

  all(): Problem[] {
    return [...this.#found.values()]
  }
}
