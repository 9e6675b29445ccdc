import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseCode, splitCode } from '#src/domain/code.ts'

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
    ['05bis/UBND-KT', '5BIS/UBND-KT'],
    ['05 bis/UBND-KT', '5BIS/UBND-KT'],
    ['1.234/UBND-KT', '1234/UBND-KT'],
    ['1021-UBND-KT', '1021/UBND-KT'],
    ['Số 12 – QĐ-UBND', '12/QĐ-UBND'],
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
    fc.constantFrom('02', '0', '780', '7816a', '05 bis', '1.234', '\uFF10\uFF12'),
    fc.constantFrom('/', ' / ', '\u2044', '-/', ' ./ ', ' - '),
    fc.array(fc.constantFrom(...symbolPieces, '\u200B', '\u0301', 'số')).map((all) => all.join('')),
  )
  .map((parts) => parts.join(''))

describe('number and symbol', () => {
  it.each([
    ['780/UBND-NNMT', '780', 'UBND-NNMT'],
    ['02/CĐ - UBND', '02', 'CĐ - UBND'],
    ['23/2016/QĐ-UBND', '23', '2016/QĐ-UBND'],
    ['7816a/UBND-NN', '7816a', 'UBND-NN'],
    ['05 bis/UBND-KT', '05 bis', 'UBND-KT'],
    ['1.234/UBND-KT', '1.234', 'UBND-KT'],
    ['12-CT/TW', '12', 'CT/TW'],
    ['12-2016', '', '12-2016'],
    ['12.34/UBND', '', '12.34/UBND'],
    ['UBND-12-KT', '', 'UBND-12-KT'],
    ['UBND-NNMT', '', 'UBND-NNMT'],
    ['', '', ''],
  ])('%s is split as printed', (code, number, symbol) => {
    expect(splitCode(code)).toEqual({ number, symbol })
  })
})
