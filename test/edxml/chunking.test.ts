import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessage } from '#src/edxml/reader.ts'
import { inChunks, read, sample, uuid, withFiles, zip } from './messages.ts'

const messages = {
  'many letters of two and three bytes': sample('08-priority-3-duedate-steering'),
  'letters of four bytes': Buffer.from(
    sample('01-new-one-attachment').toString().replace('V/v triển khai', '𝕍/𝕧 𝟘 \u{1f600}'),
  ),
  'a text and line ends before the root': Buffer.from(
    `\r\n1212\r\n${sample('01-new-one-attachment').toString()}`,
  ),
  'carriage returns alone, CDATA, comments and references': Buffer.from(
    sample('01-new-one-attachment')
      .toString()
      .replace(
        '<edXML:Subject>',
        '<edXML:Subject>a\r\r\n\rb<![CDATA[ ]]] &x; ]]><!-- - -->&#x1EC7;',
      ),
  ),
  'a wrapped zip and a broken file': withFiles(
    ['a.txt', zip({ [`${uuid}.txt`]: Buffer.alloc(5000, 'ab') }).toString('base64')],
    ['b.pdf', 'JVBERi0x.'],
    ['c.pdf', Buffer.from('%PDF-1').toString('base64').replace(/./g, '$&\r\n')],
  ),
  'a status': sample('status-02'),
  'a DOCTYPE': sample('variants/v12-doctype-external-entity'),
  'no UTF-8': Buffer.concat([sample('status-01').subarray(0, 900), Buffer.from([0xc3, 0x28])]),
}

describe('how the bytes arrive changes nothing', () => {
  it.each(Object.entries(messages))('%s', async (_what, bytes) => {
    const whole = await read(bytes, {})
    expect(await readMessage(inChunks(bytes, 1))).toEqual(whole)
    const cuts = fc.uniqueArray(fc.nat(bytes.length), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await readMessage(cutAt(bytes, at))).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  it('a stream of Node is a source', async () => {
    const bytes = messages['a status']
    expect(await readMessage(Readable.from([bytes], { objectMode: false }))).toEqual(
      await read(bytes),
    )
    expect((await buffer(Readable.from(inChunks(bytes, 7)))).equals(bytes)).toBe(true)
  })
})

async function* cutAt(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut)
    from = cut
  }
}
