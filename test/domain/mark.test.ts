import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eligibility, type Header } from '#src/domain/eligibility.ts'
import { markInFileName, markInText, secretSuffix } from '#src/domain/mark.ts'
import { evasiveFileNames, evasiveNumbers, evasiveSubjects, evasiveSymbols } from './evasions.ts'
import { headerWith, rules } from './gate-rules.ts'
import { innocentFileNames, innocentSubjects } from './innocent-texts.ts'

const ways: readonly (readonly [
  what: string,
  texts: readonly string[],
  as: (text: string) => Header,
])[] = [
  ['subject', evasiveSubjects, (subject) => headerWith({ subject })],
  ['symbol', evasiveSymbols, (symbol) => headerWith({ symbol })],
  ['number', evasiveNumbers, (number) => headerWith({ number })],
  ['file name', evasiveFileNames, (name) => headerWith({ fileNames: [name] })],
]

describe('a mark written so that it is overlooked', () => {
  for (const [what, texts, as] of ways)
    for (const text of texts)
      it(`is found in the ${what} ${JSON.stringify(text)}`, () => {
        expect(eligibility(as(text), rules)).toMatchObject({ admit: false })
      })

  it('is found wherever something is printed', () => {
    const stamp = 'Phương án (MẬT)'
    for (const place of ['texts', 'receivers', 'fileNames'] as const)
      expect(eligibility(headerWith({ [place]: ['Sở Y tế', stamp] }), rules).admit).toBe(false)
    expect(eligibility(headerWith({ typeName: 'Công văn (MẬT)' }), rules)).toMatchObject({
      reason: 'markInText',
      positive: true,
    })
  })
})

describe('what is sure', () => {
  const sure = [
    'Phương án (MẬT)',
    'TỐI MẬT - Phương án',
    'Phương án bảo vệ mục tiêu TUYỆT MẬT',
    'Phương án có độ Tối mật',
    'Phương án (MAT)',
    'TOP SECRET - phương án',
  ]
  for (const text of sure) it(`says so of ${text}`, () => expect(markInText(text)).toBe('sure'))

  // A doubtful mark withholds for a person; a sure one purges, so capitals throughout must not be enough.
  const doubtful = [
    'CHẤN CHỈNH QUẢN LÝ VĂN BẢN MẬT',
    'QUẢN LÝ TÀI LIỆU MẬT TRÊN MÔI TRƯỜNG MẠNG',
    'Phương án Mật bảo vệ mục tiêu',
    'Phương án (tài liệu mật)',
    'Mật danh sách cán bộ',
    'Văn bản tuyệt mật',
    'Phương án (M¤T)',
    'Phương án (MÆT)',
    'Phương án (maät)',
    'Phương án (Máº¬T)',
    'Phương án (TeG6rXQ=)',
    'Phuong an toi mat',
    'BÍ MẬT - Phương án bảo vệ',
    'M - Phương án tác chiến',
  ]
  for (const text of doubtful) it(`is not ${text}`, () => expect(markInText(text)).toBe('doubtful'))

  it('is not a lower-case mat in the name of a file, which may be another word', () => {
    expect(markInFileName('so_do_mat_tinh.pdf')).toBe('doubtful')
    expect(markInFileName('780_toi_mat.pdf')).toBe('sure')
    expect(markInFileName('Phương án_MAT.pdf')).toBe('sure')
  })
})

describe('text that nobody can decipher', () => {
  const illegible = [
    '\ue123\ue124',
    'm\ufffdt',
    '\ud800',
    'Tri?n khai công tác',
    'Phương án M?T',
    'Phương án Máºt',
    '\u202eTẬM',
    'Phương án M\u0087T',
    'Секретно',
    '机密文件',
    'a'.repeat(20_001),
    '\ufdfa'.repeat(5_000),
    `Phương án a${'\u0323'.repeat(30)}`,
    'Phương án M\0',
    '%E6%9C%BA%E5%AF%86.pdf',
    '&#31192;&#23494;: phương án',
    '=?windows-1258?b?TcLyVA==?=',
    'Phương án (mß║¡t)',
    'M·∫¨T phương án',
  ]
  for (const text of illegible)
    it(`is refused: ${JSON.stringify(text.slice(0, 30))}`, () =>
      expect(markInText(text)).toBe('undecipherable'))

  it('is not a question, an address or a unit of measure', () => {
    for (const text of ['Vì sao chậm giải ngân? Giải pháp', 'Xem tại abc.vn/a?b=1', '50 µg/m³, ΔT'])
      expect(markInText(text)).toBe(null)
  })

  it('is refused when all of it together is too long to be read', () => {
    const texts = Array.from({ length: 20 }, () => 'a'.repeat(15_000))
    expect(eligibility(headerWith({ texts }), rules)).toMatchObject({ reason: 'undecipherable' })
  })
})

describe('a suffix', () => {
  it('passes only in the writing its profile lists', () => {
    expect(secretSuffix('UBND-TM', ['-TM'])).toBe(false)
    expect(secretSuffix('UBND – tm', ['-TM'])).toBe(false)
    expect(secretSuffix('UBND(TM)', ['-TM'])).toBe(true)
    expect(secretSuffix('UBND-M', ['-TM'])).toBe(true)
    expect(secretSuffix('TM-UBND', [])).toBe(false)
    expect(secretSuffix('UBND-TMDL', [])).toBe(false)
  })
})

describe('whatever is done to a stamp', () => {
  const stamps = ['(MẬT)', '[Tối mật]', '- TUYỆT MẬT', '. Mật', '(MAT)', '(TOP SECRET)', '/ mật']
  const drawn: Record<string, readonly string[]> = {
    m: [...'мᴍɱⓜ𝐦ｍ₥'],
    a: [...'аɑɐⓐ𝐚ａ'],
    ậ: ['а\u0323\u0302', 'ɑ\u0302\u0323', 'ạ\u0302', 'â\u0323', 'ａ\u0323\u0302'],
    t: [...'тᴛŧⓣ𝐭ｔ†'],
    o: [...'оοⓞ'],
    s: [...'ѕꜱⓢ'],
    c: [...'сᴄⓒ'],
    e: [...'еɇⓔ'],
  }
  const hidden = ['', '', '\u200b', '\u2060', '\u00ad', '\ufeff', '\u034f', '\u0336', '\ufe0f']

  it('it stays refused in other case, look-alike letters, forms, spacing and hidden characters', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...stamps),
        fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }),
        fc.constantFrom<'NFC' | 'NFD' | 'NFKC' | 'NFKD'>('NFC', 'NFD', 'NFKC', 'NFKD'),
        fc.constantFrom(' ', '  ', '\u00a0', '\u3000', ' \u200b '),
        (stamp, seeds, form, blank) => {
          const written = [...stamp]
            .map((letter, at) => {
              const seed = seeds[at % seeds.length]!
              const choices = [letter.toLowerCase(), letter.toUpperCase(), letter]
              const likes = drawn[letter.toLowerCase()] ?? []
              const all = [...choices, ...likes]
              return all[seed % all.length]! + hidden[seed % hidden.length]!
            })
            .join('')
            .replaceAll(' ', blank)
            .normalize(form)
          const subject = `Phương án bảo vệ ${written}`
          expect(eligibility(headerWith({ subject }), rules).admit, JSON.stringify(subject)).toBe(
            false,
          )
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('what is printed around it does not let it pass', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...innocentSubjects),
        fc.constantFrom('(MẬT)', '(Tối mật)', '[TUYET MAT]', '; MẬT', '\nMẬT', ' - Tuyệt mật'),
        (innocent, stamp) => {
          expect(eligibility(headerWith({ subject: `${innocent} ${stamp}` }), rules).admit).toBe(
            false,
          )
        },
      ),
    )
  })
})

describe('what is innocent', () => {
  it('stays so in another Unicode form, with other blanks, and in the name of a file', () => {
    const changes: readonly ((text: string) => string)[] = [
      (text) => text.normalize('NFD'),
      (text) => text.normalize('NFC'),
      (text) => text.replaceAll(' ', '  '),
      (text) => text.replaceAll(' ', '\u00a0'),
    ]
    for (const change of changes) {
      for (const text of innocentSubjects) expect(markInText(change(text)), text).toBe(null)
      for (const name of innocentFileNames) expect(markInFileName(change(name)), name).toBe(null)
    }
  })
})
