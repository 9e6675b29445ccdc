/** Whoever follows a citation, a link or a path finds what it names. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commentsOf, unresolvedIn } from './citations.ts'
import { libraryOf, sectionOf } from './library.ts'
import { brokenLinks, missingPaths, roomsOf, unmapped } from './paths.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const exists = (path: string) => existsSync(join(root, path))

const commented = /\.(?:ts|mjs|cjs|js|css|ya?ml|sh)$/
const places = ['src', 'connectors', 'jobs', 'config', 'test', 'bench', 'deploy', 'docs']
const files = [...places.flatMap(filesIn), 'README.md', 'README.vi.md', 'CHANGELOG.md']
const code = [
  // Their comments hold what is made up to fail.
  ...files.filter((path) => commented.test(path) && !path.startsWith('test/docs/')),
  'bin/chidao',
  'compose.yaml',
  'Dockerfile',
]
const pages = files.filter((path) => path.endsWith('.md'))
const guides = pages.filter((path) => /^(?:README|docs\/)/.test(path))
const library = libraryOf(new Map(pages.map((path) => [path, read(path)])))

describe('the repository', () => {
  it.each(places.slice(0, -1))(
    'cites in the comments of %s only what the documents hold',
    (place) => {
      const found = code
        .filter((path) => path.startsWith(`${place}/`))
        .flatMap((path) =>
          commentsOf(read(path)).flatMap((text) => at(path, unresolvedIn(text, library))),
        )
      expect(found).toEqual([])
    },
  )

  it('cites in its other files only what the documents hold', () => {
    const others = code.filter((path) => !places.some((place) => path.startsWith(`${place}/`)))
    const found = others.flatMap((path) =>
      commentsOf(read(path)).flatMap((text) => at(path, unresolvedIn(text, library))),
    )
    expect(found).toEqual([])
  })

  it('cites in what it says to people only what the documents hold', () => {
    const telling = code.filter((path) => path.startsWith('src/'))
    const found = telling.flatMap((path) =>
      at(path, unresolvedIn(read(path).replace(/\n\s*\* /g, ' '), library)),
    )
    expect(found).toEqual([])
  })

  it('cites in its documents only what they hold', () => {
    // The one is where the clauses are told.
    const citing = pages.filter((path) => path !== 'docs/law.md')
    expect(citing.flatMap((path) => at(path, unresolvedIn(read(path), library)))).toEqual([])
  })

  it('has no link that leads nowhere', () => {
    const found = guides.flatMap((path) => at(path, brokenLinks(path, read(path), library, exists)))
    expect(found).toEqual([])
  })

  it('names in its documents only files that are there', () => {
    expect(guides.flatMap((path) => at(path, missingPaths(read(path), exists)))).toEqual([])
  })

  it('has a map of rooms that is whole', () => {
    const rooms = roomsOf(sectionOf(read('README.md'), 'The rooms'))
    expect(rooms.filter((room) => !exists(room))).toEqual([])
    const entries = readdirSync(join(root, 'src')).map((name) => `src/${name}`)
    expect(unmapped(entries, rooms)).toEqual([])
  })

  it('says of each decision whether it is built', () => {
    const index = read('docs/decisions/README.md')
    const decisions = pages.filter((path) => /^docs\/decisions\/\d/.test(path))
    expect(decisions.length).toBeGreaterThan(0)
    for (const path of decisions) {
      const [, number, name] = /(\d{4})-(.+)$/.exec(path)!
      const title = new RegExp(`^# ${number}: (.+)$`, 'm').exec(read(path))?.[1]
      const state = /^State: (in force|decided, not built yet)(?: \(|$)/m.exec(read(path))?.[1]
      expect(index).toContain(`| [${number}](${number}-${name}) ${title} | ${state} |`)
      if (state !== 'in force') expect(read(path)).toContain('\n## Today\n')
    }
  })
})

describe('a citation that leads nowhere', () => {
  it.each([
    'as decided (docs/decisions/0999)',
    'decision 0999 says so',
    'docs/nowhere.md',
    'docs/architecture.md#the-way-of-a-fish',
    'promise 12 of ours',
    'the wire says so (wire §1.9)',
    'two of them (wire §1.2, §99)',
    'design §5',
    'domain dossier §2.2',
    'QĐ 23/2016 Đ6.9',
    'QĐ 23/2016/QĐ-UBND, Điều 77.1',
    'QĐ 23/2016 Đ6.3, Đ7.9',
    'NĐ 30/2020 Đ99.1',
    'NĐ 30/2020 PL XII',
    'NĐ 1/2001',
    'Điều 98',
    '(Đ20.9, 22)',
    'Điều 20–26',
    'BLDS Đ999',
  ])('is found: %s', (text) => {
    expect(unresolvedIn(text, library)).not.toEqual([])
  })

  it.each([
    'docs/decisions/0001, docs/architecture.md#promises, promise 1',
    '(wire §1.2, §2) and Wire §2. and (wire §2: 01, 03)',
    'XML 1.0 §2.11, RFC 9110 §15.5.2',
    'QĐ 23/2016 Đ6.3, Đ7.2',
    'QĐ 23/2016/QĐ-UBND, Điều 5.3',
    '(Đ20.2, 22), Điều 20–22, 24, and of Điều 20 to 22 and 24',
    'NĐ 30/2020 Đ4.2c, NĐ 30/2020 PL III, QĐ 20/2020/QĐ-TTg',
    'Bộ luật Dân sự 2015 Đ147, BLDS Đ148',
    '`QyĐ` and `QYĐ`, 23/2016/QĐ-UBND, 1961/QĐUBND, Phụ lục 1',
  ])('is none of these: %s', (text) => {
    expect(unresolvedIn(text, library)).toEqual([])
  })

  it('is found where a line breaks in the middle of it', () => {
    const broken = '/**\n * Numbered apart (NĐ 30/2020\n * Đ99.1).\n */\n\nconst a = 1 // wire §77'
    expect(commentsOf(broken).flatMap((text) => unresolvedIn(text, library))).toEqual([
      'NĐ 30/2020 Đ99.1',
      'wire §77',
    ])
    const said = "const said = 'Điều 98'\n# yaml: design §1\n-- sql: Đ98"
    expect(commentsOf(said)).toEqual(['yaml: design §1 sql: Đ98'])
  })
})

describe('a link or a path that leads nowhere', () => {
  it.each([
    '[a](nowhere.md)',
    '[a](decisions/0999-nothing.md)',
    '[a](glossary.md#nothing-of-this-name)',
    '[a](#not-here)',
    '![a](screenshots/none.png)',
    '[a](../../etc/passwd)',
  ])('is found: %s', (markdown) => {
    expect(brokenLinks('docs/architecture.md', markdown, library, exists)).toHaveLength(1)
  })

  it('is none that stands in a fence, or leaves the repository', () => {
    const fine = '```\n[a](nowhere.md)\n```\n[b](https://example.org/x) [c](#promises)'
    expect(brokenLinks('docs/architecture.md', fine, library, exists)).toEqual([])
  })

  it('is found among the files that a page names', () => {
    const page =
      'See `src/flow.ts`, `src/nothing.ts`, `src/flow/*.ts`, `bench/{main,none}.ts` and /opt/src/x.'
    expect(missingPaths(page, exists)).toEqual(['src/nothing.ts', 'bench/none.ts'])
  })

  it('is found in the map of rooms, either way', () => {
    const rooms = roomsOf(
      '| room | what |\n| --- | --- |\n| [`src/flow.ts`](src/flow.ts) | a |\n| `src/attic/` | b |\n',
    )
    expect(rooms.filter((room) => !exists(room))).toEqual(['src/attic/'])
    expect(unmapped(['src/flow.ts', 'src/store', 'src/attic'], rooms)).toEqual(['src/store'])
  })
})

function at(path: string, found: readonly string[]): string[] {
  return found.map((one) => `${path}: ${one}`)
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => statSync(join(root, path)).isFile())
}
