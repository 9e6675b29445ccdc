import { describe, expect, it } from 'vitest'
import { type ReplyTexts, replyEligibility } from '#src/domain/reply.ts'

const document = {
  number: '152',
  symbol: 'SNNMT-TM',
  typeName: 'Báo cáo',
  subject: 'Kết quả khắc phục thiệt hại bão số 1',
  signer: 'Nguyễn Văn Mật',
}
const reply: ReplyTexts = { explanation: 'Đã hoàn thành', document }
const harmless = ['-TM']

const changed = (change: Partial<typeof document>) =>
  replyEligibility({ ...reply, document: { ...document, ...change } }, [], harmless)

describe('a reply', () => {
  it('passes with the suffixes that the profile of its source lists, and only with them', () => {
    expect(replyEligibility(reply, ['152_SNNMT-TM.pdf'], harmless)).toEqual({ admit: true })
    expect(replyEligibility(reply, [], ['-M'])).toMatchObject({ reason: 'secretSuffix' })
    expect(replyEligibility(reply, [])).toMatchObject({ reason: 'secretSuffix' })
  })

  it('is refused for a mark wherever it prints one', () => {
    for (const number of ['152-M', '152M', '152(TM)', '152 mật', '152&#77;'])
      expect(changed({ number }), number).toMatchObject({ admit: false })
    expect(changed({ symbol: 'SNNMT-TM-M' })).toMatchObject({ reason: 'secretSuffix' })
    expect(changed({ symbol: 'SNNMT-MAÄT' })).toMatchObject({ admit: false })
    expect(changed({ subject: 'Văn bản mật' })).toMatchObject({ reason: 'markInSubject' })
    expect(changed({ typeName: 'Báo cáo (MẬT)' })).toMatchObject({ reason: 'markInText' })
    expect(changed({ signer: 'Nguyễn Văn A (Mật)' })).toMatchObject({ reason: 'markInText' })
    expect(
      replyEligibility({ ...reply, explanation: 'Báo cáo (máût)' }, [], harmless),
    ).toMatchObject({ reason: 'markInText' })
    for (const name of ['152_SNNMT(M).pdf', 'bao_cao_mat.pdf'])
      expect(replyEligibility(reply, [name], harmless)).toMatchObject({ reason: 'markInFileName' })
  })

  it('without a document is judged by what it explains and attaches', () => {
    const bare: ReplyTexts = { explanation: 'Đã hoàn thành', document: null }
    expect(replyEligibility(bare, ['bao-cao.pdf'])).toEqual({ admit: true })
    expect(replyEligibility({ ...bare, explanation: 'Xem văn bản (MẬT)' }, []).admit).toBe(false)
  })
})
