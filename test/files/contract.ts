import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { FileDamaged, type FileStore, FileTooLarge } from '#src/files/file-store.ts'

/** What every driver of the file store keeps to. `bytesAt` reads and replaces what is really stored. */
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
        expect(written.sha256).toMatch(/^[0-9a-f]{64}$/)
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
      ['its end is cut off at a record', (bytes: Buffer) => bytes.subarray(0, 11 + 2 * 65_552)],
      ['its end is cut off anywhere', (bytes: Buffer) => bytes.subarray(0, -1)],
      [
        'two records are exchanged',
        (bytes: Buffer) =>
          Buffer.concat([
            bytes.subarray(0, 11),
            bytes.subarray(11 + 65_552, 11 + 2 * 65_552),
            bytes.subarray(11, 11 + 65_552),
            bytes.subarray(11 + 2 * 65_552),
          ]),
      ],
      ['it is emptied', () => Buffer.alloc(0)],
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

    it('never shares a name between two files of equal content', async () => {
      const { store } = await open()
      const content = randomBytes(10)
      expect((await store.write(from(content), key)).name).not.toBe(
        (await store.write(from(content), key)).name,
      )
    })

    it('removes orphans that are old enough, and only those', async () => {
      const { store, stored } = await open()
      const known = await store.write(from(randomBytes(10)), key)
      const orphan = await store.write(from(randomBytes(10)), key)
      const inUse = async () => new Set([known.name])
      expect(await store.removeOrphans(inUse, new Date(0))).toBe(0)
      expect(await store.removeOrphans(inUse, new Date(Date.now() + 60_000))).toBe(1)
      expect([...(await stored()).keys()]).toEqual([known.name])
      await store.remove(orphan.name)
    })
  })
}
