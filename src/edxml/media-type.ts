import { isUtf8 } from 'node:buffer'
import { directoryOf, type ZipDirectory } from './zip.ts'

/** The two ends of a file, enough to tell what it is. */
export class Sample {
  #head = Buffer.alloc(0)
  #tail: Buffer[] = []
  #tailBytes = 0
  size = 0
  directory: ZipDirectory | null = null

  add(bytes: Buffer): void {
    this.size += bytes.length
    if (this.#head.length < headBytes)
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, headBytes - this.#head.length)])
    // Only a zip has its directory at the end.
    if (!isZip(this.#head)) return
    this.#tail.push(bytes)
    this.#tailBytes += bytes.length
    while (this.#tailBytes - this.#tail[0]!.length >= tailBytes)
      this.#tailBytes -= this.#tail.shift()!.length
  }

  get head(): Buffer {
    return this.#head
  }

  /** Once all has been added. Reads the directory of a zip and lets go of the tail. */
  end(): void {
    if (isZip(this.#head)) this.directory = directoryOf(Buffer.concat(this.#tail), this.size)
    this.#tail = []
  }
}

const headBytes = 16 * 1024
/** The end record of a zip stands within 64 KiB of its end; the directory of a document before it is small. */
const tailBytes = 128 * 1024

/**
 * What a file is by its own bytes, because ContentType and name may both be false (wire §1.4). The name only
 * tells apart what one container holds.
 */
export function mediaTypeOf(sample: Sample, name: string): string {
  const { head } = sample
  const magic = magics.find(([, bytes]) => head.subarray(0, bytes.length).equals(bytes))
  if (magic) return magic[0]
  if (isZip(head)) return typeOfZip(sample)
  if (head.subarray(0, ole.length).equals(ole)) return typeOfOle(head, name)
  // Readers of PDF forgive a little before it; a zip may hold one there.
  if (head.subarray(0, 1024).includes('%PDF-')) return 'application/pdf'
  return isText(head, sample.size) ? 'text/plain' : 'application/octet-stream'
}

/** Bytes that are not text came out of a conversion to UTF-8 as U+FFFD (wire §1.4). */
export function looksDamaged({ head }: Sample, mediaType: string): boolean {
  return mediaType === 'application/pdf' && head.includes(Buffer.from('\ufffd\ufffd'))
}

export function isZip(head: Buffer): boolean {
  return head.subarray(0, 4).equals(localHeaderMagic) || head.subarray(0, 4).equals(emptyZip)
}

export function extensionOf(name: string): string {
  return /\.([^.\s/\\]{1,16})$/.exec(name.trim())?.[1]?.toLowerCase() ?? ''
}

/** Whether a file of this type may be called so; of an extension that is not listed, nothing is known. */
export function mayBe(mediaType: string, name: string): boolean {
  return (
    typesByExtension
      .find(([extension]) => extension.test(extensionOf(name)))?.[1]
      .test(mediaType) ?? true
  )
}

const typesByExtension: readonly (readonly [RegExp, RegExp])[] = [
  [/^pdf$/, /^application\/pdf$/],
  [/^do[ct][xm]?$/, /msword|ole-storage|rtf|wordprocessingml/],
  [/^xl[st][xmb]?$/, /ms-excel|ole-storage|spreadsheetml/],
  [/^pp[ts][xm]?$/, /powerpoint|ole-storage|presentationml/],
  [/^od[tsp]$/, /opendocument/],
  [/^jpe?g$/, /^image\/jpeg$/],
  [/^tiff?$/, /^image\/tiff$/],
  [/^(png|gif)$/, /^image\/(png|gif)$/],
  [/^(rar|7z|gz|rtf)$/, /vnd\.rar|7z|gzip|rtf/],
]

const localHeaderMagic = Buffer.from('PK\x03\x04', 'latin1')
const emptyZip = Buffer.from('PK\x05\x06', 'latin1')
const ole = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const magics: readonly (readonly [string, Buffer])[] = [
  ['application/rtf', Buffer.from('{\\rtf')],
  ['image/png', Buffer.from('89504e470d0a1a0a', 'hex')],
  ['image/jpeg', Buffer.from('ffd8ff', 'hex')],
  ['image/gif', Buffer.from('GIF8')],
  ['image/tiff', Buffer.from('49492a00', 'hex')],
  ['image/tiff', Buffer.from('4d4d002a', 'hex')],
  ['application/vnd.rar', Buffer.from('526172211a07', 'hex')],
  ['application/x-7z-compressed', Buffer.from('377abcaf271c', 'hex')],
  ['application/gzip', Buffer.from('1f8b08', 'hex')],
]

const ooxml = 'application/vnd.openxmlformats-officedocument'
const officeFolders: readonly (readonly [string, string])[] = [
  ['word/', `${ooxml}.wordprocessingml.document`],
  ['xl/', `${ooxml}.spreadsheetml.sheet`],
  ['ppt/', `${ooxml}.presentationml.presentation`],
]

function typeOfZip(sample: Sample): string {
  const openDocument = /mimetype(application\/vnd\.oasis\.opendocument\.[a-z-]+)/.exec(
    sample.head.toString('latin1', 30, 160),
  )?.[1]
  if (openDocument) return openDocument
  const names = sample.directory?.entries.map((entry) => entry.name) ?? []
  if (!names.includes('[Content_Types].xml')) return 'application/zip'
  const folder = officeFolders.find(([start]) => names.some((name) => name.startsWith(start)))
  return folder?.[1] ?? 'application/zip'
}

const oleTypes: readonly (readonly [string, string, readonly string[]])[] = [
  ['application/msword', 'WordDocument', ['doc', 'dot']],
  ['application/vnd.ms-excel', 'Workbook', ['xls', 'xlt']],
  ['application/vnd.ms-powerpoint', 'PowerPoint Document', ['ppt', 'pps']],
]

/** The directory of an OLE file may stand anywhere; where it is out of sight the name decides. */
function typeOfOle(head: Buffer, name: string): string {
  const seen = oleTypes.find(([, stream]) => head.includes(Buffer.from(stream, 'utf16le')))
  const named = oleTypes.find(([, , extensions]) => extensions.includes(extensionOf(name)))
  return (seen ?? named)?.[0] ?? 'application/x-ole-storage'
}

function isText(head: Buffer, size: number): boolean {
  if (size === 0) return false
  // The sample may cut a character, of four bytes at most.
  const cuts = size > head.length ? [0, 1, 2, 3] : [0]
  const text = cuts.some((cut) => isUtf8(head.subarray(0, head.length - cut)))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text && !/[\0-\x08\x0e-\x1f]/.test(head.toString('latin1'))
}
