import { html as escaping } from 'ghtml'

/** Markup that is safe to send. Everything else that stands in a template is a text, and is escaped. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

export type Part = Html | string | number | null | undefined | false | readonly Part[]

/** Texts are escaped whatever they hold; only markup made by this same tag goes in as it is. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = literals[0]!
  for (const [n, part] of parts.entries()) markup += markupOf(part) + literals[n + 1]
  return new Html(markup)
}

function markupOf(part: Part): string {
  if (part instanceof Html) return part.markup
  if (part === null || part === undefined || part === false) return ''
  if (Array.isArray(part)) return part.map(markupOf).join('')
  return escaping`${printable(String(part))}`
}

/** What a document says must not turn the line around or hide in it. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
}
