import { describe, expect, it } from 'vitest'
import { headerFrom } from '#connectors/rest/mapping.ts'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { eligibility } from '#src/domain/eligibility.ts'
import { detailOf, profileAt, row } from './paged-register.ts'

const profile = profileAt('https://qlvb.test')

function decide(more: Record<string, unknown>, by: RestProfile = profile) {
  return eligibility(headerFrom({ ...detailOf(row(1)), ...more }, by), by.gate)
}

const knowing = (change: { known?: string[]; fileNames?: string[]; texts?: string[] }) => ({
  ...profile,
  map: { ...profile.map, ...change },
})

describe('a field that no line of the profile names', () => {
  const refused: Record<string, unknown>[] = [
    { do_mat: 'Mật' },
    { secrecy_level: 3 },
    { is_secret: true },
    { tags: ['MẬT'] },
    { loai: 'tối mật' },
    { meta: { phan_loai: 'TUYET_MAT' } },
    { meta: [{ note: 'Top secret' }] },
    { securityClass: null },
    { DocClassification: 'x' },
    { capDoMat: 0 },
    { Secret_Id: 3 },
    { 'secret\u200b_id': 3 },
    { sесret_id: 3 },
    { Register_Code: 'VBM' },
    { attachments: [{ id: 1, file_name: '1.pdf', secret_id: 3 }] },
    { attachments: [{ id: 1, file_name: '1.pdf', label: 'Mật' }] },
  ]
  for (const more of refused)
    it(`refuses where secrecy may stand in it: ${JSON.stringify(more)}`, () => {
      expect(decide(more)).toMatchObject({ admit: false, reason: 'unknownElement' })
    })

  const innocent: Record<string, unknown>[] = [
    { secretary: 'Nguyễn Văn A', format: 'A4', matKhauTep: null },
    { size: 'M', status: 'ordinary', tags: ['hỏa tốc', 'bảo mật thông tin'] },
    { matrix: [[1, 2], [3]], material: 'giấy', thamMuu: 'Mật độ' },
    { updated_at: '2026-03-02', created_by: { name: 'Lê Thị Mật' } },
  ]
  for (const more of innocent)
    it(`is no hindrance otherwise: ${JSON.stringify(more)}`, () => {
      expect(decide(more)).toEqual({ admit: true })
    })

  it('is none once the profile names it or lists it as known', () => {
    const by = knowing({ known: ['do_mat', 'meta'] })
    expect(decide({ do_mat: 'Mật', meta: { secret: 1 } }, by)).toEqual({ admit: true })
    expect(decide({ do_mat: 1, khac: { do_mat: 1 } }, by).admit).toBe(false)
    const files = { ...profile.files!, known: ['secret_id'] }
    const attachments = [{ id: 1, file_name: '1.pdf', secret_id: 1 }]
    expect(decide({ attachments }, { ...profile, files })).toEqual({ admit: true })
  })

  it('is not looked for without end', () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 100; level++) deep = { a: deep }
    expect(decide({ deep }).admit).toBe(false)
  })
})

describe('what is stored of an item of a source', () => {
  const printed: Record<string, unknown>[] = [
    { signer: 'Trần Văn A (MẬT)' },
    { signer_position: 'Chủ tịch - TỐI MẬT' },
    { recipients: 'Sở Y tế; (MẬT)' },
    { doc_type_name: 'Công văn (mật)' },
    { attachments: [{ id: 1, file_name: '1.pdf', mime_type: 'application/MẬT' }] },
  ]
  for (const more of printed)
    it(`is looked at: ${JSON.stringify(more)}`, () => {
      expect(decide(more)).toMatchObject({ admit: false, reason: 'markInText' })
    })

  it('is also a name of a file that is listed without more', () => {
    const by = knowing({ fileNames: ['tep'] })
    expect(decide({ tep: ['780.pdf', 'phu luc.xlsx'] }, by)).toEqual({ admit: true })
    for (const tep of ['780_MAT.pdf', ['780.pdf', '780M_signed.pdf']])
      expect(decide({ tep }, by)).toMatchObject({ reason: 'markInFileName' })
    const byText = knowing({ texts: ['ghi_chu'] })
    expect(decide({ ghi_chu: ['thường', '(MẬT)'] }, byText)).toMatchObject({ reason: 'markInText' })
  })
})
