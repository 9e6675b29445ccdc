import { type Library, shortName } from './library.ts'

/** The law that is meant where an article is named alone. */
const regulation = 'QĐ 23/2016'
/** Standards outside of this repository whose sections are cited by number. */
const outside = /\b(?:XML 1\.0|RFC \d+)$/

/** Comments, one text each; lines that follow one another are one comment. */
export function commentsOf(code: string): string[] {
  const comments: string[] = []
  let before = -2
  for (const [n, line] of code.split('\n').entries()) {
    const text = commentIn(line)
    if (text === null) continue
    if (n === before + 1) comments.push(`${comments.pop()} ${text}`)
    else comments.push(text)
    before = n
  }
  return comments
}

/** Of code in TypeScript, SQL, YAML and shell; null where the line has no comment. */
function commentIn(line: string): string | null {
  const whole = /^\s*(?:\/\*\*?|\*\/?|\/\/|--|#(?!\{))\s?(.*?)(?:\*\/)?\s*$/.exec(line)
  return whole?.[1] ?? /(?:^|\s)\/\/ (.*)$/.exec(line)?.[1] ?? null
}

/** What a comment or a page cites and the documents do not hold. */
export function unresolvedIn(text: string, library: Library): string[] {
  return [
    ...documentsCited(text, library),
    ...numbersCited(text, library),
    ...sectionsCited(text, library),
    ...lawCited(text, library),
  ]
}

function documentsCited(text: string, { anchors, decisions }: Library): string[] {
  const pages = [...text.matchAll(/\bdocs\/[\w./-]+\.md(?:#([\p{L}\p{M}\p{N}_-]+))?/gu)]
  const badPages = pages.filter(([cited, anchor]) => {
    const known = anchors.get(cited.split('#')[0]!)
    return !known || (anchor !== undefined && !known.has(anchor.normalize('NFC')))
  })
  const numbers = [...text.matchAll(/\b(?:docs\/decisions\/|[Dd]ecision )(\d+)(?!\d|-)/g)]
  const badNumbers = numbers.filter(([, number]) => !decisions.has(number!))
  return [...badPages, ...badNumbers].map(([cited]) => cited)
}

function numbersCited(text: string, { promises }: Library): string[] {
  const cited = [...text.matchAll(/\b[Pp]romise (\d+)\b/g)]
  return cited.filter(([, n]) => Number(n) < 1 || Number(n) > promises).map(([promise]) => promise)
}

/** `wire §1.2, §2`; a section of anything else that is not in the repository does not resolve. */
function sectionsCited(text: string, { wireSections }: Library): string[] {
  return [...text.matchAll(/([^§]{0,30})((?:§\d+(?:\.\d+)*(?:, )?)+)/g)].flatMap(
    ([, before, list]) => {
      const whose = before!.trimEnd()
      if (outside.test(whose)) return []
      const sections = [...list!.matchAll(/\d+(?:\.\d+)*/g)].map(([section]) => section)
      // On its own page a section needs no name before it.
      if (!/(?:\bwire|\[)$/i.test(whose)) return [`${whose.slice(-20)} ${list}`.trim()]
      return sections
        .filter((section) => !wireSections.has(section))
        .map((section) => `wire §${section}`)
    },
  )
}

const instrument = String.raw`(?<![\p{L}\p{N}])(?:(?:QĐ|NĐ|TT|Luật)\s+\d+/\d{4}(?:/[\p{Lu}\d-]+)?|Bộ\s+luật\s+Dân\s+sự\s+2015|BLDS)`
const clause = String.raw`(?:(?<![\p{L}\p{N}])(?:Đ|Điều\s+)\d+(?:\.\d+)?[a-zđ]?|(?<![\p{L}\p{N}])PL\s+[IVX]+)(?![\p{L}\p{N}])`
const further = String.raw`(?:(?:,\s+|\s+and\s+|\s+to\s+|–)(?:${clause}|\d+(?:\.\d+)?(?![\p{L}\p{N}/])))*`
const citation = new RegExp(
  `(?<law>${instrument})(?:,?\\s+(?<own>${clause}${further}))?|(?<alone>${clause}${further})`,
  'gu',
)

function lawCited(text: string, { law }: Library): string[] {
  return [...text.matchAll(citation)].flatMap(({ groups }) => {
    const name = groups?.law ? shortName(groups.law) : regulation
    const known = law.get(name)
    if (!known) return [name]
    const clauses = clausesOf(groups?.own ?? groups?.alone ?? '')
    return clauses.filter((one) => !holds(known, one)).map((one) => `${name} ${one}`)
  })
}

/** `Điều 20–22, 24` -> Đ20, Đ21, Đ22, Đ24. */
function clausesOf(list: string): string[] {
  const clauses: string[] = []
  const parts = list.matchAll(
    /(–|to\s+)?(?:(?:Đ|Điều\s+)?(\d+)((?:\.\d+)?[a-zđ]?)|PL\s+([IVX]+))/gu,
  )
  for (const [, range, article, rest, appendix] of parts) {
    const last = Number(/^Đ(\d+)$/.exec(clauses.at(-1) ?? '')?.[1])
    if (range && article && last)
      for (let n = last + 1; n < Number(article); n++) clauses.push(`Đ${n}`)
    clauses.push(appendix ? `PL ${appendix}` : `Đ${article}${rest}`)
  }
  return clauses
}

/** An article is held when any of its clauses is. */
function holds(known: ReadonlySet<string>, one: string): boolean {
  return known.has(one) || [...known].some((clause) => clause.startsWith(`${one}.`))
}
