import { expect, it } from 'vitest'
import { chidao } from './executable.ts'

it.each([
  [['statos'], /Không có lệnh "statos"\..*\n.*Did you mean status\?/, 'chidao --help'],
  [['zzzzzz'], /Không có lệnh "zzzzzz"\. There is no such command\.$/m, 'chidao --help'],
  [['replies', 'lsit'], /Thừa "lsit".*\n.*Did you mean list\?/, 'chidao replies list --help'],
  [['start', '--rol'], /Không có tùy chọn "--rol".*\n.*Did you mean --role\?/, 'chidao start'],
  [['start', '--role', 'wroker'], /"wroker".*all, worker, ops\.\n.*Did you mean worker\?/, ''],
  [['completion', 'fihs'], /"fihs" không dùng được cho <shell>.*\n.*Did you mean fish\?/, ''],
  [['show'], /Thiếu tham số <codeOrRef>/, 'chidao show --help'],
  [['start', '--role'], /Tùy chọn --role <role> cần một giá trị/, 'chidao start --help'],
  [['replies', 'settle', 'x'], /Thiếu tùy chọn --as <outcome>/, 'chidao replies settle --help'],
  [
    ['failed', 'retry', '--reason', 'x'],
    /chidao: cho biết id hoặc --all/,
    'chidao failed retry --help',
  ],
])(
  '%j is answered in Vietnamese first, with what was meant and where to look',
  async (args, sentence, page) => {
    const { code, out, err } = await chidao(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^chidao: /)
    expect(err).toMatch(sentence)
    expect(err).toMatch(/\nXem \/ See: chidao .*--help\n$/)
    expect(err).toContain(page)
    expect(err).not.toMatch(/error:|\(Did you mean/)
  },
)

it('suggests nothing that is far from what was typed', async () => {
  const { err } = await chidao(['zzzzzz'])
  expect(err).not.toContain('Did you mean')
})

it('suggests a source of the configuration', async () => {
  const { code, err } = await chidao(['gate', 'qlvb-tnih', '--stdin'], {
    CHIDAO_CONFIG: 'config/chidao.example.yaml',
  })
  expect(code).toBe(2)
  expect(err).toMatch(/Did you mean qlvb-tinh\?/)
})
