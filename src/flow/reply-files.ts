import type { Readable } from 'node:stream'
import type { App } from '../app.ts'
import type { StoredReplyFile } from '../store/replies.ts'

export interface ReplyFile {
  readonly name: string
  readonly mediaType: string
  readonly content: Readable
}

/** Encrypts what a unit hands in, under the key of the directive that it answers. */
export async function keepFiles(
  app: App,
  files: readonly ReplyFile[],
  key: Buffer,
): Promise<StoredReplyFile[]> {
  const stored: StoredReplyFile[] = []
  for (const { name, mediaType, content } of files) {
    const { name: storedAs, size, sha256 } = await app.files.write(content, key)
    stored.push({ name, mediaType, size, sha256, storedAs })
  }
  return stored
}
