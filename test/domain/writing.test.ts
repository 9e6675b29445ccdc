import { describe, expect, it } from 'vitest'
import { type WritingKind, writingEligibility } from '#src/domain/writing.ts'
import { disguised } from '#test/support/disguised.ts'

/** As the tracking software gives tasks. */
const given = (tasks: unknown) => ({ tasks, withoutFullText: false })

const lead = { code: 'H50.05', name: 'Sở Nông nghiệp và Môi trường' }
const task = {
  description: 'Chủ trì triển khai, báo cáo trước ngày 20/9',
  dueOn: '2026-09-20',
  directedBy: 'Phó Chủ tịch phụ trách',
  opinion: 'Báo cáo đúng hạn',
  followedBy: 'Chuyên viên theo dõi',
  lead,
  support: [{ code: 'H50.07', name: 'Sở Xây dựng' }],
}
const document = {
  number: '12',
  symbol: 'BC-SNNMT',
  issuedOn: '2026-09-07',
  typeName: 'Báo cáo',
  subject: 'Kết quả thực hiện',
  signer: 'Nguyễn Văn Thử',
}
const reply = {
  outcome: 'completed',
  completedOn: '2026-09-07',
  explanation: 'Đã hoàn thành',
  document,
}

const judged = (
  kind: WritingKind,
  content: unknown,
  actor = 'đơn vị C',
  harmless: string[] = [],
) => {
  const found = writingEligibility({ kind, content, actor }, harmless)
  return found.admit || found.reason
}

describe('what is written', () => {
  it.each<[WritingKind, unknown]>([
    ['classify', given([task, { description: 'Theo dõi', dueOn: null, lead }])],
    ['classify', given([])],
    ['refuse', { reason: 'Không thuộc thẩm quyền' }],
    ['actAtOnce', {}],
    ['beginWork', {}],
    ['reply', reply],
    ['reply', { ...reply, document: null }],
    ['reply', { outcome: 'notCompleted', explanation: 'Phát triển nghề nuôi ong lấy mật' }],
    ['returnToOffice', { reason: 'Tăng cường bảo mật không thuộc chức năng' }],
    ['answerOrder', { accept: true, reason: null }],
  ])('passes as %s: %j', (kind, content) => {
    expect(judged(kind, content)).toBe(true)
  })

  it.each(disguised)('is refused for "%s" in each of its texts', (text) => {
    for (const field of ['description', 'opinion', 'directedBy', 'followedBy', 'note'])
      expect(judged('classify', [{ ...task, [field]: text }]), field).not.toBe(true)
    for (const named of [{ lead: { ...lead, name: text } }, { lead: { ...lead, code: text } }])
      expect(judged('classify', given([{ ...task, ...named }]))).not.toBe(true)
    expect(
      judged('classify', given([{ ...task, support: [lead, { ...lead, name: text }] }])),
    ).not.toBe(true)
    for (const field of Object.keys(document))
      expect(judged('reply', { ...reply, document: { ...document, [field]: text } })).not.toBe(true)
    expect(judged('reply', { ...reply, explanation: text })).not.toBe(true)
    for (const kind of ['refuse', 'returnToOffice', 'answerOrder'] as const)
      expect(judged(kind, { reason: text }), kind).not.toBe(true)
    for (const kind of ['actAtOnce', 'beginWork'] as const)
      expect(judged(kind, {}, text), kind).not.toBe(true)
  })

  it('is refused for a mark in what nothing reads, and in the name of a field', () => {
    expect(judged('reply', { ...reply, ghiChu: 'Kèm theo TÀI LIỆU MẬT' })).toBe('markInText')
    expect(judged('reply', { ...reply, 'ĐỘ MẬT: TỐI MẬT': true })).toBe('markInText')
    expect(judged('classify', given([{ ...task, lead: { ...lead, 'S.E.C.R.E.T': 1 } }]))).not.toBe(
      true,
    )
  })

  it('is refused where a value would be stored as text that nobody has judged', () => {
    expect(judged('reply', { ...reply, explanation: ['M', 'Ậ', 'T'] })).toBe('unknownElement')
    expect(judged('classify', given([{ ...task, opinion: { a: 'x' } }]))).toBe('unknownElement')
    expect(judged('classify', given([{ ...task, support: [[lead]] }]))).toBe('unknownElement')
  })

  it('is refused for a suffix of secrecy unless the source lists it', () => {
    const of = (symbol: string) => ({ ...reply, document: { ...document, symbol } })
    expect(judged('reply', of('BC-SNNMT-M'))).toBe('secretSuffix')
    expect(judged('reply', of('SNNMT-TM'))).toBe('secretSuffix')
    expect(judged('reply', of('SNNMT-TM'), 'đơn vị C', ['-TM'])).toBe(true)
    expect(judged('reply', { ...reply, document: { ...document, number: '12(TM)' } })).toBe(
      'secretSuffix',
    )
  })

  it('is not read without end', () => {
    const long = Array.from({ length: 300 }, () => ({ ...task, opinion: 'Báo cáo. '.repeat(100) }))
    expect(judged('classify', given(long))).toBe('undecipherable')
  })
})
