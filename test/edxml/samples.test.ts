import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { inspectMessage } from '#src/edxml/inspection.ts'
import { codesOf, inChunks, read, readDocument, sample } from './messages.ts'

const inspect = (name: string) => inspectMessage(inChunks(sample(name)))

describe('every message of the official builder', () => {
  it.each([
    '01-new-one-attachment',
    '03-reply-responsefor',
    '05-revoke',
    '06-update',
    '08-priority-3-duedate-steering',
    '10-no-business-block',
    '12-xml-specials-in-text',
    'status-01',
    'status-02',
    'status-03',
    'status-06',
  ])('%s is read without a problem', async (name) => {
    expect(await inspect(name)).toMatchObject({
      readable: true,
      dialect: 'qcvn102-java',
      unknownElements: [],
      problems: [],
    })
  })

  it('a new document says everything that is shown of it', async () => {
    expect(await inspect('01-new-one-attachment')).toEqual({
      readable: true,
      kind: 'document',
      dialect: 'qcvn102-java',
      business: 'new',
      documentId: '000.00.00.H99,2025/03/10,125/UBND-VP',
      from: { organId: '000.00.00.H99', organName: 'UBND tỉnh Mẫu' },
      to: [{ organId: '000.00.15.H99', organName: 'Sở Thử nghiệm A' }],
      number: '125',
      symbol: 'UBND-VP',
      code: '125/UBND-VP',
      issuedOn: '2025-03-10',
      place: 'Thành phố Mẫu',
      typeName: 'Công văn',
      subject: 'V/v triển khai nhiệm vụ thử nghiệm',
      content: 'V/v triển khai nhiệm vụ thử nghiệm',
      signer: {
        name: 'Nguyễn Văn Mẫu',
        position: 'Chủ tịch',
        competence: 'TM. ỦY BAN NHÂN DÂN',
      },
      dueOn: null,
      urgency: 'normal',
      steering: 0,
      responseFor: [],
      concerns: null,
      replaces: [],
      receivers: [],
      files: [
        {
          name: '125-UBND-VP.pdf',
          mediaType: 'application/pdf',
          size: 558,
          sha256: createHash('sha256').update(pdfOfSample()).digest('hex'),
        },
      ],
      status: null,
      unknownElements: [],
      problems: [],
    })
  })

  it('a reply names the documents it answers', async () => {
    const { responseFor, steering } = await inspect('03-reply-responsefor')
    expect(steering).toBe(2)
    expect(responseFor).toEqual(
      ['125', '126'].map((number) => ({
        organId: '000.00.00.H99',
        code: `${number}/UBND-VP`,
        documentId: `000.00.00.H99,2025/03/10,${number}/UBND-VP`,
        issuedOn: '2025-03-10',
      })),
    )
  })

  it('a revoke and an update name the earlier document', async () => {
    const concerns = '000.00.00.H99,2025/03/10,125/UBND-VP'
    expect(await inspect('05-revoke')).toMatchObject({
      business: 'revoke',
      concerns,
      receivers: [],
    })
    expect(await inspect('06-update')).toMatchObject({
      business: 'update',
      concerns,
      dueOn: '2025-04-15',
      urgency: 'urgent',
      receivers: [
        { organId: '000.00.16.H99', change: 'removed' },
        { organId: '000.00.31.H99', change: 'added' },
      ],
    })
  })

  it('a flash-urgent directive has its date, its appendixes and its places', async () => {
    const { message } = await readDocument(sample('08-priority-3-duedate-steering'))
    expect(message).toMatchObject({
      dueOn: '2025-03-16',
      steering: 1,
      symbol: 'CĐ-UBND',
      other: {
        urgency: 'flash',
        priority: 3,
        copies: 30,
        pages: 4,
        appendixes: ['Phụ lục 1: Phân công nhiệm vụ', 'Phụ lục 2: Biểu mẫu báo cáo'],
      },
      toPlaces: ['Như trên', 'Thường trực Tỉnh ủy (để b/c)', 'Lưu: VT, NN'],
    })
    expect(message.to).toHaveLength(3)
    expect(message.trace[0]!.at?.toISOString()).toBe('2025-03-15T15:05:09.000Z')
  })

  it('a message without a Bussiness block is new, and without OtherInfo has no urgency', async () => {
    expect(await inspect('10-no-business-block')).toMatchObject({ business: 'new', urgency: null })
  })

  it('escaped characters, line ends and double spaces are text', async () => {
    expect(await inspect('12-xml-specials-in-text')).toMatchObject({
      subject: 'V/v "kiểm thử" ký tự <đặc biệt> & xuống\ndòng\u2028 và khoảng  trắng đôi',
      files: [{ name: '131 <a & b>.pdf' }],
    })
  })

  it('a status says to what it answers, when, and who did it', async () => {
    expect(await inspect('status-02')).toMatchObject({
      kind: 'status',
      business: null,
      from: { organId: '000.00.15.H99', organName: 'Sở Thử nghiệm A' },
      to: [],
      files: [],
      responseFor: [{ organId: '000.00.00.H99', code: '125/UBND-VP', issuedOn: '2025-03-10' }],
      status: {
        code: '02',
        description: 'Văn thư - Phòng Hành chính: Từ chối tiếp nhận - Sai thẩm quyền giải quyết',
        at: '2025-03-11T02:01:00.000Z',
        staff: { name: 'Trần Thị Mẫu', department: 'Văn thư', departmentId: null },
      },
    })
  })
})

const likeSample = 'the same values as sample 01'

describe('every variant that the official parser was fed', () => {
  it.each([
    ['v01-unprefixed-default-ns', 'prefixes are no part of a name', []],
    ['v03-no-namespace', 'the official parser knows no namespaces', []],
    ['v05-base64-wrapped', 'wrapped base64 is base64', []],
    ['v19-empty-responsefor', 'the axis leaves an empty ResponseFor', []],
    ['v14-says-zip-but-is-pdf', 'its bytes say what a file is', ['contentTypeFalse']],
  ])(`%s gives ${likeSample}: %s`, async (name, _why, codes) => {
    const { message, codes: found } = await readDocument(sample(`variants/${name}`))
    const { message: original } = await readDocument(sample('01-new-one-attachment'))
    expect(found).toEqual(codes)
    const withoutType = (one: typeof message) => ({
      ...one,
      files: one.files.map((file) => ({ ...file, declaredType: null })),
    })
    expect(withoutType(message)).toEqual(withoutType(original))
  })

  it.each([
    [
      'v04-business-spelling',
      'the official parser would take an update for a new document',
      ['businessMisspelt'],
      { dialect: 'bkav', business: null, unknownElements: ['Business'] },
    ],
    [
      'v07-iso-dates',
      'a year that comes first can mean only one day',
      [],
      { issuedOn: '2025-03-10' },
    ],
    [
      'v08-priority-text',
      'a word is no priority, and not knowing is not normal',
      ['codeUnreadable'],
      { urgency: 'unreadable' },
    ],
    [
      'v09-unknown-element-security',
      'a secrecy field would be such an element',
      ['unknownElement'],
      { unknownElements: ['SecurityLevel'] },
    ],
    [
      'v16-zip-two-entries',
      'the official parser loses the second file',
      ['zipKept'],
      { files: [{ name: '125-UBND-VP.pdf', mediaType: 'application/zip', size: 205 }] },
    ],
    [
      'v22-invalid-base64',
      'the official parser makes garbage of it',
      ['base64Broken'],
      { files: [{ name: '125-UBND-VP.pdf', mediaType: null, size: null, sha256: null }] },
    ],
    [
      'v27-status-unknown-code-99',
      'a code without a meaning is kept as it is',
      ['statusUnknown'],
      { kind: 'status', status: { code: '99' } },
    ],
  ])('%s is read with its problem: %s', async (name, _why, codes, values) => {
    const inspection = await inspect(`variants/${name}`)
    expect(inspection).toMatchObject({ readable: true, ...values })
    expect(inspection.problems.map(({ code }) => code)).toEqual(codes)
  })

  it('v12-doctype-external-entity is refused: the official parser reads the file it names', async () => {
    const reading = await read(sample('variants/v12-doctype-external-entity'))
    expect(reading.readable).toBe(false)
    expect(codesOf(reading)).toEqual(['doctype'])
  })
})

it('an unreadable message has every field of a readable one', async () => {
  const unreadable = await inspect('variants/v12-doctype-external-entity')
  expect(Object.keys(unreadable).sort()).toEqual(
    Object.keys(await inspect('01-new-one-attachment')).sort(),
  )
})

function pdfOfSample(): Buffer {
  const text = sample('01-new-one-attachment').toString()
  return Buffer.from(/ContentTransferEncoded[^>]*>([^<]+)</.exec(text)![1]!, 'base64')
}
