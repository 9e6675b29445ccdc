import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { foundIn, readFiles } from '#src/edxml/file-streams.ts'
import type { DocumentMessage } from '#src/edxml/message.ts'
import {
  changed,
  codesOf,
  fileRead,
  inChunks,
  readable,
  readDocument,
  sample,
  uuid,
  withFiles,
  zip,
} from './messages.ts'

const pdf = Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj<</Type/Catalog>>endobj', 'latin1')
const wordName = 'word/document.xml'
const docx = zip({ '[Content_Types].xml': Buffer.from('<Types/>'), [wordName]: pdf })
const xlsx = zip({ '[Content_Types].xml': Buffer.from('<Types/>'), 'xl/workbook.xml': pdf })
const large = zip(
  { 'word/document.xml': randomBytes(400_000), '[Content_Types].xml': pdf },
  { stored: true },
)
const odt = zip(
  { mimetype: Buffer.from('application/vnd.oasis.opendocument.text') },
  { stored: true },
)
const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), randomBytes(600)])
const ooxml = 'application/vnd.openxmlformats-officedocument'

describe('what a file is, its bytes say', () => {
  it.each([
    ['a.pdf', pdf, 'application/pdf'],
    ['a.docx', pdf, 'application/pdf'],
    ['a.docx', docx, `${ooxml}.wordprocessingml.document`],
    ['a.docx', large, `${ooxml}.wordprocessingml.document`],
    ['a.pdf', docx, `${ooxml}.wordprocessingml.document`],
    ['a.xlsx', xlsx, `${ooxml}.spreadsheetml.sheet`],
    ['a.odt', odt, 'application/vnd.oasis.opendocument.text'],
    ['a.doc', ole, 'application/msword'],
    ['a.xls', ole, 'application/vnd.ms-excel'],
    ['a.doc', Buffer.concat([ole, Buffer.from('Workbook', 'utf16le')]), 'application/vnd.ms-excel'],
    ['a', ole, 'application/x-ole-storage'],
    ['a.rtf', Buffer.from('{\\rtf1 a}'), 'application/rtf'],
    ['a.png', Buffer.from('89504e470d0a1a0a00', 'hex'), 'image/png'],
    ['a.jpg', Buffer.from('ffd8ffe000', 'hex'), 'image/jpeg'],
    ['a.zip', zip({ 'a.pdf': pdf, 'b.pdf': pdf }), 'application/zip'],
    ['a.txt', Buffer.from('Nhiệm vụ'), 'text/plain'],
    ['a.txt', Buffer.from(`${'x'.repeat(16 * 1024 - 1)}ệ`), 'text/plain'],
    ['a.html', Buffer.from('<script>alert(1)</script>'), 'text/plain'],
    ['a.exe', Buffer.from('MZ\x90\0\x03\0', 'latin1'), 'application/octet-stream'],
  ])('%s', async (name, content, mediaType) => {
    const { file, codes } = await fileRead(name, content)
    expect(file).toMatchObject({ name, mediaType, size: content.length, wrapping: null })
    expect(codes).toEqual([])
  })

  it('says so when ContentType says something else', async () => {
    expect((await fileRead('a.pdf', docx, 'application/pdf')).codes).toEqual(['contentTypeFalse'])
    expect((await fileRead('a.pdf', pdf, 'application/zip')).codes).toEqual(['contentTypeFalse'])
    expect((await fileRead('a.docx', docx, 'application/zip')).codes).toEqual([])
  })

  it('says so when a PDF went through a conversion of its characters', async () => {
    const converted = Buffer.from(pdf.toString('utf8').replaceAll('\ufffd', '\ufffd\ufffd'))
    expect((await fileRead('a.pdf', converted)).codes).toEqual(['fileDamaged'])
  })
})

const zipType = 'application/zip'

describe('a zip in place of a file', () => {
  it.each([
    ['deflated', {}],
    ['deflated, its length behind it', { descriptor: true }],
    ['stored', { stored: true }],
  ])('%s, with one entry <uuid>.<ext>, is unwrapped', async (_how, options) => {
    const { file, codes } = await fileRead(
      'Phụ lục.PDF',
      zip({ [`${uuid}.pdf`]: pdf }, options),
      'application/pdf',
    )
    expect(file).toMatchObject({ mediaType: 'application/pdf', size: pdf.length })
    expect(codes).toEqual([])
  })

  it.each([
    ['another name', 'tmp123.pdf', 'a.pdf', pdf, undefined],
    ['a blank and letters', 'công văn.pdf', 'a.pdf', pdf, undefined],
    ['its sender’s class and OrganId', 'SendDocument.000.00.10.H50', 'a.xlsx', xlsx, zipType],
    ['no extension, where its file has none', 'anh', 'Ảnh chụp', pdf, zipType],
    ['an extension of its own, where nothing is known of it', 'du-lieu.dat', 'a.dwg', pdf, zipType],
  ])(
    'whose entry has %s is unwrapped by the official rule',
    async (_what, entry, name, content, type) => {
      const { file, codes } = await fileRead(name, zip({ [entry]: content }), type)
      expect(codes).toEqual([])
      expect(file).toMatchObject({ size: content.length, wrappedName: entry })
    },
  )

  it.each([
    ['another file than it says', 'uuid.edxml', 'a.doc', Buffer.from('<edXML/>')],
    ['a picture in place of a PDF', 'anh.jpg', 'a.pdf', Buffer.from('ffd8ffe0', 'hex')],
  ])('whose entry is %s is kept', async (_what, entry, name, content) => {
    const { file, codes } = await fileRead(name, zip({ [entry]: content }), zipType)
    expect([codes, file.wrappedName]).toEqual([['zipKept'], null])
  })

  it('unpacks no more of all files together than the limit', async () => {
    const bomb = zip({ 'a.pdf': Buffer.alloc(300_000) }).toString('base64')
    const files = [1, 2, 3, 4].map((one): [string, string] => [`${one}.pdf`, bomb])
    const reading = await readable(withFiles(...files), { limits: { unpackedBytes: 700_000 } })
    const { files: found } = reading.message as DocumentMessage
    expect(found.map(({ wrapping }) => wrapping !== null)).toEqual([true, true, false, false])
    expect(codesOf(reading).filter((code) => code === 'zipTooLarge')).toHaveLength(2)
  })

  it('with a spreadsheet in it, as the builder sends it, is unwrapped', async () => {
    const { file } = await fileRead('a.xlsx', zip({ [`${uuid}.xlsx`]: xlsx }))
    expect(file).toMatchObject({ mediaType: `${ooxml}.spreadsheetml.sheet`, size: xlsx.length })
  })

  it.each([
    ['two entries', zip({ [`${uuid}.pdf`]: pdf, 'b.pdf': pdf }), 'zipKept'],
    ['an entry of another extension', zip({ [`${uuid}.docx`]: docx }), 'zipKept'],
    ['an entry that is a path', zip({ [`../${uuid}.pdf`]: pdf }), 'zipKept'],
    ['a password', zip({ [`${uuid}.pdf`]: pdf }, { flags: 1 }), 'zipKept'],
    ['nothing in it', zip({}), 'zipKept'],
    ['a wrong checksum', zip({ [`${uuid}.pdf`]: pdf }, { crc: 1 }), 'zipBroken'],
    [
      'a stored entry without its length',
      zip({ [`${uuid}.pdf`]: pdf }, { stored: true, descriptor: true }),
      'zipKept',
    ],
    ['its end cut off', zip({ [`${uuid}.pdf`]: pdf }).subarray(0, -10), 'zipBroken'],
    ['more than it says', Buffer.concat([zip({ [`${uuid}.pdf`]: pdf }), pdf]), 'zipBroken'],
    ['damaged content', spoilt(zip({ [`${uuid}.pdf`]: pdf }), 75), 'zipBroken'],
  ])('with %s is kept as it was sent, and named', async (_what, content, code) => {
    const { file, codes } = await fileRead('a.pdf', content)
    expect(codes).toEqual([code])
    expect(file).toMatchObject({ mediaType: 'application/zip', size: content.length })
    expect(file.wrapping).toBeNull()
  })

  it.each([
    ['packed length', 20],
    ['length', 24],
    ['place of the entry', 42],
    ['name', 46],
    ['method', 10],
  ])('whose directory gives another %s is broken', async (_what, field) => {
    const content = zip({ [`${uuid}.pdf`]: pdf })
    const { codes } = await fileRead(
      'a.pdf',
      spoilt(content, content.indexOf('PK\x01\x02') + field),
    )
    expect(codes).toEqual(['zipBroken'])
  })

  it('that is announced as a zip is a zip', async () => {
    const content = zip({ [`${uuid}.pdf`]: pdf })
    expect(await fileRead('a.zip', content)).toMatchObject({
      codes: [],
      file: { mediaType: 'application/zip', size: content.length },
    })
  })

  it('is not unpacked past the limit', async () => {
    const bomb = zip({ [`${uuid}.txt`]: Buffer.alloc(50_000_000) })
    expect(bomb.length).toBeLessThan(100_000)
    const bytes = withFiles(['a.txt', bomb.toString('base64')])
    const reading = await readable(bytes, { limits: { fileBytes: 1_000_000 } })
    expect(reading.problems.map(({ code }) => code)).toEqual(['zipTooLarge'])
  })

  it('is found wherever the name stands', async () => {
    const content = zip({ [`${uuid}.txt`]: Buffer.from('Nhiệm vụ') })
    const text = withFiles(['a.txt', content.toString('base64')]).toString()
    const name = '<AttachmentName>a.txt</AttachmentName>'
    const late = text.replace(name, '').replace('</Attachment>', `${name}</Attachment>`)
    const { message } = await readDocument(Buffer.from(late))
    expect(message.files[0]).toMatchObject({ mediaType: 'text/plain', size: 12 })
  })
})

describe('base64', () => {
  const text = pdf.toString('base64')
  it.each([
    ['a character too few', text.slice(0, -1)],
    ['a foreign character', `${text.slice(0, 8)}-${text.slice(9)}`],
    ['another alphabet', 'ab-_'],
    ['padding in the middle', `YQ==${text}`],
    ['padding in the middle, a comment behind it', `YQ==<!-- -->${text}`],
    ['padding alone', '===='],
    ['three paddings', 'Y==='],
    ['an element in it', `${text.slice(0, 4)}<b/>${text.slice(4)}`],
  ])('with %s is broken, and nothing is made of it', async (_what, content) => {
    const { message, codes } = await readDocument(withFiles(['a.pdf', content]))
    expect(codes).toContain('base64Broken')
    expect(message.files).toMatchObject([{ name: 'a.pdf', size: null, sha256: null }])
  })

  it('in lines, with comments between them, in CDATA and with character references is whole', async () => {
    const wrapped = text.replace(/.{20}/g, '$&\r\n\t')
    for (const content of [
      wrapped,
      `${text.slice(0, 7)}<!-- x -->${text.slice(7)}`,
      `<![CDATA[${text}]]>`,
      `&#${text.charCodeAt(0)};${text.slice(1)}`,
    ]) {
      const { message, codes } = await readDocument(withFiles(['a.pdf', content]))
      expect(codes).toEqual([])
      expect(message.files[0]!.size).toBe(pdf.length)
    }
  })

  it('of nothing is an empty file, and named', async () => {
    const { codes } = await readDocument(withFiles(['a.pdf', ' ']))
    expect(codes).toEqual(['fileEmpty'])
  })
})

describe('manifest and attachments', () => {
  const attachment = '<ContentId>cid:cid-1</ContentId>\r\n      <Att'

  it.each(['cid-1', 'cid:cid:cid-1', 'CID: cid-1'])('agree about %s', async (id) => {
    const bytes = changed(attachment, `<ContentId>${id}</ContentId><Att`)
    expect((await readDocument(bytes)).codes).toEqual([])
  })

  it('agree by href where a .NET writer names it there', async () => {
    const { message, codes } = await readDocument(
      changed(
        /<edXML:Reference>\s*<edXML:ContentId>cid:cid-1<\/edXML:ContentId>/,
        '<edXML:Reference xlink:href="cid:cid-1" xlink:role="attachment" xlink:type="simple">',
      ),
    )
    expect(codes).toEqual([])
    expect(message.dialect).toBe('qcvn102-dotnet')
  })

  it('name what one of them does not know', async () => {
    const bytes = changed(attachment, '<ContentId>cid:other</ContentId><Att')
    const { message, codes } = await readDocument(bytes)
    expect(codes).toEqual(['attachmentOrphaned', 'attachmentMissing'])
    expect(message.files).toMatchObject([
      { contentId: 'cid:other', size: 558 },
      { contentId: 'cid:cid-1', size: null, content: null },
    ])
  })

  it('keep both names where they differ, because a mark may stand in either', async () => {
    const name = '<AttachmentName>125-UBND-VP.pdf'
    const { said } = await readable(changed(name, '<AttachmentName>khác.pdf'))
    expect(said.fileNames).toEqual(['125-UBND-VP.pdf', 'khác.pdf'])
  })

  it('keep both descriptions where they differ, because a mark may stand in either', async () => {
    const { said } = await readable(changed('>Văn bản chính<', '>MẬT<'))
    expect(said.texts).toEqual(expect.arrayContaining(['Văn bản chính', 'MẬT']))
  })

  it('keep two attachments of one id as two', async () => {
    const text = withFiles(['a.pdf', pdf.toString('base64')], ['b.txt', 'YQ==']).toString()
    const { message, codes } = await readDocument(Buffer.from(text.replaceAll('cid:1', 'cid:0')))
    expect(codes).toContain('attachmentRepeated')
    expect(message.files.map(({ size }) => size)).toEqual([pdf.length, 1])
  })
})

describe('the second reading', () => {
  const big = randomBytes(3_000_000)
  const files: [string, string][] = [
    ['a.pdf', pdf.toString('base64')],
    ['b.txt', zip({ [`${uuid}.txt`]: Buffer.alloc(2_000_000, 'xyz') }).toString('base64')],
    ['broken.pdf', '!'],
    ['c.bin', big.toString('base64')],
    ['d.txt', zip({ [`${uuid}.txt`]: pdf }, { stored: true }).toString('base64')],
  ]
  const message = withFiles(...files)

  it('hands out every whole file, unwrapped, as the first reading hashed it', async () => {
    const first = await readable(message)
    const taken = new Map<string, Buffer>()
    const outcome = await readFiles(inChunks(message), foundIn(first), async (file, content) => {
      taken.set(file.name, await buffer(content))
    })
    expect(outcome).toEqual({ unchanged: true })
    expect([...taken.keys()]).toEqual(['a.pdf', 'b.txt', 'c.bin', 'd.txt'])
    expect(taken.get('a.pdf')).toEqual(pdf)
    expect(taken.get('b.txt')!.equals(Buffer.alloc(2_000_000, 'xyz'))).toBe(true)
    expect(taken.get('c.bin')!.equals(big)).toBe(true)
    expect(taken.get('d.txt')).toEqual(pdf)
  })

  it('goes no faster than the files are taken', async () => {
    const first = await readable(message)
    let given = 0
    async function* counted() {
      for await (const chunk of inChunks(message)) {
        given += chunk.length
        yield chunk
      }
    }
    await readFiles(counted(), foundIn(first), (file, content) =>
      file.name === 'c.bin' ? slowly(content) : null,
    )
    async function slowly(content: Readable) {
      for (let turn = 0; turn < 200; turn++) await setImmediate()
      expect(given).toBeLessThan(1_000_000)
      expect((await buffer(content)).equals(big)).toBe(true)
    }
    expect.assertions(2)
  })

  it('passes over files that are not wanted or only begun', async () => {
    const first = await readable(message)
    const begun: string[] = []
    const outcome = await readFiles(inChunks(message), foundIn(first), (file, content) => {
      if (file.name === 'b.txt') return null
      begun.push(file.name)
      content.read(1)
      return Promise.resolve()
    })
    expect(outcome).toEqual({ unchanged: true })
    expect(begun).toEqual(['a.pdf', 'c.bin', 'd.txt'])
  })

  it('breaks a file off that is not the one that was read first', async () => {
    const first = await readable(message)
    const other = withFiles(
      ...files.slice(0, 3),
      ['c.bin', randomBytes(3_000_000).toString('base64')],
      files[4]!,
    )
    const ends: string[] = []
    const outcome = await readFiles(inChunks(other), foundIn(first), async (file, content) => {
      await buffer(content).then(
        () => ends.push(`${file.name} whole`),
        () => ends.push(`${file.name} broken off`),
      )
    })
    expect(outcome).toMatchObject({ unchanged: false, problem: { code: 'changed' } })
    expect(ends).toEqual(['a.pdf whole', 'b.txt whole', 'c.bin broken off', 'd.txt whole'])
  })

  it('tells a message that changed elsewhere, or ends early', async () => {
    const first = await readable(message)
    const drain = (_file: unknown, content: Readable) => buffer(content)
    const text = message.toString('latin1')
    const subject = Buffer.from(text.replace('V/v tri', 'V/v Tri'), 'latin1')
    expect(await readFiles(inChunks(subject), foundIn(first), drain)).toMatchObject({
      problem: { code: 'changed' },
    })
    const cut = message.subarray(0, message.length - 2_000_000)
    expect(
      await readFiles(inChunks(cut), foundIn(first), (file, content) =>
        drain(file, content).catch(() => null),
      ),
    ).toMatchObject({
      problem: { code: 'truncated' },
    })
  })

  it('breaks with what storing a file breaks with', async () => {
    const first = await readable(message)
    const full = async (_file: unknown, content: Readable) => {
      for await (const chunk of content) if (chunk) throw new Error('disk full')
    }
    await expect(readFiles(inChunks(message), foundIn(first), full)).rejects.toThrow('disk full')
  })

  it('breaks with what the source breaks with, and the open file with it', async () => {
    const first = await readable(message)
    async function* cut() {
      yield* inChunks(message.subarray(0, message.length - 2_000_000))
      throw new Error('connection lost')
    }
    const ends: string[] = []
    const store = async (_file: unknown, content: Readable) => {
      await buffer(content).catch((error: Error) => ends.push(error.message))
    }
    await expect(readFiles(cut(), foundIn(first), store)).rejects.toThrow('connection lost')
    expect(ends).toEqual(['connection lost'])
  })
})

it('a deflated stream that goes on behind its end is not taken for the file', async () => {
  const packed = deflateRawSync(pdf)
  const whole = zip({ [`${uuid}.pdf`]: pdf })
  const at = whole.indexOf(packed) + packed.length
  const longer = Buffer.concat([whole.subarray(0, at), Buffer.alloc(9), whole.subarray(at)])
  const { codes } = await fileRead('a.pdf', longer)
  expect(codes).toEqual(['zipBroken'])
})

it('the samples hold one PDF each', async () => {
  const { message } = await readDocument(sample('05-revoke'))
  expect(message.files.map(({ mediaType }) => mediaType)).toEqual(['application/pdf'])
})

function spoilt(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes)
  other[at]! ^= 0xff
  return other
}
