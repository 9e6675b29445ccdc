import { describe, expect, it } from 'vitest'
import { eligibility } from '#src/domain/eligibility.ts'
import { evasiveFileNames } from './evasions.ts'
import { headerWith, type ordinary, rules } from './gate-rules.ts'
import { innocentFileNames, innocentSubjects } from './innocent-texts.ts'
import { spellingsOf, withoutDiacritics } from './spellings.ts'

const admits = (name: string, change: Partial<typeof ordinary> = {}) =>
  eligibility(headerWith({ ...change, fileNames: [name] }), rules).admit

const print = (what: string, names: readonly string[]) =>
  process.stdout.write(`${what}: ${names.join(', ')}\n`)

const everyday = [
  'Giải phóng mặt bằng',
  'Quy chế bảo vệ bí mật nhà nước',
  'Thay mặt UBND tỉnh',
  'Bộ mặt nông thôn mới',
  'Những mặt còn hạn chế',
  'Các mặt công tác',
  'Về mặt nhà nước',
  'Mất tín hiệu truyền hình',
  'Mất hiệu lực thi hành',
  'Ranh giới mặt tiếp giáp',
  'Kiểm tra bề mặt sân',
  'Trồng rừng mất trắng',
]

describe('the name of a file with mat in it', () => {
  it('is read alike in every spelling, and of the innocent ones at most one in twenty is refused', () => {
    const names = innocentFileNames
      .filter((name) => /m[aậặấắá]t/iu.test(name))
      .flatMap((name) => spellingsOf(name.replace(/\.\w+$/, '')).map((stem) => `${stem}.pdf`))
    const refused = [...new Set(names)].filter((name) => !admits(name))
    print(`${refused.length} of ${new Set(names).size} innocent names are refused`, refused)
    expect(refused.length).toBeLessThanOrEqual(new Set(names).size / 20)
  })

  for (const title of everyday)
    it(`is innocent where the document itself is about it: ${title}`, () => {
      const subject = `Về nội dung ${title.toLowerCase()} năm 2026`
      expect(spellingsOf(title).filter((stem) => !admits(`${stem}.pdf`, { subject }))).toEqual([])
    })

  it('is refused where the document does not say so', () => {
    const unknown = ['thay_mat_UBND', 'bo mat nong thon moi', 'VE-MAT-NHA-NUOC', 'mat_hieu_luc']
    expect(unknown.filter((stem) => admits(`${stem}.pdf`))).toEqual([])
  })

  it('is refused alone, whatever the document is about', () => {
    const subject = 'Giải phóng mặt bằng, thay mặt UBND tỉnh về các mặt công tác'
    const marks = [
      '780_MAT',
      'mat',
      'MAT-780',
      'van ban mat',
      'giai phong MAT bang',
      'ke_hoach_mat',
    ]
    expect(marks.filter((stem) => admits(`${stem}.pdf`, { subject }))).toEqual([])
  })

  it('proves nothing by a subject that carries a mark itself', () => {
    const subject = 'MẬT - thay mặt UBND tỉnh'
    expect(admits('thay_mat_UBND.pdf', { subject })).toBe(false)
  })

  it('frees real names by the subject, and hardly a mark', () => {
    const freed = everyday.flatMap((title) => {
      const subject = `Về nội dung ${title.toLowerCase()}`
      return spellingsOf(withoutDiacritics(title)).filter(
        (stem) => !admits(`${stem}.pdf`) && admits(`${stem}.pdf`, { subject }),
      )
    })
    const marks = evasiveFileNames.filter((name) =>
      innocentSubjects.some((subject) => admits(name, { subject })),
    )
    print(`the subject frees ${freed.length} names, and admits ${marks.length} marks`, marks)
    expect(freed.length).toBeGreaterThanOrEqual(40)
    expect(marks.length).toBeLessThanOrEqual(3)
  })
})

describe('a degree in the code that a file repeats', () => {
  const own = [
    '780M_signed.pdf',
    '780M-signed.pdf',
    '780M (1).pdf',
    '780-TM.signed.pdf',
    '780 TM signed.pdf',
    '780_UBND-NC-TM_signed.pdf',
    '780.UBND.NC.M.pdf',
    '780_UBND-NNMT-M_kyso.pdf',
    '780 UBND NNMT TuM v2.pdf',
    'TM_780.signed.pdf',
    '00780-M_05092026.pdf',
  ]
  const others = [
    '3637-NC-M_signed.pdf',
    '3637-NC-M-signed.pdf',
    '3637-nc-m.signed.pdf',
    '3637-NC.M.signed.pdf',
    '3637 NC M.pdf',
    '2906201548-BD_2052-UB-M_24062015.pdf',
    'KH-05M.pdf',
    'VBM_05.pdf',
    'CVM-12.signed.pdf',
    '780.m.pdf',
  ]
  for (const name of [...own, ...others])
    it(`is found behind what hangs on the name ${name}`, () => {
      expect(admits(name)).toBe(false)
    })

  const innocent = [
    '3637-NC.signed.pdf',
    'BDG1669-VX.signed.pdf',
    '2906201548-BD_2052-UB-VX_24062015.pdf',
    '780-UBND-NNMT_signed (2).pdf',
    'Phu luc M (1).pdf',
    'PL_01_M2.xlsx',
    'DT-TM.signed.xlsx',
    'Bieu_M3_v2.docx',
    'ban ve 500m.signed.pdf',
    'Kon_Tum_2026.pdf',
  ]
  for (const name of innocent)
    it(`is no sheet, size or place: ${name}`, () => {
      expect(admits(name)).toBe(true)
    })
})

describe('the signs between the words of a name', () => {
  const plain = [...innocentFileNames, ...evasiveFileNames].filter((name) =>
    /^[\p{L}\p{N} _-]+\.(?:pdf|docx|xlsx)$/u.test(name),
  )
  it('change no decision', () => {
    const unlike = plain.flatMap((name) => {
      const [, stem = '', ending = ''] = /^(.*)(\.\w+)$/.exec(name) ?? []
      return [' ', '_', '-', '  ', ' - ', '__', '+']
        .map((sign) => stem.replace(/[ _-]+/g, sign) + ending)
        .filter((other) => admits(other) !== admits(name))
        .map((other) => `${name} and ${other}`)
    })
    expect(unlike).toEqual([])
  })

  it('and what systems hang on it changes none', () => {
    const tails = ['_signed', '.signed', '-kyso', ' (1)', '_v2', '_ky_so', '_05092026', ' final']
    const unlike = plain.flatMap((name) => {
      const [, stem = '', ending = ''] = /^(.*)(\.\w+)$/.exec(name) ?? []
      return tails
        .map((tail) => stem + tail + ending)
        .filter((other) => admits(other) !== admits(name))
        .map((other) => `${name} and ${other}`)
    })
    expect(unlike).toEqual([])
  })
})
