import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eligibility, type GateRules, unmappedCodes } from '#src/domain/eligibility.ts'
import { cases, marks } from './gate-cases.ts'
import { headerWith, rules } from './gate-rules.ts'
import { innocentSubjects } from './innocent-texts.ts'

describe('the gate, case by case', () => {
  it('is asked at least two hundred times, eighty of them about innocent uses', () => {
    expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThanOrEqual(200)
    expect(new Set(innocentSubjects).size).toBeGreaterThanOrEqual(110)
  })

  for (const [name, header, reason, positive, byRules = rules] of cases) {
    it(name, () => {
      const decision = eligibility(header, byRules)
      expect(decision.admit ? null : decision.reason).toBe(reason)
      if (positive !== undefined && !decision.admit) expect(decision.positive).toBe(positive)
    })
  }
})

describe('whatever is done to the writing of a mark', () => {
  const stamped = marks
    .filter(
      ([how]) =>
        !/as a degree|capitalised|beside a phrase|middle|at the start|at the end|all capitals|as entities|Telex|Latin-1|VIQR|TCVN3|VNI|SECRET|CONFIDENTIAL|Cyrillic base/.test(
          how,
        ),
    )
    .map(([, subject]) => subject)
  const invisible = [
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\u00ad',
    '\ufeff',
    '\u180e',
    '\u034f',
    '\u061c',
  ]
  const lookAlike: Record<string, string> = {
    M: 'М',
    T: 'Т',
    m: 'м',
    t: 'т',
    o: 'о',
    O: 'О',
    i: 'і',
    e: 'е',
  }
  const changes: Record<string, (text: string, seed: number) => string> = {
    'upper case': (text) => text.toUpperCase(),
    'lower case': (text) => text.toLowerCase(),
    'mixed case': (text, seed) =>
      [...text]
        .map((letter, at) =>
          (seed >> (at % 16)) & 1 ? letter.toUpperCase() : letter.toLowerCase(),
        )
        .join(''),
    NFD: (text) => text.normalize('NFD'),
    NFC: (text) => text.normalize('NFC'),
    NFKD: (text) => text.normalize('NFKD'),
    'doubled spaces': (text) => text.replaceAll(' ', '  '),
    'no-break spaces': (text) => text.replaceAll(' ', '\u00a0'),
    'invisible characters': (text, seed) =>
      [...text]
        .map(
          (letter, at) =>
            letter + ((seed >> (at % 16)) & 1 ? invisible[(seed + at) % invisible.length] : ''),
        )
        .join(''),
    'look-alike letters': (text, seed) =>
      [...text]
        .map((letter, at) => ((seed >> (at % 16)) & 1 ? (lookAlike[letter] ?? letter) : letter))
        .join(''),
  }
  const names = Object.keys(changes)

  it('a refusal stays a refusal', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...stamped),
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
        fc.nat(0xffff),
        (subject, chosen, seed) => {
          const changed = chosen.reduce((text, name) => changes[name]!(text, seed), subject)
          expect(
            eligibility(headerWith({ subject: changed }), rules).admit,
            JSON.stringify(changed),
          ).toBe(false)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('spacing the letters of a mark out leaves it a mark', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('MẬT', 'mật', 'Mật'),
        fc.constantFrom(' ', '.', '-', '\u00a0', ' . ', '_'),
        fc.constantFrom('Phương án ', ''),
        (word, gap, before) => {
          expect(
            eligibility(headerWith({ subject: `${before}${[...word].join(gap)}` }), rules).admit,
          ).toBe(false)
        },
      ),
    )
  })

  it('no further signal turns a refusal into an admission', () => {
    const value = fc.constantFrom<unknown>(1, 2, '1', 'Thường', 'Mật', null, undefined, true, 'A')
    const values = fc.record({
      secret_id: value,
      secret_name: value,
      register: value,
      distribution: value,
      envelope: value,
    })
    const subject = fc.constantFrom('Về việc phòng chống thiên tai', 'Phương án (MẬT)', '')
    const all = [...(rules.secrecy as GateRules['signals']), ...rules.signals]
    fc.assert(
      fc.property(
        values,
        subject,
        fc.subarray(all, { minLength: 1 }),
        fc.constantFrom(...all),
        (fields, subject, some, further) => {
          const header = headerWith({ fields, subject })
          const before = eligibility(header, { ...rules, secrecy: some, signals: [] })
          const after = eligibility(header, { ...rules, secrecy: some, signals: [further] })
          if (before.admit) return
          expect(after.admit).toBe(false)
          if (before.positive) expect(after).toMatchObject({ positive: true })
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('any text at all gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const decision = eligibility(
          headerWith({ subject: text, symbol: text, fileNames: [text], texts: [text] }),
          rules,
        )
        expect(typeof decision.admit).toBe('boolean')
      }),
      { numRuns: 1000 },
    )
  })
})

describe('white space around a literal, and the Unicode form of its letters', () => {
  it('change no decision', () => {
    const literals = ['Thường', 'Mật', 'Tối mật', 'VBDI', 'VBM', 'A', 'Khác', '']
    fc.assert(
      fc.property(
        fc.constantFrom(...literals),
        fc.constantFrom(...literals),
        fc.constantFrom<'NFC' | 'NFD' | 'NFKC' | 'NFKD'>('NFC', 'NFD', 'NFKC', 'NFKD'),
        fc.constantFrom('', ' ', '\u00a0', '\t', '\r\n', '\u3000', '\ufeff'),
        fc.constantFrom('', ' ', '\u00a0', '\n'),
        (secret_name, register, form, before, after) => {
          const written = (value: string) => before + value.normalize(form) + after
          const fields = { secret_name: written(secret_name), register: written(register) }
          expect(eligibility(headerWith({ fields }), rules)).toEqual(
            eligibility(headerWith({ fields: { secret_name, register } }), rules),
          )
        },
      ),
    )
  })
})

describe('an unmapped code', () => {
  it('is told when it is short and plain', () => {
    expect(unmappedCodes(headerWith({ fields: { secret_id: 7, register: 'VBX' } }), rules)).toEqual(
      [
        { field: 'secret_id', code: '7' },
        { field: 'register', code: 'VBX' },
      ],
    )
  })
  it('is none that differs by nothing one sees', () => {
    const fields = { register: ' VBDI', secret_name: 'Thường '.normalize('NFD') }
    expect(unmappedCodes(headerWith({ fields }), rules)).toEqual([])
  })
  it('is never told when it could say something of a document', () => {
    expect(
      unmappedCodes(
        headerWith({
          fields: { secret_name: 'Mật theo QĐ 12', register: { a: 1 }, secret_id: 'a'.repeat(13) },
        }),
        rules,
      ),
    ).toEqual([])
  })
})
