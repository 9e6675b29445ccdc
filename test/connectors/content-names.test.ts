import { expect, it } from 'vitest'
import { namesIn } from '#connectors/http/content-names.ts'
import { isMarkedName } from '#src/domain/eligibility.ts'
import { profileAt } from './paged-register.ts'

const latin1 = (text: string) => Buffer.from(text).toString('latin1')
const { gate } = profileAt('http://127.0.0.1:1')
const isMarked = (header: string) => namesIn(header).some((name) => isMarkedName(name, gate))

it.each([
  ['attachment; filename="a b.pdf"', 'a b.pdf'],
  ["attachment; filename*=UTF-8''Gi%E1%BA%A3i.pdf", 'Giải.pdf'],
  [latin1('attachment; filename="Tờ trình.pdf"'), 'Tờ trình.pdf'],
])('reads the name in %j', (header, name) => {
  expect(namesIn(header)).toContain(name)
})

it('reads none where there is none', () => {
  expect(namesIn(null)).toEqual([])
})

it.each([
  'attachment; filename="780 (MẬT).pdf"',
  `attachment; filename="a.pdf"; filename*=UTF-8''${encodeURIComponent('(TỐI MẬT).pdf')}`,
  `attachment; filename="(TỐI MẬT).pdf"; filename*=UTF-8''a.pdf`,
  'attachment; filename=CV (MẬT).pdf',
  'attachment; filename="(MẬT) a',
  '; ; = (TUYỆT MẬT)',
  'inline; name="780_MAT.pdf"',
])('finds the mark in %j', (header) => {
  expect(isMarked(latin1(header))).toBe(true)
})

it.each([
  'inline',
  'attachment; filename="Giải phóng mặt bằng.pdf"',
  `attachment; filename="Gi_i ph_ng m_t b_ng.pdf"; filename*=UTF-8''${encodeURIComponent('Giải phóng mặt bằng.pdf')}`,
  'attachment; filename="780-UBND-NNMT.pdf"; size=123',
  'attachment; filename=""',
  'form-data; name="file"; filename="Quyet dinh 23.signed.pdf"',
])('finds none in %j', (header) => {
  expect(isMarked(latin1(header))).toBe(false)
})
