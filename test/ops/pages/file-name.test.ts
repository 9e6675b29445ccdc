import { expect, it } from 'vitest'
import { attachment } from '#src/ops/pages/file.ts'

/** The names under which a browser keeps the file: the plain one, and the real one. */
function namesIn(header: string): [string, string] {
  const [, plain = '', real = ''] = /filename="(.*)"; filename\*=UTF-8''(.*)$/.exec(header) ?? []
  return [plain, decodeURIComponent(real)]
}

it.each([
  ['a pdf', `${'a'.repeat(330)}.pdf`, '.pdf'],
  ['a signed one', `${'Báo cáo '.repeat(50)}.pdf.p7m`, '.pdf.p7m'],
  ['letters of two units each', `${'𝒜'.repeat(200)}.docx`, '.docx'],
  ['decomposed letters', `${'Quyết định '.normalize('NFD').repeat(40)}.xlsx`, '.xlsx'],
])('keeps the ending of a long name: %s', (_what, name, ending) => {
  const [plain, real] = namesIn(attachment(name))
  expect(plain.endsWith(ending)).toBe(true)
  expect(real.endsWith(ending)).toBe(true)
  expect([...real]).toHaveLength(150)
  expect(real.isWellFormed()).toBe(true)
})

it('cuts a long name without an ending, and leaves a short one', () => {
  expect(namesIn(attachment('x'.repeat(200)))[1]).toBe('x'.repeat(150))
  expect(namesIn(attachment(`a.${'b'.repeat(200)}`))[1]).toHaveLength(150)
  expect(namesIn(attachment('Công văn 780.pdf'))).toEqual(['Cong van 780.pdf', 'Công văn 780.pdf'])
})
