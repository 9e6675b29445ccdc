/** The files of a document: how their rows announce them, and how each is opened. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import type { AnnouncedFile } from '#src/domain/directive.ts'
import { Base64Decoder } from '#src/edxml/base64.ts'
import { WrongShape } from '../http/unreadable.ts'
import { addressIn } from './address.ts'
import { valueAt } from './field.ts'
import type { RestProfile } from './profile.ts'
import { unnamedInFile } from './unnamed-fields.ts'
import { count, idFrom, printed } from './wire-values.ts'

type Rules = NonNullable<RestProfile['files']>

export interface FoundFile {
  readonly file: AnnouncedFile
  /** Where its row holds it. */
  readonly content: Buffer | null
  /** Fields of its row that no line of the profile names and in which secrecy may stand. */
  readonly unnamed: readonly string[]
}

/** The rows of the files within a document; none where they stand behind a call of their own. */
export function fileRowsIn(item: unknown, { files }: RestProfile): readonly unknown[] {
  if (!files || files.list) return []
  const rows = valueAt(item, files.items) ?? []
  if (!Array.isArray(rows)) throw new WrongShape()
  return rows
}

export function filesIn(rows: readonly unknown[], profile: RestProfile): FoundFile[] {
  const { files: where, baseUrl } = profile
  if (!where) return []
  const files = new Map<string, FoundFile>()
  for (const [n, row] of rows.entries()) {
    const name = printed(valueAt(row, where.name))
    if (name === null) throw new WrongShape()
    const mediaType = where.mediaType ? printed(valueAt(row, where.mediaType)) : null
    const size = where.size ? count(valueAt(row, where.size)) : null
    const fullText = where.fullText && isTrue(row, where.fullText) && { isFullText: true }
    const common = { name, mediaType, ...fullText }
    const unnamed = unnamedInFile(row, profile)
    const found: FoundFile =
      where.content === undefined
        ? { file: { ref: refOf(row, where, baseUrl), ...common, size }, content: null, unnamed }
        : { ...held(valueAt(row, where.content), n, { ...common, size }, where), unnamed }
    const { ref } = found.file
    const before = files.get(ref)
    // One content may come under two names.
    if (before && where.content !== undefined && !isDeepStrictEqual(before.file, found.file)) {
      files.set(`${ref}-${n}`, { ...found, file: { ...found.file, ref: `${ref}-${n}` } })
      continue
    }
    // Listed twice alike it is one file; listed twice otherwise, nobody knows which.
    if (before && !isDeepStrictEqual(before, found)) throw new WrongShape()
    files.set(ref, found)
  }
  return [...files.values()]
}

function refOf(row: unknown, where: Rules, baseUrl: string): string {
  if (where.url !== undefined) return addressIn(valueAt(row, where.url), baseUrl)
  const ref = idFrom(valueAt(row, where.id ?? ''))
  if (ref === null) throw new WrongShape()
  return ref
}

/** Known by its hash: another content is another file. One that is empty or broken is still announced. */
function held(
  said: unknown,
  n: number,
  announced: Omit<AnnouncedFile, 'ref'>,
  { sizeIs }: Rules,
): Omit<FoundFile, 'unnamed'> {
  if (typeof said !== 'string' && said !== null && said !== undefined) throw new WrongShape()
  const content = decoded(said ?? '')
  if (content === null || content.length === 0) {
    const unusable = content === null ? 'broken' : 'noContent'
    return { file: { ref: `${unusable}-${n}`, ...announced, unusable }, content: null }
  }
  const sha256 = createHash('sha256').update(content).digest('hex')
  const size = announced.size === null || sizeIs === 'none' ? content.length : announced.size
  return { file: { ref: sha256, ...announced, size, sha256 }, content }
}

/** Null for what is not base64, or not all of it. */
function decoded(text: string): Buffer | null {
  const decoder = new Base64Decoder()
  const bytes = decoder.write(text.replace(/^data:[^,]{0,200};base64,/i, ''))
  return decoder.end() === 'whole' ? bytes : null
}

export function bodyOf(content: Buffer) {
  return { content: Readable.from([content]), size: content.length, names: [], hasEnd: true }
}

function isTrue(row: unknown, { field, in: literals }: NonNullable<Rules['fullText']>): boolean {
  return literals.some((literal) => literal === valueAt(row, field))
}
