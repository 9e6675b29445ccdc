import { describe, expect, it } from 'vitest'
import { inspectMessage } from '#src/edxml/inspection.ts'
import { changed, codesOf, inChunks, read, readable, readDocument, sample } from './messages.ts'

const text = sample('01-new-one-attachment').toString()
const qcvn = 'http://www.mic.gov.vn/TBT/QCVN_102_2016'

describe('dialects', () => {
  it('the .NET library writes attributes and a signature of its own, and is read', async () => {
    const { message, codes } = await readDocument(
      changed(
        '<edXML:TraceHeaderList>',
        '<edXML:TraceHeaderList id="a" version="1.0" edXML:mustUnderstand="1" edXML:actor="x">',
      ),
    )
    expect([message.dialect, codes, message.unknownElements]).toEqual(['qcvn102-dotnet', [], []])
    const signed = await readDocument(
      changed('</edXML:edXMLHeader>', '<edXML:DigitalSignature/></edXML:edXMLHeader>'),
    )
    expect(signed.message.dialect).toBe('qcvn102-dotnet')
  })

  it('BKAV writes Business and OrganInCharge, which refuses it at the gate', async () => {
    const bytes = changed(/OrganizationInCharge/g, 'OrganInCharge')
    const { message } = await readDocument(bytes)
    expect([message.dialect, message.unknownElements]).toEqual(['bkav', ['OrganInCharge']])
  })

  it.each([
    [
      'edoc-2014',
      '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header/></S:Envelope>',
    ],
    ['edoc-2014', '<edXML xmlns="http://www.e-doc.vn/Schema/"></edXML>'],
    ['unknown', '<edXML xmlns="http://www.go.vn/eDoc"></edXML>'],
  ])('%s is named and not read', async (dialect, bytes) => {
    const inspection = await inspectMessage(inChunks(Buffer.from(bytes)))
    expect(inspection).toMatchObject({ readable: false, dialect, kind: null })
    expect(inspection.problems.map(({ code }) => code)).toEqual(['dialectNotReadable'])
  })

  it.each([
    ['any prefix', text.replaceAll('edXML:', 'ns0:').replaceAll('xmlns:edXML', 'xmlns:ns0')],
    ['undeclared prefixes', text.replaceAll(` xmlns:edXML="${qcvn}"`, '')],
    [
      'a prefixed root',
      text.replace(/(<\/?)edXML\b(?!:)/g, '$1x:edXML').replace('xmlns=', 'xmlns:x='),
    ],
    ['a prefixed AttachmentEncoded', text.replace(/(<\/?)(Attachment)/g, '$1edXML:$2')],
    ['a byte order mark', `\ufeff${text}`],
    ['stray text before it', `1212${text}`],
    [
      'a signature',
      text.replace(
        '</edXML:edXMLHeader>',
        '<Signature><SignedInfo/><KeyInfo><KeyName>Văn thư</KeyName></KeyInfo></Signature></edXML:edXMLHeader>',
      ),
    ],
    ['line feeds only', text.replaceAll('\r', '')],
    ['no XML declaration', text.replace(/^<\?[^>]*>/, '')],
  ])('%s changes nothing', async (_what, other) => {
    const { message, codes } = await readDocument(Buffer.from(other))
    expect(codes.filter((code) => code !== 'textBeforeRoot')).toEqual([])
    expect(message).toEqual((await readDocument(Buffer.from(text))).message)
  })

  it('the order of elements changes nothing (wire §1.1)', async () => {
    const turned = (tag: string, other: string) => {
      const children = /(?:<(edXML:\w+)>[\s\S]*?<\/\1>\s*)/g
      return other.replace(
        new RegExp(`(<edXML:${tag}>\\s*)([\\s\\S]*?)(</edXML:${tag}>)`),
        (_all, open: string, inside: string, close: string) =>
          open + inside.match(children)!.reverse().join('') + close,
      )
    }
    const other = turned('TraceHeaderList', turned('MessageHeader', text))
    expect(other.indexOf('SteeringType')).toBeLessThan(other.indexOf('OrganId'))
    const { message, codes } = await readDocument(Buffer.from(other))
    expect(codes).toEqual([])
    expect(message).toEqual((await readDocument(Buffer.from(text))).message)
  })

  it('much text before the root is another format', async () => {
    const reading = await read(
      Buffer.from(`MIME-Version: 1.0\r\nContent-Type: text/xml\r\n\r\n${text}`),
    )
    expect(codesOf(reading)).toEqual(['notXml'])
  })
})

describe('what the gate must hear of', () => {
  it.each([
    ['an attribute', '<edXML:Subject doMat="1">', '@doMat'],
    ['an element of another name', '<x:DoMat xmlns:x="urn:x">1</x:DoMat><edXML:Subject>', 'DoMat'],
    [
      'a subject that stands twice',
      '<edXML:Subject>Khác</edXML:Subject><edXML:Subject>',
      'Subject',
    ],
    ['text between the elements', 'TUYỆT MẬT<edXML:Subject>', 'MessageHeader/text()'],
    ['a signature out of place', '<Signature><DoMat/></Signature><edXML:Subject>', 'Signature'],
    ['__proto__', '<__proto__>1</__proto__><edXML:Subject>', '__proto__'],
    ['constructor', '<constructor/><edXML:Subject>', 'constructor'],
  ])('%s', async (_what, to, name) => {
    const { message } = await readDocument(changed('<edXML:Subject>', to))
    expect(message.unknownElements).toEqual([name])
  })

  it.each([
    ['the business block', '<edXML:Paper>', '<edXML:DoMat/><edXML:Paper>'],
    ['the envelope', '<edXML:edXMLBody>', '<edXML:DoMat/><edXML:edXMLBody>'],
    ['an attachment', '<AttachmentName>', '<DoMat/><AttachmentName>'],
    ['the manifest', '<edXML:AttachmentName>', '<edXML:DoMat/><edXML:AttachmentName>'],
    ['a receiver', '<edXML:To>', '<edXML:To><edXML:DoMat/>'],
    ['the root', '<AttachmentEncoded>', '<DoMat/><AttachmentEncoded>'],
  ])('a strange element in %s', async (_where, from, to) => {
    expect((await readDocument(changed(from, to))).message.unknownElements).toEqual(['DoMat'])
  })

  it('takes no value where two stand', async () => {
    const twice = '<edXML:Subject>Khác</edXML:Subject><edXML:Subject>'
    const { message, codes } = await readDocument(changed('<edXML:Subject>', twice))
    expect([message.subject, codes]).toEqual([null, ['repeated', 'missing']])
  })

  it('every printed text and both names of every file', async () => {
    const { said } = await readable(sample('08-priority-3-duedate-steering'))
    expect(said.texts).toEqual(
      expect.arrayContaining([
        'Thành phố Mẫu',
        'Công điện',
        'Chủ tịch',
        'Liên thông văn bản trong tỉnh',
        'Phụ lục 2: Biểu mẫu báo cáo',
        'Lưu: VT, NN',
        'Văn bản điện tử mới',
      ]),
    )
    expect(said.fileNames).toEqual(['203-CD-UBND.pdf'])
  })
})

describe('values are read strictly', () => {
  const date = '2025/03/10</edXML:PromulgationDate>'
  it.each([
    '10/03/2025',
    '2025-03/10',
    '2025/02/29',
    '2025/13/01',
    '0000/01/01',
    '2025/03/10 25:00:00',
    '20250310',
    '２０２５/03/10',
  ])('%s is no date', async (other) => {
    const { message, codes } = await readDocument(
      changed(date, `${other}</edXML:PromulgationDate>`),
    )
    expect([message.issuedOn, codes]).toEqual([null, ['dateUnreadable']])
  })

  it.each([
    '',
    'null',
    '2025/03/10',
    '2025/03/10 24:00:00',
    '2025/03/10 8:15:30',
    '10/03/2025 08:15:30',
  ])('"%s" is no time', async (other) => {
    const bytes = changed('2025/03/10 08:15:30', other)
    const { message, codes } = await readDocument(bytes)
    expect(message.trace).toEqual([{ organId: '000.00.00.H99', at: null }])
    expect(codes).toEqual(other === '' ? [] : ['timeUnreadable'])
  })

  it.each([
    ['\n 0 ', 'normal'],
    ['1', 'urgent'],
    ['2', 'veryUrgent'],
    ['3', 'flash'],
    ['4', 'flash'],
    ['5', 'unreadable'],
    ['-1', 'unreadable'],
    ['01', 'unreadable'],
    ['3.0', 'unreadable'],
    ['٣', 'unreadable'],
    ['Hỏa tốc', 'unreadable'],
    ['', null],
  ])('priority "%s" is %s', async (priority, urgency) => {
    const { message } = await readDocument(
      changed('<edXML:Priority>0', `<edXML:Priority>${priority}`),
    )
    expect(message.other!.urgency).toBe(urgency)
  })

  it.each([
    ['1', 'revoke', []],
    ['2', 'update', []],
    ['3', 'replace', ['missing']],
    ['4', null, ['codeUnreadable']],
    ['Thu hồi', null, ['codeUnreadable']],
    ['', null, ['missing']],
  ])('business type "%s" is %s', async (type, kind, problems) => {
    const bytes = changed('<edXML:BussinessDocType>0', `<edXML:BussinessDocType>${type}`)
    const { message, codes } = await readDocument(bytes)
    expect([message.business.kind, codes]).toEqual([kind, problems])
  })

  it('two Bussiness blocks order nothing', async () => {
    const block = /<edXML:Bussiness>[\s\S]*<\/edXML:Bussiness>/.exec(text)![0]
    const { message, codes } = await readDocument(changed(block, `${block}${block}`))
    expect([message.business.kind, codes]).toEqual([null, ['severalBussiness']])
    expect(message.unknownElements).toEqual(['Bussiness'])
  })

  it('a replacement names what it replaces, and for whom', async () => {
    const { message, codes } = await readDocument(
      changed(
        '<edXML:BussinessDocType>0</edXML:BussinessDocType>',
        `<edXML:BussinessDocType>3</edXML:BussinessDocType><edXML:ReplacementInfoList><edXML:ReplacementInfo>
<edXML:DocumentId>cũ</edXML:DocumentId><edXML:OrganIdList><edXML:OrganId>A</edXML:OrganId><edXML:OrganId>B</edXML:OrganId></edXML:OrganIdList>
</edXML:ReplacementInfo></edXML:ReplacementInfoList>`,
      ),
    )
    expect(codes).toEqual([])
    expect(message.business).toMatchObject({
      kind: 'replace',
      replaces: [{ documentId: 'cũ', organIds: ['A', 'B'] }],
    })
  })

  it.each(['From', 'To', 'DocumentId', 'Code', 'PromulgationInfo', 'DocumentType', 'Subject'])(
    'a message without %s has a problem, not a made-up value',
    async (name) => {
      const bytes = changed(new RegExp(`<edXML:${name}>[\\s\\S]*?</edXML:${name}>`), '')
      const { codes } = await readDocument(bytes)
      expect(new Set(codes)).toEqual(new Set(['missing']))
    },
  )

  it('a message that is document and status is neither', async () => {
    const reading = await read(
      changed('<edXML:Subject>', '<edXML:StatusCode>06</edXML:StatusCode><edXML:Subject>'),
    )
    expect(reading).toMatchObject({ readable: false, dialect: 'qcvn102-java' })
    expect(codesOf(reading)).toEqual(['kindUnclear'])
  })

  it('a status with a file is neither', async () => {
    const file = /<AttachmentEncoded>[\s\S]*<\/AttachmentEncoded>/.exec(text)![0]
    const status = sample('status-03').toString().replace('</edXML>', `${file}</edXML>`)
    expect(codesOf(await read(Buffer.from(status)))).toEqual(['kindUnclear'])
  })

  it('two headers are none', async () => {
    const header = /<edXML:MessageHeader>[\s\S]*<\/edXML:MessageHeader>/.exec(text)![0]
    expect(codesOf(await read(changed(header, header + header)))).toEqual(['headerMissing'])
  })

  it('a status without ResponseFor is still a status', async () => {
    const status = sample('status-03').toString()
    const without = status.replace(/<edXML:ResponseFor>[\s\S]*<\/edXML:ResponseFor>/, '')
    const reading = await read(Buffer.from(without))
    expect(reading).toMatchObject({ readable: true, message: { code: '03', responseFor: [] } })
    expect(codesOf(reading)).toEqual(['missing'])
  })
})
