import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '#src/edxml/limits.ts'
import { type ProblemCode, spoils } from '#src/edxml/problem.ts'
import { readMessage } from '#src/edxml/reader.ts'
import { changed, codesOf, inChunks, read, sample, withFiles } from './messages.ts'

const plain = sample('01-new-one-attachment')
const subject = /<edXML:Subject>[^<]*<\/edXML:Subject>/

async function outcome(bytes: Uint8Array, limits = {}): Promise<string> {
  const reading = await read(bytes, { limits })
  // What ends a reading spoils the message, and nothing that spoils the message is read past.
  const spoilt = codesOf(reading).map((code) => spoils(code as ProblemCode) === 'message')
  expect(spoilt.lastIndexOf(true)).toBe(reading.readable ? -1 : spoilt.length - 1)
  return reading.readable ? 'readable' : codesOf(reading).at(-1)!
}

describe('a hostile message is refused for what it is', () => {
  it.each([
    ['a DOCTYPE without anything in it', '<!DOCTYPE edXML>', 'doctype'],
    ['a DOCTYPE that is never closed', '<!DOCTYPE edXML [<!ENTITY a "b">', 'doctype'],
    [
      'billion laughs',
      `<!DOCTYPE edXML [<!ENTITY a "ha">${'abcdefgh'.replace(/./g, (name) => `<!ENTITY ${name}${name} "${'&a;'.repeat(10)}">`)}]>`,
      'doctype',
    ],
    ['an external DTD', '<!DOCTYPE edXML SYSTEM "http://127.0.0.1/x.dtd">', 'doctype'],
    ['an endless comment', `<!--${'x'.repeat(2_000_000)}`, 'tooLong'],
    ['an encoding that is not UTF-8', '<?xml version="1.0" encoding="windows-1258"?>', 'notUtf8'],
  ])('%s', async (_what, start, code) => {
    const text = plain.toString().replace(/^<\?xml[^>]*>/, () => start)
    expect(await outcome(Buffer.from(text))).toBe(code)
  })

  it.each([
    ['an entity that nobody defined', '<edXML:Subject>&x;</edXML:Subject>', 'notWellFormed'],
    ['a NUL', '<edXML:Subject>a\0b</edXML:Subject>', 'controlCharacter'],
    ['a control character by its number', '<edXML:Subject>&#1;</edXML:Subject>', 'notWellFormed'],
    ['an escape character', '<edXML:Subject>\x1b[2J</edXML:Subject>', 'controlCharacter'],
    ['wrong nesting', '<edXML:Subject>a</edXML:Content>', 'notWellFormed'],
    ['an open tag too many', '<edXML:Subject>a', 'notWellFormed'],
    ['a second XML declaration', '<?xml version="1.0"?>', 'notWellFormed'],
    ['a bare <', '<edXML:Subject>a < b</edXML:Subject>', 'notWellFormed'],
    ['100,000 open elements', '<a>'.repeat(100_000), 'tooDeep'],
    ['a million siblings', '<a/>'.repeat(1_000_000), 'tooMany'],
    [
      'a million attributes',
      `<a ${Array.from({ length: 1_000_000 }, (_, index) => `a${index}=""`).join(' ')}/>`,
      'tooMany',
    ],
    ['the same attribute twice', '<a b="1" b="2"/>', 'notWellFormed'],
    [
      'an attribute called hasOwnProperty twice',
      '<a hasOwnProperty="" hasOwnProperty=""/>',
      'notWellFormed',
    ],
    ['a name without end', `<${'a'.repeat(5_000_000)}/>`, 'tooLong'],
    ['an attribute value without end', `<a b="${'a'.repeat(5_000_000)}"/>`, 'tooLong'],
    ['a text without end', `<edXML:Subject>${'a'.repeat(5_000_000)}</edXML:Subject>`, 'tooLong'],
    ['a CDATA without end', `<edXML:Subject><![CDATA[${'a'.repeat(5_000_000)}`, 'tooLong'],
    [
      'many texts that are too much together',
      `<edXML:Subject>${'a'.repeat(200_000)}</edXML:Subject>`.repeat(30),
      'tooLong',
    ],
  ])('%s', async (_what, hostile, code) => {
    expect(await outcome(changed(subject, hostile))).toBe(code)
  })

  it.each([
    ['nothing', '', 'empty'],
    ['white space', ' \r\n ', 'empty'],
    ['JSON', '{"status":"FAIL","ErrorCode":"15","ErrorDesc":"sai hệ thống"}', 'notXml'],
    ['a PDF', '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>', 'notXml'],
    ['HTML', '<html><body>502 Bad Gateway</body></html>', 'notEdxml'],
    ['another XML', '<data><edXML/></data>', 'notEdxml'],
    ['a root that holds nothing', '<edXML/>', 'headerMissing'],
  ])('%s is no message', async (_what, text, code) => {
    expect(await outcome(Buffer.from(text, 'latin1'))).toBe(code)
  })

  it.each([
    ['two roots', Buffer.concat([plain, plain.subarray(plain.indexOf('<edXML'))]), 'notWellFormed'],
    ['a second, empty root', Buffer.concat([plain, Buffer.from('<edXML/>')]), 'notWellFormed'],
    ['text after the root', Buffer.concat([plain, Buffer.from('x')]), 'notWellFormed'],
    ['bytes that are not UTF-8', Buffer.from(plain.toString(), 'latin1'), 'notUtf8'],
    ['UTF-16', Buffer.from(`\ufeff${plain.toString()}`, 'utf16le'), 'notUtf8'],
    ['half a character at the end', Buffer.concat([plain, Buffer.from([0xe1, 0xba])]), 'notUtf8'],
  ])('%s', async (_what, bytes, code) => {
    expect(await outcome(bytes)).toBe(code)
  })

  it('a message that ends early is never a shorter message', async () => {
    for (let length = 0; length < plain.length - 2; length += 200) {
      const reading = await read(plain.subarray(0, length))
      expect(reading.readable, `cut after ${length} bytes`).toBe(false)
    }
    const reading = await read(plain.subarray(0, -'</edXML>\r\n'.length))
    expect(codesOf(reading)).toEqual(['truncated'])
  })
})

describe('limits', () => {
  it('a message over the limit is refused while it is read', async () => {
    let given = 0
    async function* endless() {
      yield plain.subarray(0, plain.indexOf('JVBERi0'))
      for (; ; given++) yield Buffer.alloc(30_000, 'A')
    }
    const reading = await readMessage(endless(), { limits: { messageBytes: 1_000_000 } })
    expect(codesOf(reading)).toEqual(['tooLarge'])
    expect(given).toBeLessThan(40)
  })

  it('files over the limit are named, and too many refused', async () => {
    const reading = await read(plain, { limits: { fileBytes: 100 } })
    expect(codesOf(reading)).toEqual(['fileTooLarge'])
    expect(await outcome(plain, { files: 0 })).toBe('tooMany')
  })

  it('ends with its time, also when the source says nothing more', async () => {
    async function* silent() {
      yield plain.subarray(0, 1000)
      await setTimeout(3_600_000, null, { ref: false })
    }
    const reading = await readMessage(silent(), { signal: AbortSignal.timeout(30) })
    expect(codesOf(reading)).toEqual(['outOfTime'])
  })

  it('ends with its time in the middle of much work', async () => {
    const controller = new AbortController()
    async function* endless() {
      yield plain.subarray(0, plain.indexOf('JVBERi0'))
      for (let given = 0; ; given++) {
        if (given === 100) controller.abort()
        yield Buffer.alloc(30_000, 'A')
      }
    }
    const reading = await readMessage(endless(), { signal: controller.signal })
    expect(codesOf(reading)).toEqual(['outOfTime'])
  })

  it('ends with its time inside one large chunk', async () => {
    const controller = new AbortController()
    async function* large() {
      setImmediate(() => controller.abort())
      yield Buffer.concat([
        plain.subarray(0, plain.indexOf('JVBERi0')),
        Buffer.alloc(3_000_000, 'A'),
        plain.subarray(plain.indexOf('</edXML:ContentTransferEncoded>')),
      ])
    }
    expect(codesOf(await readMessage(large(), { signal: controller.signal }))).toEqual([
      'outOfTime',
    ])
  })

  it('does not take white space between elements for text', async () => {
    const wide = changed('<edXML:Subject>', `${' \n'.repeat(3_000_000)}<edXML:Subject>`)
    expect(await outcome(wide)).toBe('readable')
  })

  it('breaks with what its source breaks with, and lets go of the source', async () => {
    let released = false
    async function* broken() {
      try {
        yield plain.subarray(0, 1000)
        throw new Error('cut off')
      } finally {
        released = true
      }
    }
    await expect(readMessage(broken())).rejects.toThrow('cut off')
    expect(released).toBe(true)
    released = false
    async function* hostile() {
      try {
        yield Buffer.from('<!DOCTYPE edXML>')
        yield plain
      } finally {
        released = true
      }
    }
    expect((await readMessage(hostile())).readable).toBe(false)
    expect(released).toBe(true)
  })

  it('bounds time, size, depth and count by default', () => {
    expect(Object.values(defaultLimits).every(Number.isFinite)).toBe(true)
  })
})

it('no problem quotes the document', async () => {
  const secret = 'TuyetMat4711'
  const attempts = [
    changed(subject, `<edXML:Subject ${secret}>${secret}&${secret};</edXML:Subject>`),
    changed('2025/03/10</edXML:PromulgationDate>', `${secret}</edXML:PromulgationDate>`),
    changed('<edXML:Priority>0', `<edXML:Priority>${secret}`),
    changed('<edXML:From>', `<edXML:From>${secret}`),
    changed(/ContentTransferEncoded xmlns[^>]*>/, `ContentTransferEncoded>${secret}!`),
    withFiles([`${secret}.pdf`, `${secret}!`]),
    changed('<ContentId>cid:cid-1', `<ContentId>${secret}`),
    Buffer.from(`${secret}<`),
    Buffer.from(`<edXML xmlns="urn:${secret}"/>`),
    changed('</edXML>', `</edXML>${secret}`),
  ]
  for (const [index, bytes] of attempts.entries()) {
    const { problems } = await readMessage(inChunks(bytes))
    expect(problems.length, `attempt ${index}`).toBeGreaterThan(0)
    expect(JSON.stringify(problems)).not.toContain(secret)
  }
})
