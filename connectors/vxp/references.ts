/** How the bridge writes down what a message, a directive and a file are called on the axis. */
import type { FileFound } from '#src/edxml/file-streams.ts'

/** A directive is (From.OrganId, DocumentId), which later messages about it name (docs/decisions/0008). */
export function sourceRef(organId: string, documentId: string): string {
  return `${organId} ${documentId}`
}

/** Of a message without DocumentId, which goes by its transport: nobody else knows it by that. */
export function namelessRef(organId: string, transportRef: string): string {
  return sourceRef(organId, `${byTransport}${transportRef}`)
}

const byTransport = 'docId:'

/** An OrganId holds no blank, or `organIdOf` would not have let it pass. */
export function partsOf(ref: string): { organId: string; documentId: string | null } {
  const at = ref.indexOf(' ')
  const documentId = ref.slice(at + 1)
  return {
    organId: ref.slice(0, at),
    documentId: documentId.startsWith(byTransport) ? null : documentId,
  }
}

export function isOrganId(text: string | null): text is string {
  return text !== null && !/\s/u.test(text)
}

export interface FilePlace extends FileFound {
  /** SHA-256 of the whole message that it was found in. */
  readonly message: string
}

/** Where the second reading finds a file, and what it must be. */
export function fileRef(message: string, file: FileFound, position: number): string {
  const { content, size, sha256, wrapping } = file
  if (content === null) return `absent.${position}`
  // Beyond the limit at the first reading, it was not hashed.
  if (size === null || sha256 === null) return `${message}.${content}`
  const wrapped = wrapping
    ? `.${wrapping.method}.${wrapping.contentAt}.${wrapping.compressedSize}`
    : ''
  return `${message}.${content}.${size}.${sha256}${wrapped}`
}

/** Of a file that was beyond the limit when its message was read: the limit may have been raised since. */
export function unmeasuredPlaceOf(ref: string): Pick<FilePlace, 'message' | 'content'> | null {
  const [, message, content] = /^([0-9a-f]{64})\.(\d+)$/.exec(ref) ?? []
  return message && content ? { message, content: Number(content) } : null
}

export function placeOf(ref: string): FilePlace | null {
  const found =
    /^([0-9a-f]{64})\.(\d+)\.(\d+)\.([0-9a-f]{64})(?:\.(stored|deflated)\.(\d+)\.(\d+))?$/.exec(ref)
  if (!found) return null
  const [, message, content, size, sha256, method, contentAt, compressedSize] = found
  return {
    message: message!,
    content: Number(content),
    size: Number(size),
    sha256: sha256!,
    wrapping:
      method === 'stored' || method === 'deflated'
        ? { method, contentAt: Number(contentAt), compressedSize: Number(compressedSize) }
        : null,
  }
}
