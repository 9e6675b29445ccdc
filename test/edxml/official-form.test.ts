import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Inspection, inspectMessage } from '#src/edxml/inspection.ts'
import { fullDraft, fullFiles, fullMessage } from './full-message.ts'
import { changed, inChunks, readDocument, sample } from './messages.ts'

const plain = sample('01-new-one-attachment').toString()
const folder = join(import.meta.dirname, '../fixtures/edxml/axis')

const whole = { readable: true, problems: [], unknownElements: [] }
const pdf = { mediaType: 'application/pdf' }
const firstOfTwo = { files: [pdf, expect.anything()] }

/** What becomes of each message that a province may get, and why. */
const outcomes: readonly [file: string, why: string, expected: object, problems: string[]][] = [
  ['paper-in-tracelist', 'the library writes Paper there', whole, []],
  ['paper-in-trace-list', 'the same without a block of business', whole, []],
  ['field-name', 'the library writes FieldName', whole, []],
  [
    'two-replacement-lists',
    'the library keeps a list of them',
    { replaces: [{ documentId: 'old-0' }, { documentId: 'old-1' }] },
    [],
  ],
  [
    'two-receiver-lists',
    'the library keeps a list of them',
    {
      receivers: [
        { organId: '000.00.20.H99', change: 'removed' },
        { organId: '000.00.21.H99', change: 'added' },
      ],
    },
    [],
  ],
  ['xsi-schemaLocation-and-nil', 'nil is how .NET writes no value', whole, []],
  ['manifest-unprefixed-name', 'the library reads both names', { ...whole, files: [pdf] }, []],
  ['utf16', 'its mark says so', { readable: true, number: '510', symbol: 'UBND-NNMT' }, []],
  ['iso-dates', 'a year that comes first means one day', { issuedOn: '2026-11-27' }, []],
  ['codenumber-empty', 'nobody guesses a number', { number: null }, ['missing']],
  [
    'subject-word-bullet',
    'a bullet is no letter',
    { subject: expect.stringContaining('\uf0b7') },
    [],
  ],
  [
    'revoke-as-official-example',
    'its own name is the document’s',
    { business: 'revoke', concerns: expect.stringMatching(/,5(01|14).UBND-NNMT$/) },
    [],
  ],
  [
    'revoke-without-bussiness-id',
    'the same',
    { business: 'revoke', concerns: expect.stringMatching(/,5(01|14).UBND-NNMT$/) },
    [],
  ],
  [
    'flash-second-file-0-bytes-pdf',
    'the other file is whole',
    { urgency: 'flash', ...firstOfTwo },
    ['fileEmpty'],
  ],
  ['second-file-manifest-only', 'the other file is whole', firstOfTwo, ['attachmentMissing']],
  ['second-file-broken-base64', 'the other file is whole', firstOfTwo, ['base64Broken']],
  [
    'zip-named-doc-as-official-example',
    'the only entry is what the file is called',
    { files: [{ name: 'x203-CD-UBND.pdf', ...pdf, size: 24 }] },
    [],
  ],
  ['same-name', 'the official rule', { files: [{ ...pdf, size: 14 }] }, []],
  ['other-name', 'the official rule, whatever the entry is called', { files: [pdf] }, []],
  ['no-ext-name', 'the official rule, of a name without extension', { files: [pdf] }, []],
  ['opencps-dossier', 'its transport names it', { readable: true, documentId: null }, ['missing']],
  ['bkav-to-vpcp-builder', 'another writer of the same form', whole, []],
  ['soap-status', 'another dialect', { readable: false }, ['dialectNotReadable']],
  ['av-report', 'another report in a borrowed envelope', { readable: false }, ['notEdxml']],
]

describe('a message that a province may get', () => {
  it('is named in the table, every one', () => {
    const files = readdirSync(folder).map((name) => name.replace(/\.\w+$/, ''))
    expect(files.toSorted()).toEqual(outcomes.map(([name]) => name).toSorted())
  })

  it.each(outcomes)('%s: %s', async (name, _why, expected, problems) => {
    const inspection = await inspect(name)
    expect(inspection.problems.map(({ code }) => code)).toEqual(problems)
    expect(inspection).toMatchObject(expected)
  })
})

describe('the form of the official library', () => {
  it('keeps every value that it is given, and every file', async () => {
    const { message, codes } = await readDocument(Buffer.from(await fullMessage()))
    expect(codes).toEqual([])
    const { kind, dialect, unknownElements, files, other, ...rest } = message
    expect([kind, dialect, unknownElements]).toEqual(['document', 'qcvn102-java', []])
    expect({ ...rest, other: { ...other, urgency: undefined } }).toEqual(fullDraft)
    expect(files).toMatchObject(
      fullFiles.map(({ name, description, fieldName, mimeType, format }) => ({
        ...{ name, description, fieldName, mimeType, format, damage: null },
      })),
    )
  })

  it('writes lists of codes as one text, as the library reads them', async () => {
    const text = await fullMessage()
    expect(text).toContain('<edXML:ReplyFors>45/SNN-TL;46/SNN-TL</edXML:ReplyFors>')
    expect(text).toContain('<edXML:ReferenceCodes>12/CT-TTg;13/QĐ-UBND</edXML:ReferenceCodes>')
  })

  it.each([
    ['MimeType', '<AttachmentName>', '<MimeType>application/pdf</MimeType><AttachmentName>'],
    ['Format', '<AttachmentName>', '<Format>pdf</Format><AttachmentName>'],
    [
      'both manifests',
      '</edXML:edXMLManifest>',
      '</edXML:edXMLManifest><edXML:Manifest version="1.0"/>',
    ],
    [
      'nil that is false',
      '<edXML:Subject>',
      '<edXML:Subject xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="false">',
    ],
    ['several StaffInfo', /<edXML:StaffInfo>[\s\S]*<\/edXML:StaffInfo>/, 'twice'],
    [
      'several BussinessDocumentInfo',
      '<edXML:BussinessDocType>',
      `${'<edXML:BussinessDocumentInfo><edXML:DocumentInfo>0</edXML:DocumentInfo></edXML:BussinessDocumentInfo>'.repeat(2)}<edXML:BussinessDocType>`,
    ],
  ])('knows %s', async (_what, from, to) => {
    const text = changed(from, 'HERE').toString()
    const block = from instanceof RegExp ? from.exec(plain)![0] : ''
    const bytes = Buffer.from(text.replace('HERE', () => (to === 'twice' ? block + block : to)))
    const { message, codes } = await readDocument(bytes)
    expect([codes, message.unknownElements]).toEqual([[], []])
  })

  it.each([
    ['nil on what holds something', '<edXML:Subject>', '<edXML:Subject nil="true">', '@nil'],
    ['nil that is neither', '<edXML:DueDate/>', '<edXML:DueDate nil="Mật"/>', '@nil'],
    [
      'Paper in the header',
      '<edXML:Subject>',
      '<edXML:Paper>1</edXML:Paper><edXML:Subject>',
      'Paper',
    ],
    [
      'items of ReplyFors',
      '<edXML:Priority>',
      '<edXML:ReplyFors><edXML:ReplyFor>45/A</edXML:ReplyFor></edXML:ReplyFors><edXML:Priority>',
      'ReplyFor',
    ],
    [
      'two lists of replaced offices',
      '<edXML:BussinessDocType>',
      '<edXML:ReplacementInfoList><edXML:ReplacementInfo><edXML:OrganIdList/><edXML:OrganIdList/></edXML:ReplacementInfo></edXML:ReplacementInfoList><edXML:BussinessDocType>',
      'OrganIdList',
    ],
  ])('does not know %s', async (_what, from, to, name) => {
    const text = changed('<edXML:Subject>', '<edXML:DueDate/><edXML:Subject>').toString()
    const { message } = await readDocument(Buffer.from(text.replace(from, to)))
    expect(message.unknownElements).toEqual([name])
  })

  it('takes one office that is named twice for one receiver', async () => {
    const to = /<edXML:To>[\s\S]*?<\/edXML:To>/
    const first = to.exec(plain)![0]
    const again = first.replace(/<edXML:OrganName>.*?<\/edXML:OrganName>/, '').replace('.h', '.H')
    const { message } = await readDocument(changed(to, `${again}${first}${first}`))
    const { message: once } = await readDocument(Buffer.from(plain))
    expect(message.to).toEqual(once.to)
  })

  it.each(['le', 'be'] as const)('is read in UTF-16 %s, however it is cut', async (order) => {
    const text = (await fullMessage()).replace('encoding="UTF-8"', 'encoding="UTF-16"')
    const little = Buffer.from(`\ufeff${text.replaceAll('780', '78\u{1f3db}0')}`, 'utf16le')
    const bytes = order === 'le' ? little : little.swap16()
    const expected = (
      await readDocument(
        Buffer.from(text.replace('UTF-16', 'UTF-8').replaceAll('780', '78\u{1f3db}0')),
      )
    ).message
    for (const size of [1, 7, 4096]) {
      const inspection = await inspectMessage(inChunks(bytes, size))
      expect(inspection).toMatchObject({ readable: true, problems: [], number: expected.number })
      expect(inspection.subject).toBe(expected.subject)
    }
  })

  it.each([
    ['half a character at the end', (bytes: Buffer) => bytes.subarray(0, -1), 'notUtf8'],
    [
      'half a pair',
      (bytes: Buffer) =>
        Buffer.concat([bytes.subarray(0, 400), Buffer.from('00d8', 'hex'), bytes.subarray(400)]),
      'notUtf8',
    ],
    [
      'another encoding in its declaration',
      (bytes: Buffer) =>
        Buffer.from(bytes.toString('utf16le').replace('UTF-16', 'windows-1258'), 'utf16le'),
      'notUtf8',
    ],
    ['no mark', (bytes: Buffer) => bytes.subarray(2), 'controlCharacter'],
  ])('is not read in UTF-16 with %s', async (_what, spoil, code) => {
    const text = (await fullMessage()).replace('encoding="UTF-8"', 'encoding="UTF-16"')
    const bytes = spoil(Buffer.from(`\ufeff${text}`, 'utf16le'))
    const { problems } = await inspectMessage(inChunks(bytes, 100))
    expect(problems.at(-1)?.code).toBe(code)
  })

  it.each([
    ['2025-03-10', '2025-03-10'],
    ['2025/3/9', '2025-03-09'],
    ['2025-03-10T00:00:00', '2025-03-10'],
    ['2025-03-10T00:00:00+07:00', '2025-03-10'],
    ['2025-03-09T17:00:00.000Z', '2025-03-10'],
    ['2025/03/10 00:00:00', '2025-03-10'],
    ['10/3/2025', null],
    ['2025-03-10T00:00', null],
    ['2025-02-30', null],
  ])('reads %s as %s', async (written, day) => {
    const date = '2025/03/10</edXML:PromulgationDate>'
    const { message } = await readDocument(changed(date, `${written}</edXML:PromulgationDate>`))
    expect(message.issuedOn).toBe(day)
  })
})

async function inspect(name: string): Promise<Inspection> {
  const file = readdirSync(folder).find((one) => one.replace(/\.\w+$/, '') === name)!
  return inspectMessage(inChunks(readFileSync(join(folder, file))))
}
