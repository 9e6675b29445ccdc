import { describe, expect, it } from 'vitest'
import { isItsName, nameToType, saidFor } from '#src/domain/act.ts'

const whyNot = (authority: unknown) => {
  const given = saidFor('purge', { authority })
  return 'refused' in given ? given.refused.map(({ why }) => why) : given.said.authority
}

describe('what an act demands to be said', () => {
  it.each([
    ['CV 12/VP-TH', 'CV 12/VP-TH'],
    ['  QĐ 23/2016\n Điều 6.4 ', 'QĐ 23/2016 Điều 6.4'],
    ['ý kiến Chánh Văn phòng ngày 5/9', 'ý kiến Chánh Văn phòng ngày 5/9'],
    ['CV\u200b 12', 'CV 12'],
    ['x', ['unfounded']],
    ['a1', ['unfounded']],
    ['theo chỉ đạo', ['unfounded']],
    ['12/2026', ['unfounded']],
    ['....', ['missing']],
    [' \u00a0\u200b\u3164', ['missing']],
    [undefined, ['missing']],
    [['CV 12', 'CV 13'], ['missing']],
    ['CV 12 (MẬT)', ['marked']],
    ['CV 12 '.repeat(1700), ['tooLong']],
  ])('takes %j as %j', (authority, found) => {
    expect(whyNot(authority)).toEqual(found)
  })

  it('tells all that is wrong at once, and keeps no reason for an act that has none', () => {
    expect(saidFor('recall', { reason: ' ', authority: 'x' })).toEqual({
      refused: [
        { saying: 'reason', why: 'missing' },
        { saying: 'authority', why: 'unfounded' },
      ],
    })
    expect(saidFor('purge', { reason: 'đã hỏi', authority: 'CV 12/VP-TH' })).toEqual({
      said: { authority: 'CV 12/VP-TH' },
    })
  })
})

describe('the name that has to be typed', () => {
  const id = '1f715e50-689d-4998-bcd5-35d70a915248'
  const shown = { id, code: '02/CĐ - UBND' }
  it.each([
    ['02/CĐ - UBND', true],
    ['2/cđ-ubnd', true],
    ['02/CĐ - UBND'.normalize('NFD'), true],
    [' 02⁄CĐ – UBND ', true],
    ['02/CD-UBND', false],
    ['03/CĐ-UBND', false],
    ['02/CĐ', false],
    ['', false],
    [undefined, false],
    [id, false],
    [id.slice(0, 8), false],
  ])('of what is shown: %j is it: %j', (typed, is) => {
    expect(isItsName(typed, shown)).toBe(is)
  })

  it.each([
    ['1f715e50', true],
    [' 1F715E50 ', true],
    [id, true],
    ['1f715e5', false],
    ['1', false],
    ['', false],
  ])('of what is withheld: %j is it: %j', (typed, is) => {
    expect(isItsName(typed, { id, code: null })).toBe(is)
    expect(nameToType({ id, code: null })).toBe('1f715e50')
  })
})
