import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '#src/wiring.ts'
import { chidao, chidaoOnTerminal, run } from './executable.ts'

const env = {
  CHIDAO_CONFIG: 'config/chidao.example.yaml',
  CHIDAO_QLVB_TINH_TOKEN: 'x',
  DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none',
}
const bar = /░ +\d+ % /

describe('a long command shows how far it is', () => {
  it('on a terminal, in words of its own, and takes the bar away at the end', async () => {
    const { out } = await chidaoOnTerminal(['check'], env)
    expect(out).toMatch(/\d+ % {2}nguồn \/ source qlvb-tinh/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's clearing of a line
    expect(out).toMatch(/\u001b\[2K[^░]*configuration: \d[^░]*$/)
  })

  it.each([
    ['with --json', ['check', '--json'], {}],
    ['with NO_COLOR', ['check'], { NO_COLOR: '1' }],
    ['on a dumb terminal', ['check'], { TERM: 'dumb' }],
    // Where Node itself would show colours.
    ['under CI', ['check'], { CI: 'true', GITHUB_ACTIONS: 'true' }],
  ])('and nothing %s', async (_when, args, more) => {
    const { out } = await chidaoOnTerminal(args, { ...env, ...more })
    expect(out).not.toMatch(bar)
    expect(out).toContain('qlvb-tinh')
  })

  it('and nothing in a pipe, colours asked for or not', async () => {
    for (const more of [{}, { FORCE_COLOR: '1' }]) {
      const { out, err } = await chidao(['check'], { ...env, ...more })
      expect(out + err).not.toMatch(bar)
    }
  })
})

it('a line written beside a bar stands alone, and whoever fails leaves no bar', async () => {
  const program = `
    import { openProgress } from '${join(root, 'src/cli/progress.ts')}'
    const progress = openProgress({ total: 4, quiet: false, env: {} })
    progress.at(1, 'one')
    progress.aside(() => process.stdout.write('first line\\n'))
    progress.at(2)
    progress.aside(() => process.stdout.write('second line\\n'))
    process.exit(1)`
  const node = join(root, 'node_modules/.bin/node')
  const { code, out } = await run(
    'script',
    [
      '--quiet',
      '--return',
      '--command',
      `${node} --input-type=module -e "${program}"`,
      '/dev/null',
    ],
    { TERM: 'xterm-256color' },
  )
  expect(code).toBe(1)
  for (const line of ['first line', 'second line'])
    expect(out).toMatch(new RegExp(`\u001b\\[2K${line}\r\n`))
  expect(out.endsWith('\u001b[2K')).toBe(true)
})
