/** Whether what comes under the name of a file is whole, and the one that the source announced. */
import { Readable } from 'node:stream'
import type { AnnouncedFile, FileNote } from '#src/domain/directive.ts'
import { FarSideFailure, type OpenFile } from '../connector.ts'
import { firstBytes, looksOf } from './first-bytes.ts'
import type { RestProfile } from './profile.ts'

/** A body as the transport opened it. */
export interface Body {
  readonly content: Readable
  /** As the transport announces it. */
  readonly size: number | null
  /** As the transport calls it. */
  readonly names: readonly string[]
  /** False where only the end of the connection ends it, as a cut does. */
  readonly hasEnd: boolean
}

type SizeIs = NonNullable<NonNullable<RestProfile['files']>['sizeIs']>

/** The same content; it breaks with `notAnnounced` instead of passing for the file, before its first byte if that tells. */
export function proven(body: Body, file: AnnouncedFile, sizeIs: SizeIs, source: string): OpenFile {
  const judge = new Judge(body, file, sizeIs)
  const content = Readable.from(passed(body.content, judge, source), { objectMode: false })
  // Nobody reads it any more; unheard, its last error would end the process.
  content.once('close', () => body.content.on('error', () => {}).destroy())
  return { content, size: body.size, names: body.names, note: () => judge.note }
}

async function* passed(content: Readable, judge: Judge, source: string): AsyncGenerator<Buffer> {
  const notAnnounced = { word: 'notAnnounced', source, operation: 'openFile' } as const
  let head: Buffer | null = Buffer.alloc(0)
  let bytes = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > judge.most) throw new FarSideFailure(notAnnounced)
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < firstBytes) continue
    if (!judge.takes(head)) throw new FarSideFailure(notAnnounced)
    yield head
    head = null
  }
  if (bytes < judge.least || (head !== null && !judge.takes(head)))
    throw new FarSideFailure(notAnnounced)
  if (head !== null && head.length > 0) yield head
}

/** What speaks for it: the announced size, an end of its own, and first bytes that fit its name. */
class Judge {
  readonly least: number
  readonly most: number
  note: FileNote | null = null
  readonly #file: AnnouncedFile
  readonly #isProvenBySize: boolean
  readonly #hasEnd: boolean

  constructor({ hasEnd }: Body, file: AnnouncedFile, sizeIs: SizeIs) {
    this.#file = file
    this.#isProvenBySize = sizeIs === 'exact' && file.size !== null
    this.#hasEnd = hasEnd
    const leeway = file.size === null ? Number.POSITIVE_INFINITY : leewayOf(file.size, sizeIs)
    this.least = (file.size ?? 0) - leeway
    this.most = (file.size ?? 0) + leeway
  }

  /** A page for people is never the file; what does not fit the name is, where the size proves it. */
  takes(head: Buffer): boolean {
    const looks = looksOf(head, this.#file)
    if (looks === 'page') return false
    if (looks === 'other') this.note = 'typeDiffers'
    return this.#isProvenBySize || (looks === 'fitting' && this.#hasEnd)
  }
}

function leewayOf(announced: number, sizeIs: SizeIs): number {
  if (sizeIs === 'none') return Number.POSITIVE_INFINITY
  if (sizeIs === 'exact') return 0
  const { percent = 0, bytes = 0 } = sizeIs.within
  return Math.max((announced * percent) / 100, bytes)
}
