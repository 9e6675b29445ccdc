import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import type { DocumentMessage, MessageFile } from '#src/edxml/message.ts'
import type { Problem } from '#src/edxml/problem.ts'
import { type MessageRead, type Reading, type ReadOptions, readMessage } from '#src/edxml/reader.ts'

const folder = join(import.meta.dirname, '../fixtures/edxml')

/** Messages of the official builder, and variants of the first (wire §1). */
export function sample(name: string): Buffer {
  return readFileSync(join(folder, `${name}.edxml`))
}

/** The plainest sample with one thing changed. */
export function changed(from: string | RegExp, to: string): Buffer {
  const text = sample('01-new-one-attachment').toString()
  const other = text.replace(from, () => to)
  if (other === text) throw new Error('the sample has nothing like that')
  return Buffer.from(other)
}

export async function* inChunks(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export function read(bytes: Uint8Array, options?: ReadOptions): Promise<Reading> {
  return readMessage(inChunks(bytes), options)
}

export async function readable(bytes: Uint8Array, options?: ReadOptions): Promise<MessageRead> {
  const reading = await read(bytes, options)
  if (!reading.readable) throw new Error(`not readable: ${codesOf(reading).join()}`)
  return reading
}

export async function readDocument(
  bytes: Uint8Array,
): Promise<{ message: DocumentMessage; codes: string[]; problems: readonly Problem[] }> {
  const reading = await readable(bytes)
  if (reading.message.kind !== 'document') throw new Error('not a document')
  return { message: reading.message, codes: codesOf(reading), problems: reading.problems }
}

export function codesOf({ problems }: Reading): string[] {
  return problems.map(({ code }) => code)
}

/** Sample 01 with other files; `[name, content]`, and the type that is declared. */
export function withFiles(...files: [name: string, content: string, type?: string][]): Buffer {
  const text = sample('01-new-one-attachment').toString()
  const reference = ([name]: [string, ...unknown[]], index: number) =>
    `<edXML:Reference><edXML:ContentId>cid:${index}</edXML:ContentId><edXML:AttachmentName>${name}</edXML:AttachmentName></edXML:Reference>`
  const attachment = ([name, content, type]: [string, string, string?], index: number) =>
    `<Attachment><ContentId>cid:${index}</ContentId><AttachmentName>${name}</AttachmentName>${type ? `<ContentType>${type}</ContentType>` : ''}<ContentTransferEncoded>${content}</ContentTransferEncoded></Attachment>`
  return Buffer.from(
    text
      .replace(/<edXML:Reference>[\s\S]*<\/edXML:Reference>/, files.map(reference).join(''))
      .replace(/<Attachment>[\s\S]*<\/Attachment>/, () => files.map(attachment).join('')),
  )
}

/** What one file with this content turns out to be. */
export async function fileRead(
  name: string,
  content: Buffer,
  type?: string,
): Promise<{ file: MessageFile; codes: string[] }> {
  const bytes = withFiles([name, content.toString('base64'), type] as [string, string, string?])
  const { message, codes } = await readDocument(bytes)
  return { file: message.files[0]!, codes }
}

export const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e'

interface ZipOptions {
  readonly stored?: boolean
  readonly descriptor?: boolean
  readonly flags?: number
  readonly crc?: number
}

/** A zip as any other program would write it. */
export function zip(entries: Record<string, Buffer>, options: ZipOptions = {}): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [entryName, content] of Object.entries(entries)) {
    const name = Buffer.from(entryName)
    const packed = options.stored ? content : deflateRawSync(content)
    const known = Buffer.alloc(12)
    known.writeUInt32LE(options.crc ?? crc32(content), 0)
    known.writeUInt32LE(packed.length, 4)
    known.writeUInt32LE(content.length, 8)
    const lengths = options.descriptor ? Buffer.alloc(12) : known
    const fixed = Buffer.alloc(10)
    fixed.writeUInt16LE(20, 0)
    fixed.writeUInt16LE((options.flags ?? 0) | (options.descriptor ? 8 : 0), 2)
    fixed.writeUInt16LE(options.stored ? 0 : 8, 4)
    const names = Buffer.from([name.length, 0, 0, 0])
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fixed, lengths, names, name, packed])
    const descriptor = options.descriptor
      ? Buffer.concat([Buffer.from('PK\x07\x08'), known])
      : Buffer.alloc(0)
    const rest = Buffer.alloc(16)
    rest.writeUInt32LE(at, 12)
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02\x14\0'),
        fixed,
        known,
        names.subarray(0, 2),
        rest,
        name,
      ]),
    )
    locals.push(local, descriptor)
    at += local.length + descriptor.length
  }
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, ...directory, end])
}
