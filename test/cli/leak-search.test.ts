import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formsOfHashes, formsOfNumber, formsOfText, formsOfUuid } from '#src/cli/demo/forms.ts'
import { search, searchForLeaks } from '#src/cli/demo/leak-search.ts'
import type { Needle } from '#src/cli/demo/needles.ts'
import { captured } from '#src/cli/demo/places.ts'

async function searchFile(content: Buffer, canary: string): Promise<number> {
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
  expect(await searchFile(content, canary)).toBe(1)
})

it('finds nothing where nothing is', async () => {
  expect(await searchFile(noise(100_000), canary)).toBe(0)
})

it('takes a number for found only as a whole', async () => {
  expect(await searchFile(Buffer.from('id=512345678;'), '512345678')).toBe(1)
  expect(await searchFile(Buffer.from('read512345678'), '512345678')).toBe(1)
  expect(await searchFile(Buffer.from('1512345678'), '512345678')).toBe(0)
  expect(await searchFile(Buffer.from('af512345678c'), '512345678')).toBe(0)
})

it('looks at the names of files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chidao-leak-'))
  await writeFile(join(folder, `message-${canary}.xml`), '')
  const found = { databases: [], folders: [folder], canaries: [canary], controls: [] }
  expect((await searchForLeaks(found)).leaks).toBe(1)
  await rm(folder, { recursive: true })
})

const subject = 'Về việc điều chỉnh phương án phòng thủ'
const uuid = '5a1f0a52-11c4-4d00-8a00-0000000000a1'

/** Written by other means than those of the search. */
describe('what is found of an admitted or refused string', () => {
  it.each<[string, Needle[], string | Buffer]>([
    ['decomposed', formsOfText('it', subject), `"${subject.normalize('NFD')}"`],
    ['in capitals', formsOfText('it', subject), subject.toUpperCase()],
    ['as search text', formsOfText('it', subject), 've viec dieu chinh phuong an phong thu'],
    [
      'in JSON escapes',
      formsOfText('it', subject),
      '"V\\u1ec1 vi\\u1ec7c \\u0111i\\u1ec1u ch\\u1ec9nh ph\\u01b0\\u01a1ng \\u00e1n ph\\u00f2ng th\\u1ee7"',
    ],
    ['percent-encoded', formsOfText('it', subject), new URL(`http://x/${subject}`).pathname],
    ['in UTF-16', formsOfText('it', subject), Buffer.from(`a${subject}b`, 'utf16le')],
    ['in base64', formsOfText('it', subject), Buffer.from(`a${subject}b`).toString('base64')],
    [
      'in base64 of others',
      formsOfText('it', subject),
      Buffer.from(`ab${subject}`).toString('base64url'),
    ],
    ['in hex', formsOfText('it', subject), `\\x${Buffer.from(subject).toString('hex')}`],
    ['a raw uuid', formsOfUuid('it', uuid), Buffer.from(uuid.replaceAll('-', ''), 'hex')],
    ['a uuid without hyphens', formsOfUuid('it', uuid), uuid.replaceAll('-', '')],
    ['a bigint', formsOfNumber('it', 512_345_678), Buffer.from('4ec6891e00000000', 'hex')],
    [
      'a JSON number in a jsonb',
      formsOfNumber('it', 512_345_678),
      Buffer.from('02800500d2042e16', 'hex'),
    ],
    [
      'a double',
      formsOfNumber('it', 512_345_678),
      new Uint8Array(new Float64Array([512_345_678]).buffer) as Buffer,
    ],
    // printf 512345678 | sha256sum
    ['a short hash', formsOfHashes('it', '512345678'), 'refused:86c19fb10ffb8eae'],
  ])('%s', async (_form, needles, content) => {
    const report = await search({ places: [page(content)], canaries: needles })
    expect(report.leaks.map(({ name }) => name)).toContain('it')
  })
})

it('is blind, and says so, when a control is not found or a decoy is', async () => {
  const [needle] = formsOfText('control', 'what must be here')
  const [decoy] = formsOfText('decoy', 'nobody’s')
  const places = [page('something else of nobody’s')]
  const controls = [{ place: 'page', needle: needle! }]
  const { blind } = await search({ places, canaries: [], decoys: [decoy!], controls })
  expect(blind).toHaveLength(2)
})

it('takes four bytes for a leak only where far more of them are found than of nobody’s', async () => {
  const numbers = Array.from({ length: 40 }, (_, at) => 512_345_678 + at * 7_654_321)
  const isFourBytes = ({ form }: Needle) => form.startsWith('int4')
  const canaries = numbers.flatMap((n) => formsOfNumber(`n ${n}`, n)).filter(isFourBytes)
  const written = (count: number) =>
    Buffer.concat(numbers.slice(0, count).map((n) => Buffer.from(Uint32Array.of(n, 77).buffer)))
  const few = await search({ places: [page(written(3))], canaries })
  const many = await search({ places: [page(written(30))], canaries })
  expect(few.leaks).toEqual([])
  expect(many.leaks).toHaveLength(30)
})

function page(content: string | Buffer) {
  return captured('page', async function* () {
    yield ['it', content]
  })
}
