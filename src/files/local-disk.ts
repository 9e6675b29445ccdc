import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import {
  DiskFull,
  FileDamaged,
  type FileStore,
  FileTooLarge,
  type WrittenFile,
} from './file-store.ts'
import { seal, unseal } from './sealed-records.ts'

const unfinished = '.unfinished'
const askAtOnce = 500

/** Files on this machine's disk: random names in two-letter folders, for nobody else to read. */
export async function openLocalDisk(directory: string): Promise<FileStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const pathOf = (name: string) => {
    if (!/^[0-9a-f-]{36}$/.test(name))
      throw new Error(`"${name.slice(0, 60)}" is not a name this store gives.`)
    return join(directory, name.slice(0, 2), name)
  }

  return {
    async write(content, key, { limitBytes = Number.POSITIVE_INFINITY } = {}) {
      const name = randomUUID()
      const path = pathOf(name)
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        const measured = new Measured(content, limitBytes)
        await writeDurably(path, seal(measured, key))
        return measured.as(name)
      } catch (error) {
        content.destroy()
        await rm(`${path}${unfinished}`, { force: true })
        if (isDiskFull(error)) throw new DiskFull(directory, error)
        throw error
      }
    },

    open(name, key) {
      return Readable.from(
        unseal(createReadStream(pathOf(name)), key, () => new FileDamaged(name)),
        { objectMode: false },
      )
    },

    async remove(name) {
      await rm(pathOf(name), { force: true })
    },

    async removeOrphans(known, before) {
      let removed = 0
      const old: string[] = []
      const judge = async () => {
        const inUse = await known(
          old.filter((path) => !path.endsWith(unfinished)).map((path) => basename(path)),
        )
        for (const path of old.splice(0)) {
          if (inUse.has(basename(path))) continue
          await rm(path, { force: true })
          removed++
        }
      }
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (!entry.isFile() || (await stat(path)).mtime >= before) continue
        old.push(path)
        if (old.length >= askAtOnce) await judge()
      }
      await judge()
      return removed
    },
  }
}

/** Counts and hashes what passes through, and stops what is too large. */
class Measured implements AsyncIterable<Buffer> {
  readonly #content: Readable
  readonly #limitBytes: number
  readonly #hash = createHash('sha256')
  #size = 0

  constructor(content: Readable, limitBytes: number) {
    this.#content = content
    this.#limitBytes = limitBytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for await (const chunk of this.#content) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
      this.#size += bytes.length
      if (this.#size > this.#limitBytes) throw new FileTooLarge(this.#limitBytes)
      this.#hash.update(bytes)
      yield bytes
    }
  }

  as(name: string): WrittenFile {
    return { name, size: this.#size, sha256: this.#hash.digest('hex') }
  }
}

/** Write, fsync, rename, fsync the folder: after a power cut the file is whole or not there. */
async function writeDurably(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(`${path}${unfinished}`, 'wx', 0o600)
  try {
    for await (const piece of bytes) await writeAll(file, piece)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}${unfinished}`, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten
}

function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as { code?: string }).code ?? '')
}
