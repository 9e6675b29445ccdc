import { describe, expect, it } from 'vitest'
import { eligibility } from '#src/domain/eligibility.ts'
import { replyEligibility } from '#src/domain/reply.ts'
import { writingEligibility } from '#src/domain/writing.ts'
import { headerWith, rules } from './gate-rules.ts'

const harmlessNames = ['Mật Sơn', 'Đồng Mật', 'Cầu Khe Mật']
const local = { ...rules, harmlessNames }
const decide = (change: Parameters<typeof headerWith>[0], by = local) =>
  eligibility(headerWith(change), by)

describe('a name of the province', () => {
  const subjects = [
    'Công nhận phường Mật Sơn đạt chuẩn',
    'THÀNH LẬP THÔN ĐỒNG MẬT',
    'Mật Sơn: quy hoạch chi tiết',
    'Sửa chữa Cầu Khe Mật - giai đoạn 2',
    'Đường vào Đồng Mật',
  ]
  for (const subject of subjects)
    it(`is innocent where its profile lists it: ${subject}`, () => {
      expect(decide({ subject })).toEqual({ admit: true })
      expect(decide({ subject: subject.normalize('NFD') })).toEqual({ admit: true })
    })

  it('is one only where it is listed', () => {
    for (const subject of ['Thành lập thôn Đồng Mật', 'Sửa chữa Cầu Khe Mật - giai đoạn 2'])
      expect(decide({ subject }, { ...rules, harmlessNames: [] }).admit, subject).toBe(false)
  })

  it('is the whole of it in one set of case', () => {
    const stamps = [
      'MẬT Sơn La phối hợp',
      'MẬT - Sơn Trà',
      'Phương án Đồng MẬT',
      'Phương án (Mật) Sơn',
      'Mật Sơ đồ bố trí',
      'Đồng Mật - MẬT',
      'Mật, Mật Sơn',
    ]
    for (const subject of stamps) expect(decide({ subject }).admit, subject).toBe(false)
  })

  it('is found in names of files, in other texts, and in what units write', () => {
    for (const name of ['ban_do_dong_mat.pdf', 'Quy hoạch Mật Sơn.pdf', 'CAU-KHE-MAT.dwg'])
      expect(decide({ fileNames: [name] }), name).toEqual({ admit: true })
    expect(decide({ fileNames: ['mat.pdf'] }).admit).toBe(false)
    expect(decide({ receivers: ['UBND phường Mật Sơn'] })).toEqual({ admit: true })
    const reply = { explanation: 'Đã khảo sát Đồng Mật', document: null }
    expect(replyEligibility(reply, [], [], [], harmlessNames)).toEqual({ admit: true })
    expect(replyEligibility(reply, []).admit).toBe(false)
    const writing = { kind: 'beginWork' as const, content: { note: 'Đồng Mật' }, actor: 'a' }
    expect(writingEligibility(writing, [], harmlessNames)).toEqual({ admit: true })
    expect(writingEligibility(writing).admit).toBe(false)
  })
})
