import type { Examination, Judged } from './examination.ts'
import { Fields } from './fields.ts'
import type { MessageFile } from './message.ts'
import type { Problems } from './problem.ts'
import type { Element } from './scan.ts'

interface Reference {
  readonly id: string | null
  readonly name: string | null
  readonly description: string | null
  readonly type: string | null
}

/**
 * The files of a message: each attachment with what its content turned out to be, then what only the manifest
 * names. The two are matched by ContentId without its `cid:`, of which writers put none, one or two (wire §1.4).
 */
export function readAttachments(
  root: Element,
  contents: readonly Examination[],
  problems: Problems,
): MessageFile[] {
  const references = referencesOf(root, problems)
  const attachments = descend(root, 'AttachmentEncoded', 'Attachment')
  const announced = new Map(references.map((reference) => [bareId(reference.id), reference]))
  const taken = new Set<string | null>()
  const files = attachments.map((element, index) => {
    const where = `files[${index}]`
    const fields = new Fields(element, 'edXML/AttachmentEncoded/Attachment', problems)
    const id = fields.text('ContentId')
    const key = bareId(id)
    const reference = key === null ? undefined : announced.get(key)
    if (!reference) problems.note('attachmentOrphaned', where)
    if (key !== null && taken.has(key)) problems.note('attachmentRepeated', where)
    taken.add(key)
    const name = fields.text('AttachmentName')
    const description = fields.text('Description')
    if (name === null) problems.note('missing', `${where}/AttachmentName`)
    return {
      name: name ?? reference?.name ?? '',
      description: description ?? reference?.description ?? null,
      contentId: id,
      ...contentOf(element, name ?? reference?.name ?? '', contents, where, problems),
      declaredType: fields.text('ContentType'),
      mimeType: fields.text('MimeType'),
      fieldName: fields.text('FieldName'),
      format: fields.text('Format'),
    }
  })
  for (const reference of references) {
    const key = bareId(reference.id)
    if (key !== null && taken.has(key)) continue
    problems.note('attachmentMissing', `files[${files.length}]`)
    files.push({
      name: reference.name ?? '',
      description: reference.description,
      contentId: reference.id,
      declaredType: reference.type,
      ...{ mimeType: null, fieldName: null, format: null },
      ...without('attachmentMissing'),
    })
  }
  return files
}

type Content = Pick<
  MessageFile,
  'mediaType' | 'size' | 'sha256' | 'content' | 'wrapping' | 'wrappedName' | 'damage'
>

function without(damage: MessageFile['damage']): Content {
  return {
    ...{ mediaType: null, size: null, sha256: null, content: null, wrapping: null },
    ...{ wrappedName: null, damage },
  }
}

function contentOf(
  element: Element,
  name: string,
  contents: readonly Examination[],
  where: string,
  problems: Problems,
): Content {
  const found = element.children.filter((child) => child.content !== null)
  const content = found.length === 1 ? found[0]!.content! : null
  const examined = content === null ? undefined : contents[content]
  if (examined?.tooLarge) {
    problems.note('fileTooLarge', where)
    return { ...without('fileTooLarge'), content, size: examined.sentBytes }
  }
  if (!examined || (examined.isEmpty && examined.base64 === 'whole')) {
    problems.note('fileEmpty', where)
    return without('fileEmpty')
  }
  // A child inside the base64 would have been cut out of it.
  if (examined.base64 !== 'whole' || found[0]!.children.length > 0) {
    problems.note('base64Broken', where)
    return without('base64Broken')
  }
  const declared = new Fields(element, '', problems).text('ContentType')
  const judged = examined.judge(name, declared)
  const { mediaType, size, sha256, wrapping, wrappedName } = judged
  noteDoubts(judged, declared, where, problems)
  return { mediaType, size, sha256, content, wrapping, wrappedName, damage: null }
}

function noteDoubts(
  { mediaType, damaged, zip, wrapping }: Judged,
  declared: string | null,
  where: string,
  problems: Problems,
): void {
  if (damaged) problems.note('fileDamaged', where)
  if (zip === 'kept') problems.note('zipKept', where)
  if (zip === 'broken') problems.note('zipBroken', where)
  if (zip === 'tooLarge') problems.note('zipTooLarge', where)
  const isZip = mediaType.includes('zip') || mediaType.includes('document')
  // Only what the builder itself writes can be held against the content; `application/zip` is also its default.
  if (declared === 'application/pdf' && mediaType !== 'application/pdf')
    problems.note('contentTypeFalse', where)
  if (declared === 'application/zip' && !isZip && wrapping === null)
    problems.note('contentTypeFalse', where)
}

function referencesOf(root: Element, problems: Problems): Reference[] {
  const body = descend(root, 'edXMLEnvelope', 'edXMLBody')
  const manifests = body.flatMap(({ children }) =>
    children.filter(({ name }) => name === 'edXMLManifest' || name === 'Manifest'),
  )
  return manifests
    .flatMap((manifest) => descend(manifest, 'Reference'))
    .map((element) => {
      const fields = new Fields(element, 'edXML/edXMLManifest/Reference', problems)
      return {
        // The .NET way to name a file.
        id:
          fields.text('ContentId') ??
          element.attributes.find(({ name }) => name === 'href')?.value ??
          null,
        name: fields.text('AttachmentName'),
        description: fields.text('Description'),
        type: fields.text('ContentType'),
      }
    })
}

function descend(root: Element, ...names: string[]): Element[] {
  return names.reduce<Element[]>(
    (elements, name) =>
      elements.flatMap((element) => element.children.filter((child) => child.name === name)),
    [root],
  )
}

function bareId(id: string | null): string | null {
  return id?.replace(/^(?:\s*cid:)+/i, '').trim() || null
}
