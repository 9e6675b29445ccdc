import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { linesOf } from '#src/cli/lines.ts'
import { chidao } from './executable.ts'

async function read(...chunks: Buffer[]) {
  return Array.fromAsync(linesOf(Readable.from(chunks)))
}

describe('the lines of standard input', () => {
  it('are whole wherever the bytes are cut, with either line end and without the last', async () => {
    const bytes = Buffer.from('\uFEFFhỏa tốc\r\n\n  \nkhẩn')
    const chunks = [...bytes].map((byte) => Buffer.from([byte]))
    expect((await read(...chunks)).map((line) => line?.trim())).toEqual(['hỏa tốc', 'khẩn'])
  })

  it.each([
    ['Windows-1258', Buffer.from([0x54, 0x68, 0xf6, 0xd0, 0xec])],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le')],
    ['half a letter', Buffer.from('hỏa').subarray(0, 2)],
  ])('are refused in %s, and the next one is read', async (_what, bytes) => {
    expect(await read(bytes, Buffer.from('\n{}'))).toEqual([null, '{}'])
  })
})

it('a line of deadline --stdin is read strictly', async () => {
  const good = '{"issuedAt":"2026-02-13T17:00:00Z","urgency":"normal"}'
  const lines = [
    `\uFEFF${good}`,
    '{"issuedAt":"2026-02-13T17:00:00Z","urgency":"normal","urgency":"flash"}',
    '{"issuedAt":"2026-02-13T17:00:00Z","urgency":"flash"',
    '[]',
    good,
  ]
  const { code, out } = await chidao(['deadline', '--stdin'], {}, lines.join('\n'))
  const answers = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(code).toBe(3)
  expect(answers).toHaveLength(5)
  expect(answers[0]).toMatchObject({ deadlineDate: '2026-02-24' })
  expect(answers[4]).toEqual(answers[0])
  for (const refused of answers.slice(1, 4)) expect(Object.keys(refused)).toEqual(['error'])
  expect(answers[1].error).toContain('names a field twice')
})
