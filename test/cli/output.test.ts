import { expect, it } from 'vitest'
import { printable } from '#src/cli/output.ts'

it.each([
  ['a title set by a document', 'x\u001b]0;đổi tên\u0007y', 'x]0;đổi têny'],
  ['a cursor that goes back over what was said', 'x\u001b[2K\u001b[1Gy', 'x[2K[1Gy'],
  ['a line turned around', 'a\u202egnp.exe', 'agnp.exe'],
  ['a bell and a backspace', 'a\u0007\b\u009bb', 'ab'],
])('leaves out %s', (_what, text, shown) => {
  expect(printable(text)).toBe(shown)
})

it('keeps colours, tabs, line ends and every letter', () => {
  const text = '\u001b[31mHỏa tốc\u001b[0m\tvăn bản\nsố 1'
  expect(printable(text)).toBe(text)
})
