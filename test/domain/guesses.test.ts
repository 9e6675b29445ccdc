import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eligibility } from '#src/domain/eligibility.ts'
import { markInCode, markInText } from '#src/domain/mark.ts'
import { headerWith, rules } from './gate-rules.ts'

describe('a guess at an encoding', () => {
  const abbreviations = [
    'QĐ-TTBTXH',
    'TTVHTT',
    'BC-TTVHTT',
    'KTNNMT-BVTV',
    'TTPVHCC',
    'LĐTBXH-BTXH',
    'SGDĐT-GDTrH',
    'BC-N&M',
    'CCTL-QLCT2',
  ]
  for (const symbol of abbreviations)
    it(`is not made of the symbol ${symbol}`, () => {
      expect(eligibility(headerWith({ symbol }), rules)).toEqual({ admit: true })
    })

  it('is not made of any abbreviation of an office', () => {
    const letter = fc.constantFrom(...'BCDĐGHKLMNPQSTVX')
    fc.assert(
      fc.property(fc.array(letter, { minLength: 4, maxLength: 9 }), (letters) => {
        const symbol = `BC-${letters.join('')}`
        expect(eligibility(headerWith({ symbol }), rules), symbol).toEqual({ admit: true })
      }),
      { numRuns: 2000 },
    )
  })

  it('withholds for a person and condemns nothing', () => {
    for (const text of ['(TeG6rXQ=) kế hoạch', 'Kế hoạch (Máº­t)', 'Kế hoạch (mËt)', 'TUYÖT MËT'])
      expect(markInText(text), text).toBe('doubtful')
  })

  it('leaves what cannot be read in a symbol to a person', () => {
    for (const code of ['UBND-NC-Ma^t', 'UBND-MËT', 'UBND-MÆT', 'UBND-Máº­T'])
      expect(markInCode(code), code).toBe('undecipherable')
  })
})

describe('quotation marks and dashes behind capitals', () => {
  const titles = [
    'ĐỔI MỚI CÔNG TÁC “QUẢN LÝ”',
    'TRIỂN LÃM “XE Ô TÔ”',
    '“PHÁP LÝ” VÀ ĐỜI SỐNG',
    'ĐỀ NGHỊ GÓP Ý’',
    'TẾT NGUYÊN ĐÁN “CANH TÝ”',
    '“ĐẠO LÝ”, “CHÂN LÝ”',
    'GÓP Ý… DỰ THẢO QUY CHẾ',
    'QUẢN LÝ–ĐIỀU HÀNH',
    'HỒ SƠ “ĐÔ”',
    'Lễ hội “…đã”…',
  ]
  for (const subject of titles)
    it(`are no bytes of another letter in ${subject}`, () => {
      expect(eligibility(headerWith({ subject }), rules)).toEqual({ admit: true })
    })

  it('hide no mark that lost its encoding', () => {
    for (const subject of ['Máº¬T – phương án', '“Máº­t” phương án', 'Kế hoạch (tá»‘i máº­t)'])
      expect(eligibility(headerWith({ subject }), rules).admit, subject).toBe(false)
  })
})

describe('text that is still wrapped', () => {
  it('is unwrapped however many digits its entities have', () => {
    for (const subject of [
      '(M&#x00001EAC;T) phương án',
      '(M&#0000007852;T) phương án',
      '(M\\U00001EACT)',
      '(M\\x{1EAC}T)',
      '(MU+1EACT)',
    ])
      expect(eligibility(headerWith({ subject }), rules).admit, subject).toBe(false)
  })

  it('is undecipherable once it was wrapped too often', () => {
    for (const subject of [
      '(M&amp;amp;amp;#7852;T)',
      'M%252525E1%252525BA%252525ACT',
      '&amp;amp;amp;amp; Co',
    ])
      expect(eligibility(headerWith({ subject }), rules), subject).toMatchObject({ admit: false })
  })

  it('keeps the letters that a page names', () => {
    for (const subject of [
      'Ph&ograve;ng ch&aacute;y, ch&#7919;a ch&aacute;y r&#7915;ng',
      'B&agrave;n giao &ldquo;m&ocirc; h&igrave;nh&rdquo; &ndash; giai &#273;o&#7841;n 2',
      'Thẩm định gi&aacute; &amp; kiểm to&aacute;n',
      'B&Aacute;O C&Aacute;O R&Agrave; SO&Aacute;T M&#7852;T &#272;&#7896; X&Acirc;Y D&#7920;NG',
    ])
      expect(eligibility(headerWith({ subject }), rules), subject).toEqual({ admit: true })
  })
})
