import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { searchForLeaks } from '#src/cli/demo/leak-search.ts'

async function search(content: Buffer, canary: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chidao-leak-'))
  await writeFile(join(folder, 'file'), content)
  const { leaks } = await searchForLeaks({
    databases: [],
    folders: [folder],
    canaries: [canary],
    controls: [],
  })
  await rm(folder, { recursive: true })
  return leaks
}

const canary = 'QZHR2FNWXPB'
const noise = (length: number) => Buffer.alloc(length, 'QZHR2FNWXP ')

it.each([
  ['UTF-8', Buffer.from(`x${canary}y`)],
  ['UTF-16', Buffer.from(`x${canary}y`, 'utf16le')],
  ['base64', Buffer.from(Buffer.from(canary).toString('base64'))],
  [
    'across two pieces of a large file',
    Buffer.concat([noise(4 * 1024 * 1024 - 5), Buffer.from(canary), noise(100)]),
  ],
  ['at the very beginning', Buffer.from(canary)],
])('finds what leaked as %s', async (_form, content) => {
  expect(await search(content, canary)).toBe(1)
})

it('finds nothing where nothing is', async () => {
  expect(await search(noise(100_000), canary)).toBe(0)
})

it('takes a number for found only as a whole', async () => {
  expect(await search(Buffer.from('id=512345678;'), '512345678')).toBe(1)
  expect(await search(Buffer.from('1512345678'), '512345678')).toBe(0)
  expect(await search(Buffer.from('af512345678c'), '512345678')).toBe(0)
})
