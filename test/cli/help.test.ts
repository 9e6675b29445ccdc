import pMap from 'p-map'
import { beforeAll, describe, expect, it } from 'vitest'
import { chidao, type Ran } from './executable.ts'

/** Every command's page, found by walking from page to page as a reader would. */
const pages = new Map<string, Ran>()
beforeAll(async () => {
  let paths = ['']
  while (paths.length > 0) {
    const read = await pMap(paths, async (path) => ({ path, ran: await page(path) }), {
      concurrency: 2,
    })
    for (const { path, ran } of read) pages.set(path, ran)
    paths = read.flatMap(({ path, ran }) => commandsOn(ran.out).map((name) => `${path} ${name}`))
  }
}, 600_000)

function page(path: string): Promise<Ran> {
  return chidao([...path.split(' ').filter(Boolean), '--help'])
}

/** The names under LỆNH / COMMANDS: what begins in the third column. */
function commandsOn(text: string): string[] {
  const listed = /\nLỆNH \/ COMMANDS\n(.*?)\n\n/s.exec(text)?.[1] ?? ''
  return [...listed.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name!).filter((n) => n !== 'help')
}

const each = (claim: (text: string, path: string) => void) => {
  for (const [path, { out }] of pages) claim(out, path)
}

describe('every page of the manual', () => {
  it('is reached: commands, and the commands of groups', () => {
    expect([...pages.keys()]).toEqual(
      expect.arrayContaining(['', ' start', ' replies', ' replies settle', ' completion']),
    )
    expect(pages.size).toBeGreaterThan(20)
  })

  it('ends with exit code 0 and complains of nothing', () => {
    for (const [path, { code, err }] of pages) expect([path, code, err]).toEqual([path, 0, ''])
  })

  it('fits 80 columns', () => {
    each((text, path) =>
      expect(
        text.split('\n').filter((line) => line.normalize('NFC').length > 80),
        path,
      ).toEqual([]),
    )
  })

  it('has its sections in their order', () => {
    const titles = [
      'TÊN / NAME',
      'CÚ PHÁP / SYNOPSIS',
      'MÔ TẢ / DESCRIPTION',
      'TÙY CHỌN / OPTIONS',
      'MÃ THOÁT / EXIT CODES',
      'VÍ DỤ / EXAMPLES',
      'XEM THÊM / SEE ALSO',
    ]
    each((text, path) => {
      const found = text.split('\n').filter((line) => titles.includes(line))
      expect(found, path).toEqual(titles)
    })
  })

  it('names the command, tells its four exit codes, shows it in an example and points elsewhere', () => {
    each((text, path) => {
      expect(text).toMatch(new RegExp(`^TÊN / NAME\n {2}chidao${path}: \\S`))
      expect(text.match(/^ {2}[0-3] {2}\S.* \/ /gm), path).toHaveLength(4)
      expect(text).toMatch(/\nVÍ DỤ \/ EXAMPLES\n(?: {2}\$ .*\n(?: {6}.*\n)*)+\n/)
      expect(text).toMatch(/SEE ALSO\n {2}chidao .*--help/)
    })
  })

  it('points only to pages that there are', () => {
    const known = new Set([...pages.keys()].map((path) => `chidao${path}`))
    each((text) => {
      const [, shown = ''] = /SEE ALSO\n(.*)$/s.exec(text) ?? []
      for (const [, path] of shown.replace(/\s+/g, ' ').matchAll(/(chidao[^,]*?) --help/g))
        expect(known).toContain(path)
    })
  })

  it('speaks Vietnamese first and English beside it', () => {
    each((text, path) => {
      const described = /MÔ TẢ \/ DESCRIPTION\n(.*?)\n\n[A-ZĐÚ]{2}/s.exec(text)?.[1] ?? ''
      const [vietnamese = '', english = ''] = described.split('\n\n')
      expect(vietnamese, path).toMatch(/[ăâđêôơưạảấầẩẫậắằặẹẻếềểệỉịọỏốồổộớờởợụủứừửựỳỷ]/)
      if (path !== ' help') expect(english.length, `${path} in English`).toBeGreaterThan(40)
      for (const word of ['Usage:', 'Options:', 'display help', 'output the version', '(choices:'])
        expect(text).not.toContain(word)
    })
  })
})

it('a long example goes on after a backslash and is still one command', async () => {
  const { out } = await chidao(['deadline', '--help'])
  expect(out).toMatch(/urgency":"normal"\}' \\\n {6}\| chidao deadline --stdin/)
})

it('a group shows how its default command is asked, where that is what its name runs', async () => {
  const { out } = await chidao(['resync', '--help'])
  expect(out).toContain('chidao resync start [options] <source>')
  for (const option of ['--since', '--dry-run', '--thorough']) expect(out).toContain(`  ${option}`)
})
