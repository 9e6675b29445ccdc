import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPlainlySame, normaliseCode, sameDocumentKey, splitCode } from '#src/domain/code.ts'

describe('a code is compared in one form', () => {
  it.each([
    // As printed in real lists of directives.
    ['02/CĐ - UBND', '2/CĐ-UBND'],
    ['12/CĐ.UBND', '12/CĐ-UBND'],
    ['1478⁄CĐ-TTg', '1478/CĐ-TTG'],
    ['1961/QĐUBND', '1961/QĐ-UBND'],
    ['TB số 193/TB-VP', '193/TB-VP'],
    ['248/PCTT', '248/PCTT'],
    ['1298/QĐ-UBND-HC', '1298/QĐ-UBND-HC'],
    ['515/KH-BCA-BNN&MT', '515/KH-BCA-BNN&MT'],
    ['Quyết định 2031/2006/CT-UBND', '2031/2006/CT-UBND'],
    // What keyboards, fonts and copying add.
    ['02/C\u00D0-UBND', '2/CĐ-UBND'],
    ['02/C\u0110-UBND'.normalize('NFD'), '2/CĐ-UBND'],
    ['02 / cđ – ubnd', '2/CĐ-UBND'],
    ['02\u2215CĐ\u2011UBND', '2/CĐ-UBND'],
    ['02\uFF0FCĐ-UBND', '2/CĐ-UBND'],
    ['\uFF10\uFF12\uFF0FCĐ-UBND', '2/CĐ-UBND'],
    ['\u200B02/CĐ-UBND', '2/CĐ-UBND'],
    ['/02/CĐ-UBND', '2/CĐ-UBND'],
    ['02\\CĐ-UBND', '2/CĐ-UBND'],
    ['02/CĐ\u00A0-\u200BUBND.', '2/CĐ-UBND'],
    ['Số: 02/CĐ-UBND', '2/CĐ-UBND'],
    ['7816a/UBND-NN', '7816A/UBND-NN'],
    ['01/QYĐ-UBND', '1/QYĐ-UBND'],
    ['01/QyĐ-UBND', '1/QYĐ-UBND'],
    ['23/2016/QĐUBND', '23/2016/QĐ-UBND'],
    ['UBND-NNMT', 'UBND-NNMT'],
  ])('%s is %s', (printed, normalised) => {
    expect(normaliseCode(printed)).toBe(normalised)
  })

  it.each([
    ['05/CTr-UBND', '05/CT-UBND', 'chương trình and chỉ thị'],
    ['05/QyĐ-UBND', '05/QĐ-UBND', 'quy định and quyết định'],
    ['05/ĐA-UBND', '05/DA-UBND', 'đề án and dự án'],
    ['05/HĐ-UBND', '05/HD-UBND', 'hợp đồng and hướng dẫn'],
    ['23/2016/QĐ-UBND', '23/QĐ-UBND', 'a legal normative decision and an administrative one'],
    ['206/TB', '206/TB-VP', 'only a person knows that these two are one'],
    ['10/CĐ-UBND', '1/CĐ-UBND', 'zeros after a number count'],
  ])('%s is not %s: %s', (one, other) => {
    expect(normaliseCode(one)).not.toBe(normaliseCode(other))
  })

  it('is the same for a form that was normalised already', () => {
    fc.assert(
      fc.property(printedCode, (code) => {
        const once = normaliseCode(code)
        expect(normaliseCode(once)).toBe(once)
      }),
      { numRuns: 1000 },
    )
  })
})

const symbolPieces = [
  'QĐ',
  'UBND',
  'Ð',
  'TTg',
  'HĐND',
  '2016',
  '&',
  '-',
  '.',
  ' ',
  '/',
  '–',
  '\u2044',
]
const printedCode = fc
  .tuple(
    fc.constantFrom('', 'Số: ', 'TB số ', ' /', '\u200B'),
    fc.constantFrom('02', '0', '780', '7816a', '\uFF10\uFF12'),
    fc.constantFrom('/', ' / ', '\u2044', '-/', ' ./ '),
    fc.array(fc.constantFrom(...symbolPieces, '\u200B', '\u0301', 'số')).map((all) => all.join('')),
  )
  .map((parts) => parts.join(''))

describe('number and symbol', () => {
  it.each([
    ['780/UBND-NNMT', '780', 'UBND-NNMT'],
    ['02/CĐ - UBND', '02', 'CĐ - UBND'],
    ['23/2016/QĐ-UBND', '23', '2016/QĐ-UBND'],
    ['7816a/UBND-NN', '7816a', 'UBND-NN'],
    ['UBND-NNMT', '', 'UBND-NNMT'],
    ['', '', ''],
  ])('%s is split as printed', (code, number, symbol) => {
    expect(splitCode(code)).toEqual({ number, symbol })
  })
})

describe('the same document through two sources', () => {
  const key = sameDocumentKey('UBND tỉnh Quảng Trị', '2016-06-24', '23', '2016/QĐ-UBND')

  it.each([
    ['Ủy ban nhân dân tỉnh Quảng Trị', '23', '2016/QĐ-UBND'],
    ['UỶ BAN NHÂN DÂN TỈNH QUẢNG TRỊ', '023', '2016/QĐ - UBND'],
    ['UBND  tỉnh Quảng Trị '.normalize('NFD'), '23/2016', 'QĐ-UBND'],
    ['UBND tỉnh Quảng Trị', '', '23/2016/QĐ.UBND'],
  ])('is known by %s, %s, %s', (issuer, number, symbol) => {
    expect(sameDocumentKey(issuer, '2016-06-24', number, symbol)).toBe(key)
  })

  it.each([
    ['another issuer', 'UBND tỉnh Quảng Bình', '2016-06-24', '23', '2016/QĐ-UBND'],
    ['another tone', 'UBND tỉnh Quảng Tri', '2016-06-24', '23', '2016/QĐ-UBND'],
    ['another year', 'UBND tỉnh Quảng Trị', '2017-06-24', '23', '2016/QĐ-UBND'],
    ['another number', 'UBND tỉnh Quảng Trị', '2016-06-24', '24', '2016/QĐ-UBND'],
    ['another series', 'UBND tỉnh Quảng Trị', '2016-06-24', '23', 'QĐ-UBND'],
  ])('is not taken for one of %s', (_what, issuer, issuedOn, number, symbol) => {
    expect(sameDocumentKey(issuer, issuedOn, number, symbol)).not.toBe(key)
  })

  it('is known on both sides of a moved tone mark, and Tân Lập is not Tấn Lập', () => {
    const of = (issuer: string) => sameDocumentKey(issuer, '2026-01-05', '1', 'QĐ-UBND')
    expect(of('UBND xã Hòa Thuỷ')).toBe(of('UBND xã Hoà Thủy'))
    expect(of('UBND xã Tân Lập')).not.toBe(of('UBND xã Tấn Lập'))
  })

  it('is not another day of the same year away', () => {
    expect(sameDocumentKey('UBND tỉnh Quảng Trị', '2016-12-31', '23', '2016/QĐ-UBND')).toBe(key)
  })
})

describe('a row of a source that says something else by now', () => {
  const before = { number: '23', symbol: 'QĐ-UBND', issuedOn: '2026-03-02', subject: 'Về việc A' }

  it.each([
    ['nothing', {}],
    ['its number printed with a zero', { number: '023' }],
    ['its number within its symbol', { number: null, symbol: '23/QĐ-UBND' }],
    ['a suffix', { symbol: 'QĐ-UBND(M)' }],
    ['spaces', { subject: ' Về  việc\tA ' }],
    ['letters written apart', { subject: 'Về việc A'.normalize('NFD') }],
    ['a mark before its subject', { subject: '(Mật) Về việc A' }],
    ['a mark behind its subject', { subject: 'Về việc A - TỐI MẬT' }],
    ['a mark on a line of its own', { subject: 'TUYỆT MẬT\nVề việc A' }],
  ])('is plainly the same with %s changed', (_what, more) => {
    expect(isPlainlySame(before, { ...before, ...more })).toBe(true)
  })

  it.each([
    ['its number', { number: '24' }],
    ['its number left out', { number: null, symbol: null }],
    ['its number blank', { number: ' ', symbol: '' }],
    ['its day', { issuedOn: '2026-03-03' }],
    ['its day left out', { issuedOn: null }],
    ['its subject', { subject: 'Về việc B' }],
    ['its subject left out', { subject: null }],
    ['its subject blank', { subject: ' ' }],
    ['a letter in its subject', { subject: 'Về viêc A' }],
    ['words added to its subject', { subject: 'Về việc A và B' }],
    ['words added beside a mark', { subject: '(Mật) Phương án về việc A' }],
    ['a mark and another subject', { subject: '(Mật) Về việc B' }],
  ])('is not with %s', (_what, more) => {
    expect(isPlainlySame(before, { ...before, ...more })).toBe(false)
  })

  it('is not by saying as little as what was there', () => {
    const blank = { number: null, symbol: null, issuedOn: null, subject: '' }
    expect(isPlainlySame(blank, blank)).toBe(false)
  })
})
