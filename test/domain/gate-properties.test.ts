import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eligibility, type Header } from '#src/domain/eligibility.ts'
import { evasiveFileNames, evasiveNumbers, evasiveSubjects, evasiveSymbols } from './evasions.ts'
import { ordinary, rules } from './gate-rules.ts'
import { innocentFileNames, innocentSubjects } from './innocent-texts.ts'

const admits = (change: Partial<Header>) => eligibility({ ...ordinary, ...change }, rules).admit

type Place = readonly [
  what: string,
  texts: readonly string[],
  put: (text: string) => Partial<Header>,
]
const subjects = [...innocentSubjects, ...evasiveSubjects]
const places: readonly Place[] = [
  ['subject', subjects, (subject) => ({ subject })],
  ['text', subjects, (text) => ({ texts: [text] })],
  ['receiver', subjects, (receiver) => ({ receivers: [receiver] })],
  ['symbol', evasiveSymbols, (symbol) => ({ symbol })],
  ['number', evasiveNumbers, (number) => ({ number })],
  ['file', [...innocentFileNames, ...evasiveFileNames], (name) => ({ fileNames: [name] })],
]
const cases = places.flatMap(([what, texts, put]) => texts.map((text) => ({ what, text, put })))

describe('what nobody sees', () => {
  it('changes no decision: white space around a text, and the Unicode form of its letters', () => {
    const blanks = fc.constantFrom('', ' ', '\u00a0', '\t', '\r\n', '\u3000', '  ', '\ufeff')
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.constantFrom('NFC', 'NFD'),
        blanks,
        blanks,
        ({ what, text, put }, form, before, after) => {
          const written = before + text.normalize(form) + after
          expect(admits(put(written)), `${what} ${JSON.stringify(written)}`).toBe(admits(put(text)))
        },
      ),
      { numRuns: 4000 },
    )
  })
})

describe('a mark added to what is printed', () => {
  it('turns to a refusal what was admitted, wherever it stands', () => {
    const stamp = fc.constantFrom(
      '(MẬT)',
      '[Tối mật]',
      '- TUYỆT MẬT',
      '(GIẢI MẬT)',
      '(bì C)',
      '(K, M)',
    )
    const innocent = innocentSubjects.filter((subject) => !/bảo vệ bí mật|BMNN/iu.test(subject))
    fc.assert(
      fc.property(
        fc.constantFrom(...innocent),
        stamp,
        fc.constantFrom('subject', 'texts', 'receivers', 'typeName', 'issuer', 'both'),
        fc.boolean(),
        (subject, mark, place, first) => {
          const marked = (text: string) =>
            first ? `${mark.replace(/^- /, '')} - ${text}` : `${text} ${mark}`
          const change =
            place === 'subject'
              ? { subject: marked(subject) }
              : place === 'both'
                ? { subject, texts: ['Thường', marked(subject)] }
                : place === 'typeName' || place === 'issuer'
                  ? { subject, [place]: marked(ordinary[place] ?? '') }
                  : { subject, [place]: [marked(subject)] }
          expect(admits({ subject })).toBe(true)
          expect(admits(change), JSON.stringify(change)).toBe(false)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('turns to a refusal an innocent name of a file', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...innocentFileNames.filter((name) => /^[\p{L} _-]+\.\w+$/u.test(name))),
        fc.constantFrom('_MẬT', ' (mật)', '-TOI MAT', '_tuyet_mat', ' (M)', '_(TM)'),
        (name, mark) => {
          const marked = name.replace(/(?=\.\w+$)/, mark)
          expect(admits({ fileNames: ['1.pdf', marked] }), marked).toBe(false)
        },
      ),
    )
  })
})
