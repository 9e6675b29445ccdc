import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headerFrom, messageFrom, refOf } from '#connectors/rest/mapping.ts'
import { eligibility } from '#src/domain/eligibility.ts'
import { detailOf, profileAt, row } from './paged-register.ts'

const profile = profileAt('https://qlvb.test')
const headerOf = (more: Record<string, unknown>) => headerFrom(row(1, more), profile)

describe('what the gate is shown of an item', () => {
  it('is the literals exactly as on the wire', () => {
    const { fields } = headerOf({ secret_id: '1', approved: null })
    expect(fields).toMatchObject({ secret_id: '1', approved: null, is_released: true })
  })

  it('has no key for a field that is missing, also not for one every object inherits', () => {
    const { secret_id: _, ...without } = row(1)
    expect(Object.keys(headerFrom(without, profile).fields)).not.toContain('secret_id')
    const inherited = {
      ...profile,
      map: { ...profile.map, fields: { secret_id: 'constructor.name' } },
    }
    expect(headerFrom(row(1), inherited).fields).toEqual({})
  })

  it('has every text in which a mark may stand', () => {
    const { attachments, ...rest } = detailOf(row(1, { abstract: ' Trích yếu ' }))
    const header = headerFrom({ ...rest, content: 'Nội dung', attachments }, profile)
    expect(header).toMatchObject({
      subject: 'Trích yếu',
      texts: ['Nội dung', 'Trần Văn A', 'Phó Chủ tịch', 'application/pdf'],
      fileNames: ['1.pdf'],
      receivers: ['Sở Nông nghiệp và Môi trường', 'UBND phường Đông Hà'],
    })
  })

  it('is nothing where a text or a file name cannot be read: a mark might stand in it', () => {
    const files = (attachments: unknown) => headerOf({ attachments })
    expect(() => headerOf({ content: { text: 'TỐI MẬT' } })).toThrow()
    expect(() => headerOf({ recipients: [{ ten: 'Mật' }] })).toThrow()
    expect(() => files([{ id: 1, file_name: null }])).toThrow()
    expect(() => files([{ id: 1 }])).toThrow()
    expect(() => files({})).toThrow()
  })
})

describe('the code of a directive', () => {
  const table: [string, unknown, unknown, string | null, string | null][] = [
    ['as printed', '780/UBND-NNMT', 780, '780', 'UBND-NNMT'],
    ['with a leading zero that the number lacks', '02/CĐ-UBND', 2, '02', 'CĐ-UBND'],
    ['with a letter', '7816a/UBND-KT', '7816A', '7816a', 'UBND-KT'],
    ['of a normative document', '23/2016/QĐ-UBND', 23, '23', '2016/QĐ-UBND'],
    ['with a fraction slash', '1478⁄CĐ-TTg', 1478, '1478', 'CĐ-TTg'],
    ['that has no number yet', '780/UBND-NNMT', null, null, 'UBND-NNMT'],
    ['that contradicts the number', '781/UBND-NNMT', 780, null, 'UBND-NNMT'],
    ['that is only a symbol', 'UBND-NNMT-M', 780, null, 'UBND-NNMT-M'],
    ['that is missing', null, 780, null, null],
    ['put in between two numbers', '05bis/UBND-KT', '5 bis', '05bis', 'UBND-KT'],
    ['put in, with a blank', '05 bis/UBND-KT', '05bis', '05 bis', 'UBND-KT'],
    ['with words before it', 'Số: 1015/UBND-KT', 1015, '1015', 'UBND-KT'],
    ['with a dash for its slash', '1021-UBND-KT', 1021, '1021', 'UBND-KT'],
    ['with its thousands apart', '1.234/UBND-KT', 1234, '1.234', 'UBND-KT'],
    ['in full width', '1020／UBND-KT', 1020, '1020', 'UBND-KT'],
    ['with a backslash', '1020\\UBND-KT', 1020, '1020', 'UBND-KT'],
    ['with all of it', 'Công văn số: 2.015 ter – UBND-KT', '2015TER', '2.015 ter', 'UBND-KT'],
    ['of the Party', '12-CT/TW', 12, '12', 'CT/TW'],
    ['in full width throughout', '１２ quater ∕ UBND-KT', null, null, 'UBND-KT'],
  ]
  for (const [what, notation, number, expectedNumber, expectedSymbol] of table) {
    it(`${what}: ${notation} with ${number}`, () => {
      const header = headerOf({ notation, number })
      expect([header.number, header.symbol]).toEqual([expectedNumber, expectedSymbol])
    })
  }

  it('hides no mark that stands before it', () => {
    const header = headerOf({ notation: 'Mật số 781/UBND-KT' })
    expect(header.number).toBe('781')
    expect(header.texts).toContain('Mật số ')
    expect(eligibility(header, profile.gate)).toMatchObject({ admit: false, reason: 'markInText' })
    expect(eligibility(headerOf({ notation: 'Số: 781/UBND-KT' }), profile.gate).admit).toBe(true)
  })

  it('may come in two fields', () => {
    const { code: _, ...map } = profile.map
    const apart = { ...profile, map: { ...map, number: 'number', symbol: 'register_code' } }
    const header = headerFrom(row(1), apart)
    expect([header.number, header.symbol]).toEqual(['781', 'VBDI'])
  })
})

describe('what the store is given', () => {
  it('knows the document itself by what the profile says of it', () => {
    const attachments = ['a', 'b'].map((name) => ({
      ...{ id: name, file_name: name, mime_type: null, file_size: 1, loai: name },
    }))
    const fullText = { field: 'loai', in: ['b'] }
    const message = messageFrom({ ...detailOf(row(1)), attachments }, refOf('1'), {
      ...profile,
      files: { ...profile.files!, fullText },
    })
    expect(message.files.map(({ name, isFullText }) => [name, isFullText])).toEqual([
      ['a', undefined],
      ['b', true],
    ])
  })

  it('is the directive with its files', () => {
    const { directive, files } = messageFrom(detailOf(row(1)), refOf('1'), profile)
    expect(directive).toEqual({
      number: '781',
      symbol: 'UBND-NNMT',
      code: '781/UBND-NNMT',
      issuer: 'UBND tỉnh Quảng Trị',
      issuedOn: '2026-03-02',
      typeName: 'Công văn',
      subject: 'Về việc triển khai nhiệm vụ số 1',
      summary: 'Thực hiện chỉ đạo của Chính phủ',
      signer: { name: 'Trần Văn A', position: 'Phó Chủ tịch', competence: null },
      urgency: 'normal',
      dueOn: null,
      receivers: ['Sở Nông nghiệp và Môi trường', 'UBND phường Đông Hà'],
    })
    expect(files).toEqual([
      { ref: '10', name: '1.pdf', mediaType: 'application/pdf', size: expect.any(Number) },
    ])
  })

  it('has the urgency that the profile maps, and says where it maps none', () => {
    const urgencyOf = (urgent_id: unknown) =>
      messageFrom(detailOf(row(1, { urgent_id })), refOf('1'), profile).directive?.urgency
    expect([1, 2, 3, 4, 5].map(urgencyOf)).toEqual([
      'normal',
      'urgent',
      'veryUrgent',
      'flash',
      'flash',
    ])
    expect([6, '4', true, {}].map(urgencyOf)).toEqual(Array(4).fill('unreadable'))
    expect([null, undefined].map(urgencyOf)).toEqual(['normal', 'normal'])
  })

  it('is nothing while number, date, type, issuer or subject is missing', () => {
    for (const field of ['number', 'publish_date', 'doc_type_name', 'issuer_name', 'abstract']) {
      const message = messageFrom(detailOf(row(1, { [field]: null })), refOf('1'), profile)
      expect(message.directive).toBeNull()
    }
  })

  it('never throws anything but a shape, and never says what it read', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(row(1)), 'attachments'), fc.jsonValue()),
        (more) => {
          try {
            headerFrom({ ...row(1), ...more }, profile)
          } catch (error) {
            expect(String(error)).toBe(
              'WrongShape: the answer does not have the shape that was agreed',
            )
          }
        },
      ),
    )
  })
})
