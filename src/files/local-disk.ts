import { randomUUID } from 'node:crypto'
import {
  access,
  constants,
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  unlink,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { Explained } from '../domain/errors.ts'
import type { FileStore, ListedFile, WrittenFile } from './file-store.ts'
import { DiskFull, FileDamaged, FileMissing } from './file-store.ts'
import { Measured } from './measured.ts'
import { removeOrphans, unfinished } from './orphans.ts'
import {
  headerBytes,
  lastRecordOf,
  newSeal,
  readSeal,
  type Seal,
  SealBroken,
  sealAll,
  sealedBytes,
  unsealAll,
  unsealRecord,
} from './sealed-records.ts'

/** Files on this machine's disk: random names in two-letter folders, for nobody else to read. */
export async function openLocalDisk(directory: string): Promise<FileStore> {
  await makeUsable(directory)
  const store: FileStore = {
    write: (content, key, { limitBytes = Number.POSITIVE_INFINITY } = {}) =>
      write(directory, content, key, limitBytes),
    open: (name, key) =>
      Readable.from(contentOf(pathOf(directory, name), name, key), { objectMode: false }),
    remove: (name) => remove(pathOf(directory, name)),
    list: () => list(directory),
    removeOrphans: (known, before, unfinishedBefore) =>
      removeOrphans(store, known, before, unfinishedBefore),
  }
  return store
}

async function write(
  directory: string,
  content: Readable,
  key: Buffer,
  limitBytes: number,
): Promise<WrittenFile> {
  // A source may break before its first byte is asked for; without a listener that would end the process.
  content.on('error', () => {})
  const name = randomUUID()
  const path = pathOf(directory, name)
  try {
    const measured = new Measured(content, limitBytes)
    await writeDurably(directory, path, sealAll(measured, newSeal(key, name)))
    return measured.as(name)
  } catch (error) {
    content.destroy()
    await unlinkIfThere(path + unfinished)
    await unlinkIfThere(path)
    if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT')
      throw new DiskFull(directory, error)
    throw error
  }
}

/** Write, fsync, rename, fsync the folder: after a power cut the file is whole or not there. */
async function writeDurably(
  directory: string,
  path: string,
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  const file = await openNew(directory, path + unfinished)
  try {
    for await (const piece of bytes) await writeAll(file, piece)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(path + unfinished, path)
  await syncFolder(dirname(path))
}

/** All but the first file of a folder find it there. */
async function openNew(directory: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    if (await mkdir(dirname(path), { recursive: true, mode: 0o700 })) await syncFolder(directory)
    return open(path, 'wx', 0o600)
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten
}

/** Opens the file when the first byte is asked for, and closes it when the reader has had enough. */
async function* contentOf(path: string, name: string, key: Buffer): AsyncGenerator<Buffer> {
  try {
    await using file = await open(path, 'r')
    const seal = readSeal(await readAt(file, 0, headerBytes), key, name)
    await vouchForEnd(file, seal)
    const sealed = file.createReadStream({
      start: headerBytes,
      highWaterMark: sealedBytes,
      autoClose: false,
    })
    yield* unsealAll(sealed, seal)
  } catch (error) {
    if (error instanceof SealBroken) throw new FileDamaged(name)
    throw codeOf(error) === 'ENOENT' ? new FileMissing(name) : error
  }
}

/** Otherwise a file that was cut off would be handed out up to where it breaks. */
async function vouchForEnd(file: FileHandle, seal: Seal): Promise<void> {
  const { number, at, length } = lastRecordOf((await file.stat()).size)
  unsealRecord(seal, await readAt(file, at, length), number, true)
}

async function remove(path: string): Promise<void> {
  // Synced, or what a purge removed could be back after a power cut.
  if (await unlinkIfThere(path)) await syncFolder(dirname(path))
}

async function* list(directory: string): AsyncGenerator<ListedFile> {
  for (const folder of await readdir(directory)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue
    for (const name of await readdir(join(directory, folder))) {
      if (!givenName.test(name)) continue
      const found = await stat(join(directory, folder, name)).catch(nullIfMissing)
      if (found) yield { name, modifiedAt: found.mtime, size: found.size }
    }
  }
}

const givenName = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.unfinished)?$/

/** Names come back from the database: what is not one of ours must never become a path. */
function pathOf(directory: string, name: string): string {
  if (!givenName.test(name))
    throw new Error(`"${name.slice(0, 60)}" is not a name this store gives.`)
  return join(directory, name.slice(0, 2), name)
}

async function makeUsable(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Explained(
      `Không dùng được thư mục tệp. The folder ${directory} for the files cannot be used (${codeOf(error)}). Let the user of the service write there, or configure another data directory.`,
      2,
      { cause: error },
    )
  }
}

/** A name is only as durable as the folder it stands in. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

async function unlinkIfThere(path: string): Promise<boolean> {
  return (await unlink(path).catch(nullIfMissing)) !== null
}

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
