import { createHash } from 'node:crypto'
import { namespace } from './dialect.ts'
import type { DocumentDraft, FileDraft, StatusDraft } from './draft.ts'
import { documentHeader, e, statusHeader } from './header-text.ts'
import { extensionOf } from './media-type.ts'
import { type Part, part, renderPart } from './xml-text.ts'
import { zipOf } from './zip-writer.ts'

/**
 * A document message, byte for byte as the official builder writes it, in a stream; `Readable.from` makes one of
 * it. The same draft and files give the same bytes: a transport may need length and hash first. Throws
 * NotWritable, at the first chunk, for a text that XML cannot carry.
 */
export async function* writeDocument(
  document: DocumentDraft,
  files: readonly FileDraft[],
): AsyncGenerator<Buffer> {
  const references = files.flatMap((file) =>
    part(e('Reference'), [
      ...part(e('ContentId'), `cid:${file.id}`),
      // The builder says so of every file (wire §1.4).
      ...part(e('ContentType'), 'application/zip'),
      ...part(e('Description'), file.description),
      ...part(e('AttachmentName'), file.name),
    ]),
  )
  const heads = files.map(attachmentHead)
  const body: Part = {
    name: e('edXMLBody'),
    attributes: '',
    content: [{ name: e('edXMLManifest'), attributes: ' version="1.0"', content: references }],
  }
  const text = `${start}${envelope([...headerPart(documentHeader(document)), body])}`
  if (files.length === 0) {
    yield Buffer.from(`${text}  <AttachmentEncoded />\r\n${finish}`)
    return
  }
  yield Buffer.from(`${text}  <AttachmentEncoded>\r\n`)
  for (const [index, file] of files.entries()) {
    yield Buffer.from(heads[index]!)
    yield* base64Of(travelForm(file).zipped ? zipped(file) : opened(file))
    yield Buffer.from(attachmentTail)
  }
  yield Buffer.from(`  </AttachmentEncoded>\r\n${finish}`)
}

export function writeStatus(status: StatusDraft): Buffer {
  return Buffer.from(`${start}${envelope(headerPart(statusHeader(status)))}${finish}`)
}

const start = `<?xml version="1.0" encoding="UTF-8"?>\r\n<edXML xmlns="${namespace}">\r\n`
const finish = '</edXML>\r\n'
const prefixDeclaration = ` xmlns:edXML="${namespace}"`
const encoded = e('ContentTransferEncoded')
const attachmentTail = `</${encoded}>\r\n    </Attachment>\r\n`

function headerPart(content: readonly Part[]): Part[] {
  return part(e('edXMLHeader'), content)
}

function envelope(content: readonly Part[]): string {
  return renderPart({ name: e('edXMLEnvelope'), attributes: prefixDeclaration, content }, 1)
}

function attachmentHead(file: FileDraft): string {
  const lines = [
    ...part('ContentId', `cid:${file.id}`),
    ...part('AttachmentName', file.name),
    ...part('Description', file.description),
    ...part('FieldName', file.fieldName ?? null),
    ...part('MimeType', file.mimeType ?? null),
    ...part('Format', file.format ?? null),
    ...part('ContentType', travelForm(file).contentType),
  ]
  const text = lines.map((line) => renderPart(line, 3)).join('')
  return `    <Attachment>\r\n${text}      <${encoded}${prefixDeclaration}>`
}

/** Raw or in a zip of its own, by the extension as the builder chooses (wire §1.4). */
function travelForm({ name }: FileDraft): { contentType: string; zipped: boolean } {
  const extension = extensionOf(name)
  if (['pdf', 'doc', 'docx', 'zip'].includes(extension))
    return { contentType: `application/${extension}`, zipped: false }
  // A zip can be unpacked again only by the extension.
  if (extension === '') return { contentType: 'application/octet-stream', zipped: false }
  return { contentType: 'application/zip', zipped: true }
}

async function* opened(file: FileDraft): AsyncGenerator<Uint8Array> {
  yield* await file.open()
}

function zipped(file: FileDraft): AsyncIterable<Uint8Array> {
  return zipOf(`${entryId(file.id)}.${extensionOf(file.name)}`, opened(file))
}

/** The builder names the entry by a UUID; it is taken from the file's own id, to be the same every time. */
function entryId(id: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id
  const hash = createHash('sha256').update(id).digest('hex')
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

/** On one line. */
async function* base64Of(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0)
  for await (const chunk of content) {
    const bytes = Buffer.concat([rest, chunk])
    const whole = bytes.length - (bytes.length % 3)
    rest = bytes.subarray(whole)
    if (whole > 0) yield Buffer.from(bytes.toString('base64', 0, whole))
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'))
}
