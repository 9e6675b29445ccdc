/** What the documents hold that a comment or another document may cite. */
import { anchorsOf, headingsOf } from './markdown.ts'

export interface Library {
  /** Of each document, by its path, the anchors of its headings. */
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>
  /** Numbers such as `0007`. */
  readonly decisions: ReadonlySet<string>
  /** Numbers such as `1.2`. */
  readonly wireSections: ReadonlySet<string>
  /** By the short name of a law (`QĐ 23/2016`), its clauses (`Đ6.4`, `PL III`). */
  readonly law: ReadonlyMap<string, ReadonlySet<string>>
  /** How many promises there are. */
  readonly promises: number
}

/** `documents`: by its path from the root, the text of each. */
export function libraryOf(documents: ReadonlyMap<string, string>): Library {
  const text = (path: string) => documents.get(path) ?? ''
  return {
    anchors: new Map([...documents].map(([path, markdown]) => [path, anchorsOf(markdown)])),
    decisions: new Set(
      [...documents.keys()].flatMap((path) => /^docs\/decisions\/(\d{4})-/.exec(path)?.[1] ?? []),
    ),
    wireSections: new Set(
      headingsOf(text('docs/wire.md')).flatMap((title) => /^\d+(\.\d+)?/.exec(title)?.[0] ?? []),
    ),
    law: lawOf(text('docs/law.md')),
    promises: [...sectionOf(text('docs/architecture.md'), 'Promises').matchAll(/^\d+\. /gm)].length,
  }
}

function lawOf(markdown: string): Map<string, Set<string>> {
  const law = new Map<string, Set<string>>()
  for (const section of markdown.split(/^## /m).slice(1)) {
    const [title = ''] = section.split('\n', 1)
    const rows = section.matchAll(/^\| ([^|]+?) \|/gm)
    law.set(shortName(title), new Set([...rows].map(([, clause]) => clause!)))
  }
  return law
}

/** `QĐ 23/2016/QĐ-UBND` and `QĐ 23/2016` are one; so are the two names of the civil code. */
export function shortName(instrument: string): string {
  const name = instrument.replace(/\s+/g, ' ').trim()
  if (name === 'BLDS') return 'Bộ luật Dân sự 2015'
  return /^\S+ \d+\/\d{4}/.exec(name)?.[0] ?? name
}

/** What stands under a heading of the second level. */
export function sectionOf(markdown: string, title: string): string {
  const [, after = ''] = markdown.split(`\n## ${title}\n`)
  return after.split(/^## /m)[0]!
}
