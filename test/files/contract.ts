import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FileDamaged, FileMissing, type FileStore, FileTooLarge } from '#src/files/file-store.ts'
import { headerBytes, sealedBytes } from '#src/files/sealed-records.ts'

/** What every driver of the file store keeps to. `stored` reads and `replace` changes what is really stored. */
export function describeFileStore(
  name: string,
  open: () => Promise<{
    store: FileStore
    stored(): Promise<Map<string, Buffer>>
    replace(name: string, bytes: Buffer): Promise<void>
  }>,
): void {
  describe(name, () => {
    const key = randomBytes(32)
    const from = (...chunks: Buffer[]) => Readable.from(chunks, { objectMode: false })

    it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 3_000_001])(
      'gives back %i bytes as they were, with their size and hash',
      async (size) => {
        const { store } = await open()
        const content = randomBytes(size)
        const written = await store.write(from(content), key)
        expect(written.size).toBe(size)
        expect(written.sha256).toBe(createHash('sha256').update(content).digest('hex'))
        expect((await buffer(store.open(written.name, key))).equals(content)).toBe(true)
      },
    )

    it('keeps nothing readable of what it stores', async () => {
      const { store, stored } = await open()
      await store.write(from(Buffer.from('trích yếu rất dễ nhận ra '.repeat(20_000))), key)
      for (const bytes of (await stored()).values()) expect(bytes.includes('trích yếu')).toBe(false)
    })

    it.each([
      [
        'a byte is altered',
        (bytes: Buffer) =>
          Buffer.concat([
            bytes.subarray(0, 90_000),
            Buffer.from([bytes[90_000]! ^ 1]),
            bytes.subarray(90_001),
          ]),
      ],
      [
        'its end is cut off at a record',
        (bytes: Buffer) => bytes.subarray(0, headerBytes + 2 * sealedBytes),
      ],
      ['its end is cut off anywhere', (bytes: Buffer) => bytes.subarray(0, -1)],
      [
        'two records are exchanged',
        (bytes: Buffer) =>
          Buffer.concat([
            bytes.subarray(0, headerBytes),
            bytes.subarray(headerBytes + sealedBytes, headerBytes + 2 * sealedBytes),
            bytes.subarray(headerBytes, headerBytes + sealedBytes),
            bytes.subarray(headerBytes + 2 * sealedBytes),
          ]),
      ],
      [
        'a record is repeated',
        (bytes: Buffer) =>
          Buffer.concat([
            bytes.subarray(0, headerBytes + sealedBytes),
            bytes.subarray(headerBytes),
          ]),
      ],
      ['something is appended', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)])],
      [
        'its header is altered',
        (bytes: Buffer) =>
          Buffer.concat([bytes.subarray(0, 8), Buffer.from([bytes[8]! ^ 1]), bytes.subarray(9)]),
      ],
      ['it is emptied', () => Buffer.alloc(0)],
      ['only its header is left', (bytes: Buffer) => bytes.subarray(0, headerBytes)],
    ])('breaks instead of handing out a file when %s', async (_what, damage) => {
      const { store, stored, replace } = await open()
      const { name: file } = await store.write(from(randomBytes(200_000)), key)
      await replace(file, damage([...(await stored()).values()][0]!))
      await expect(buffer(store.open(file, key))).rejects.toThrow(FileDamaged)
    })

    it('opens nothing with another key', async () => {
      const { store } = await open()
      const { name: file } = await store.write(from(randomBytes(10)), key)
      await expect(buffer(store.open(file, randomBytes(32)))).rejects.toThrow(FileDamaged)
    })

    it.each([
      ['cut off at a record', (bytes: Buffer) => bytes.subarray(0, headerBytes + 2 * sealedBytes)],
      ['cut off anywhere', (bytes: Buffer) => bytes.subarray(0, 150_000)],
    ])('hands out not even the first byte of a file that was %s', async (_where, damage) => {
      const { store, stored, replace } = await open()
      const { name: file } = await store.write(from(randomBytes(200_000)), key)
      await replace(file, damage((await stored()).get(file)!))
      expect(await readUntilItBreaks(store.open(file, key))).toEqual({
        error: expect.any(FileDamaged),
        bytes: 0,
      })
    })

    it('hands out only what comes before an altered record', async () => {
      const { store, stored, replace } = await open()
      const content = randomBytes(200_000)
      const { name: file } = await store.write(from(content), key)
      const bytes = Buffer.from((await stored()).get(file)!)
      bytes[headerBytes + sealedBytes + 5]! ^= 1
      await replace(file, bytes)
      expect(await readUntilItBreaks(store.open(file, key))).toEqual({
        error: expect.any(FileDamaged),
        bytes: 65_536,
      })
    })

    it('opens no file in the place of another, though both have the same key', async () => {
      const { store, stored, replace } = await open()
      const one = await store.write(from(randomBytes(100)), key)
      const other = await store.write(from(randomBytes(100)), key)
      await replace(one.name, (await stored()).get(other.name)!)
      await expect(buffer(store.open(one.name, key))).rejects.toThrow(FileDamaged)
    })

    it('says so when a file is not there, whether it is read at once, late or never', async () => {
      const { store } = await open()
      const { name: file } = await store.write(from(randomBytes(10)), key)
      await store.remove(file)
      await store.remove(file)
      await expect(buffer(store.open(file, key))).rejects.toThrow(FileMissing)
      const late = store.open(file, key)
      await nextTurns()
      await expect(buffer(late)).rejects.toThrow(FileMissing)
      store.open(file, key).destroy()
      await nextTurns()
    })

    it('takes no name that it did not give', async () => {
      const { store } = await open()
      const stranger = '../../etc/passwd'
      await expect(async () => buffer(store.open(stranger, key))).rejects.toThrow('not a name')
      await expect(async () => store.remove(stranger)).rejects.toThrow('not a name')
    })

    it('is over with a source that broke before its first byte was asked for', async () => {
      const { store, stored } = await open()
      const silent = new Readable({ read() {} })
      const writing = store.write(silent, key)
      silent.destroy(new Error('the far side is gone'))
      await expect(writing).rejects.toThrow('the far side is gone')
      await expect(store.write(silent, key)).rejects.toThrow('the far side is gone')
      expect((await stored()).size).toBe(0)
    })

    it('keeps nothing of a source that ends without having ended properly', async () => {
      const { store, stored } = await open()
      const cutOff = new Readable({ read() {} })
      const writing = store.write(cutOff, key)
      cutOff.push(randomBytes(100))
      cutOff.destroy()
      await expect(writing).rejects.toThrow()
      expect((await stored()).size).toBe(0)
    })

    it('takes a file of exactly the limit', async () => {
      const { store } = await open()
      expect((await store.write(from(randomBytes(99)), key, { limitBytes: 99 })).size).toBe(99)
    })

    it('refuses a key of the wrong length and keeps nothing', async () => {
      const { store, stored } = await open()
      const source = from(randomBytes(10))
      await expect(store.write(source, randomBytes(16))).rejects.toThrow(/key/i)
      expect(source.destroyed).toBe(true)
      expect((await stored()).size).toBe(0)
    })

    it('leaves nothing behind when the source breaks or sends too much', async () => {
      const { store, stored } = await open()
      const breaking = Readable.from(
        (async function* () {
          yield randomBytes(100_000)
          throw new Error('the far side is gone')
        })(),
      )
      await expect(store.write(breaking, key)).rejects.toThrow('the far side is gone')
      await expect(store.write(from(randomBytes(100)), key, { limitBytes: 99 })).rejects.toThrow(
        FileTooLarge,
      )
      expect((await stored()).size).toBe(0)
    })

    it('never shares a name or a sealed byte between files of equal content', async () => {
      const { store, stored } = await open()
      const content = randomBytes(100)
      const written = await Promise.all(
        Array.from({ length: 20 }, () => store.write(from(content), key)),
      )
      expect(new Set(written.map((file) => file.name)).size).toBe(20)
      const sealed = [...(await stored()).values()].map((bytes) =>
        bytes.toString('hex', headerBytes),
      )
      expect(new Set(sealed).size).toBe(20)
    })

    it('lists what it holds', async () => {
      const { store, stored } = await open()
      const written = [
        await store.write(from(randomBytes(10)), key),
        await store.write(from(randomBytes(100_000)), key),
      ]
      const listed = new Map<string, number>()
      for await (const file of store.list()) {
        expect(file.modifiedAt).toBeInstanceOf(Date)
        listed.set(file.name, file.size)
      }
      expect([...listed.keys()].sort()).toEqual(written.map((file) => file.name).sort())
      for (const [file, bytes] of await stored()) expect(listed.get(file)).toBe(bytes.length)
    })

    it('asks nobody about files that are not old enough', async () => {
      const { store } = await open()
      await store.write(from(randomBytes(10)), key)
      const nobody = async () => expect.fail('nothing here is old')
      expect(await store.removeOrphans(nobody, new Date(0), new Date(0))).toBe(0)
    })

    it('removes orphans that are old enough, and only those', async () => {
      const { store, stored } = await open()
      const known = await store.write(from(randomBytes(10)), key)
      const orphan = await store.write(from(randomBytes(10)), key)
      const inUse = async () => new Set([known.name])
      expect(await store.removeOrphans(inUse, new Date(0), new Date())).toBe(0)
      expect(await store.removeOrphans(inUse, new Date(Date.now() + 60_000), new Date())).toBe(1)
      expect([...(await stored()).keys()]).toEqual([known.name])
      await store.remove(orphan.name)
    })
  })
}

async function readUntilItBreaks(content: Readable): Promise<{ bytes: number; error: unknown }> {
  let bytes = 0
  try {
    for await (const chunk of content) bytes += chunk.length
  } catch (error) {
    return { bytes, error }
  }
  return { bytes, error: null }
}

/** Long enough for an error that nobody listens for to have ended the process. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}
