/** A file is whole, and the one announced, by proof: its size, an end of its own, its first bytes. */
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Answer, OpenFile } from '#connectors/connector.ts'
import { looksOf } from '#connectors/rest/first-bytes.ts'
import { type RestProfile, restProfile } from '#connectors/rest/profile.ts'
import { connectRest } from '#connectors/rest/rest.ts'
import { valueIn } from './contract.ts'
import { profileAt } from './paged-register.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const ref = { transportRef: '1', sourceRef: '1' }
const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(20_000, 'x')])
const loginPage = Buffer.from('<!DOCTYPE html><html><title>Đăng nhập</title>'.padEnd(3000))
type SizeIs = NonNullable<RestProfile['files']>['sizeIs']

/** What comes of a file whose answer is these very bytes, after which the server hangs up. */
async function taken(
  answer: { head?: string; body: Buffer },
  announced: { name?: string; mediaType?: string | null; size?: number | null },
  sizeIs?: SizeIs,
): Promise<{ content: Buffer; note: string | null } | string> {
  const { head = `Content-Length: ${answer.body.length}\r\n`, body } = answer
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n${head}\r\n`)
      socket.end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const profile = profileAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const files = { ...profile.files!, ...(sizeIs === undefined ? {} : { sizeIs }) }
  const connector = connectRest({ ...profile, files }, {})
  open.push(connector, server)
  const file = { ref: '1', name: 'ke-hoach.pdf', mediaType: null, size: null, ...announced }
  const answers: Answer<OpenFile>[] = []
  await connector.openFiles(ref, [file], async (_file, opened) => answers.push(opened) === 0)
  const opened = valueIn(answers[0]!)
  try {
    return { content: await buffer(opened.content), note: opened.note() }
  } catch (error) {
    return (error as { failure: { word: string } }).failure.word
  }
}

const kept = (content: Buffer, note: string | null = null) => ({ content, note })
const encoded = (encoding: string, body: Buffer) => ({
  head: `Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n`,
  body,
})
const closing = (body: Buffer) => ({ head: 'Content-Type: application/pdf\r\n', body })

describe('the announced size', () => {
  it.each<[string, Buffer, number | null, SizeIs, boolean]>([
    ['exactly so many', pdf, pdf.length, undefined, true],
    ['one too few', pdf, pdf.length + 1, undefined, false],
    ['one too many', pdf, pdf.length - 1, undefined, false],
    ['many more', pdf, 10, undefined, false],
    ['nothing of it', Buffer.alloc(0), 2000, undefined, false],
    ['none announced', pdf, null, undefined, true],
    ['a size that is not to be trusted', pdf, 3, 'none', true],
    ['rounded to KiB', pdf, 20_480, { within: { bytes: 1024 } }, true],
    ['rounded too far', pdf, 22_000, { within: { bytes: 1024 } }, false],
    ['within some per cent', pdf, 21_000, { within: { percent: 5 } }, true],
    ['beyond them', pdf, 25_000, { within: { percent: 5 } }, false],
  ])('takes it or not: %s', async (_what, body, size, sizeIs, isTaken) => {
    expect(await taken({ body }, { size }, sizeIs)).toEqual(isTaken ? kept(body) : 'notAnnounced')
  })

  it('of an empty file proves that it is empty', async () => {
    const empty = Buffer.alloc(0)
    expect(await taken({ body: empty }, { size: 0 })).toEqual(kept(empty, 'typeDiffers'))
    expect(await taken({ body: empty }, { size: 0, name: 'a.bin' }, 'none')).toBe('notAnnounced')
    expect(await taken({ body: empty }, { size: null, name: 'a.txt' })).toBe('notAnnounced')
  })

  it('is exact unless the profile says otherwise, and what the profile says is checked', () => {
    const profile = profileAt('https://qlvb.test')
    const problems = (files: object) =>
      restProfile.safeParse({ ...profile, files: { ...profile.files, ...files } }).error?.issues
    expect(problems({ sizeIs: { within: { percent: 1, bytes: 10 } } })).toBeUndefined()
    expect(problems({ sizeIs: { within: {} } })).toBeDefined()
    expect(problems({ sizeIs: 'roughly' })).toBeDefined()
    expect(problems({ sizeIs: { within: { percent: 90 } } })).toBeDefined()
    expect(problems({ size: undefined, sizeIs: 'exact' })).toBeDefined()
    expect(problems({ size: undefined, sizeIs: 'none' })).toBeUndefined()
  })
})

describe('the end of the body', () => {
  const zipped = gzipSync(pdf)
  const cases: [string, { head: string; body: Buffer }, string | null][] = [
    ['gzip, whole', encoded('gzip', zipped), null],
    ['gzip under its old name', encoded('x-gzip', zipped), null],
    ['gzip of gzip', encoded('gzip, gzip', gzipSync(zipped)), null],
    ['deflate, whole', encoded('deflate', deflateSync(pdf)), null],
    ['br, whole', encoded('br', brotliCompressSync(pdf)), null],
    ['no encoding by name', encoded('identity', pdf), null],
    ['gzip cut in its trailer', encoded('gzip', zipped.subarray(0, -4)), 'malformed'],
    ['gzip cut before its trailer', encoded('gzip', zipped.subarray(0, -8)), 'malformed'],
    ['gzip cut in the middle', encoded('gzip', zipped.subarray(0, 30)), 'malformed'],
    ['gzip with a wrong sum', encoded('gzip', withByte(zipped, -6, 0)), 'malformed'],
    ['deflate cut', encoded('deflate', deflateSync(pdf).subarray(0, -5)), 'malformed'],
    ['br cut', encoded('br', brotliCompressSync(pdf).subarray(0, -3)), 'malformed'],
    ['an encoding nobody asked for', encoded('zstd', pdf), 'open malformed'],
    [
      'chunks without the last',
      {
        head: 'Transfer-Encoding: chunked\r\n',
        body: Buffer.concat([Buffer.from('9\r\n%PDF-1.7\n\r\n')]),
      },
      'malformed',
    ],
    [
      'fewer bytes than the length says',
      { head: 'Content-Length: 30000\r\n', body: pdf },
      'malformed',
    ],
  ]
  it.each(cases)('is looked for: %s', async (_what, answer, word) => {
    if (word === 'open malformed') {
      await expect(taken(answer, {})).rejects.toThrow('malformed')
      return
    }
    expect(await taken(answer, {})).toEqual(word ?? kept(pdf))
  })

  it('that only the connection brings is one where the announced size proves it', async () => {
    expect(await taken(closing(pdf), { size: pdf.length })).toEqual(kept(pdf))
    expect(await taken(closing(pdf), { size: null })).toBe('notAnnounced')
    expect(await taken(closing(pdf), { size: pdf.length }, 'none')).toBe('notAnnounced')
    expect(await taken(closing(pdf), { size: pdf.length }, { within: { bytes: 9 } })).toBe(
      'notAnnounced',
    )
    expect(await taken(closing(pdf.subarray(0, 900)), { size: pdf.length })).toBe('notAnnounced')
  })
})

describe('what comes instead of a file', () => {
  it.each<[string, Buffer]>([
    ['a login page', loginPage],
    ['after a mark of its encoding', Buffer.concat([Buffer.from('\ufeff\n'), loginPage])],
    ['in UTF-16', Buffer.from(`\ufeff${loginPage.toString()}`, 'utf16le')],
    ['in UTF-16 without a mark', Buffer.from(loginPage.toString(), 'utf16le')],
    ['in UTF-16, the other way round', Buffer.from(`\ufeff${loginPage}`, 'utf16le').swap16()],
    ['after comments', Buffer.from(`<!-- ${'x'.repeat(4000)} -->\r\n<!--2--> <HTML lang=vi>`)],
    ['in a comment without end', Buffer.from(`<!-- ${'x'.repeat(9000)}`)],
    ['as XHTML', Buffer.from('<?xml version="1.0"?>\n<html xmlns="x">')],
    ['as a script', Buffer.from('  <script>location="/login"</script>')],
    ['as a part of a page', Buffer.from('<div class="login">Phiên đã hết hạn</div>')],
  ])('is never taken, whatever its size: %s', async (_what, body) => {
    expect(await taken({ body }, { size: body.length })).toBe('notAnnounced')
    expect(await taken({ body }, { size: null, name: 'CV 12', mediaType: null })).toBe(
      'notAnnounced',
    )
  })

  it('is the file where it was announced as a page', async () => {
    for (const announced of [{ name: 'a.html' }, { name: 'a', mediaType: 'text/html' }])
      expect(await taken({ body: loginPage }, announced)).toEqual(kept(loginPage))
  })

  it.each<[string, string, string]>([
    ['an error as JSON', 'ke-hoach.pdf', '{"success":false}'],
    ['an error as XML', 'ke-hoach.docx', '<?xml version="1.0"?><error/>'],
    ['an error under a name that says nothing', 'CV 12', ' [{"error":1}]'],
    ['a zip named as a picture', 'anh.jpg', 'PK\x03\x04....'],
    ['a document of Word of today named as one of old', 'a.doc', 'PK\x03\x04....'],
    ['plain text', 'a.xlsx', 'Không tìm thấy'],
  ])('is taken with a note where the size is exact, else not: %s', async (_what, name, text) => {
    const body = Buffer.from(text)
    expect(await taken({ body }, { name, size: body.length })).toEqual(kept(body, 'typeDiffers'))
    expect(await taken({ body }, { name, size: null })).toBe('notAnnounced')
    expect(await taken({ body }, { name, size: body.length }, 'none')).toBe('notAnnounced')
  })

  it('is told by bytes and not by the type that the answer claims', async () => {
    for (const type of ['application/json', 'text/html', 'image/png'])
      expect(
        await taken(
          { head: `Content-Type: ${type}\r\nContent-Length: ${pdf.length}\r\n`, body: pdf },
          { size: pdf.length },
        ),
      ).toEqual(kept(pdf))
    const head = `Content-Type: application/octet-stream\r\nContent-Length: ${loginPage.length}\r\n`
    expect(await taken({ head, body: loginPage }, {})).toBe('notAnnounced')
  })
})

it.each<[string, string, string]>([
  ['a.docx', 'PK\x03\x04', 'fitting'],
  ['mật khẩu.xlsx', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'fitting'],
  ['a.DOC', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'fitting'],
  ['a.doc', '{\\rtf1', 'fitting'],
  ['a.rtf', 'PK\x03\x04', 'other'],
  ['a.PDF ', '\n\n%PDF-1.4', 'fitting'],
  ['a.zip', 'PK\x05\x06', 'fitting'],
  ['a.jpeg', '\xff\xd8\xff\xe0', 'fitting'],
  ['a.tif', 'MM\0*', 'fitting'],
  ['a.p7m', '0\x82\x01', 'fitting'],
  ['a.xml', '\xef\xbb\xbf<?xml version="1.0"?><a/>', 'fitting'],
  ['a.json', '[]', 'fitting'],
  ['a.csv', '"{"', 'fitting'],
  ['a.txt', '<a href="x">', 'page'],
  ['a.svg', '<svg xmlns="x">', 'fitting'],
])('tells of %s by its first bytes whether they fit', (name, bytes, looks) => {
  expect(looksOf(Buffer.from(bytes, 'latin1'), { name, mediaType: null })).toBe(looks)
})

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[bytes.length + at] = value ^ 0x5a ^ changed[bytes.length + at]!
  return changed
}
