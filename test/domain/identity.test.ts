import { describe, expect, it } from 'vitest'
import { isPlainlySame, namedBy } from '#src/domain/identity.ts'

const keyOf = (registry: string, issuedOn: string, number: string, symbol: string) =>
  namedBy({ registry, issuedOn, number, symbol }).key

describe('the same document through two sources', () => {
  const key = keyOf('UBND tỉnh Quảng Trị', '2016-06-24', '23', '2016/QĐ-UBND')

  it.each([
    ['Ủy ban nhân dân tỉnh Quảng Trị', '23', '2016/QĐ-UBND'],
    ['UỶ BAN NHÂN DÂN TỈNH QUẢNG TRỊ', '023', '2016/QĐ - UBND'],
    ['UBND  tỉnh Quảng Trị '.normalize('NFD'), '23/2016', 'QĐ-UBND'],
    ['UBND tỉnh Quảng Trị', '', '23/2016/QĐ.UBND'],
  ])('is known by %s, %s, %s', (issuer, number, symbol) => {
    expect(keyOf(issuer, '2016-06-24', number, symbol)).toBe(key)
  })

  it.each([
    ['another issuer', 'UBND tỉnh Quảng Bình', '2016-06-24', '23', '2016/QĐ-UBND'],
    ['another tone', 'UBND tỉnh Quảng Tri', '2016-06-24', '23', '2016/QĐ-UBND'],
    ['another year', 'UBND tỉnh Quảng Trị', '2017-06-24', '23', '2016/QĐ-UBND'],
    ['another number', 'UBND tỉnh Quảng Trị', '2016-06-24', '24', '2016/QĐ-UBND'],
    ['another series', 'UBND tỉnh Quảng Trị', '2016-06-24', '23', 'QĐ-UBND'],
  ])('is not taken for one of %s', (_what, issuer, issuedOn, number, symbol) => {
    expect(keyOf(issuer, issuedOn, number, symbol)).not.toBe(key)
  })

  it('is known on both sides of a moved tone mark, and Tân Lập is not Tấn Lập', () => {
    const of = (issuer: string) => keyOf(issuer, '2026-01-05', '1', 'QĐ-UBND')
    expect(of('UBND xã Hòa Thuỷ')).toBe(of('UBND xã Hoà Thủy'))
    expect(of('UBND xã Tân Lập')).not.toBe(of('UBND xã Tấn Lập'))
  })

  it('is not another day of the same year away', () => {
    expect(keyOf('UBND tỉnh Quảng Trị', '2016-12-31', '23', '2016/QĐ-UBND')).toBe(key)
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
