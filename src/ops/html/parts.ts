import type { Urgency } from '../../domain/directive.ts'
import type { Language } from '../words/both.ts'
import { failures } from '../words/failures.ts'
import { general } from '../words/general.ts'
import { withQuery } from './address.ts'
import { type Html, html, type Part } from './html.ts'
import { leftText } from './times.ts'

export type Tone = 'good' | 'notice' | 'bad' | 'quiet'

export function badge(tone: Tone, word: string): Html {
  return html`<span class="badge ${tone}">${word}</span>`
}

/** What a document says: Vietnamese, whatever language the page is in. */
export function said(text: string | null): Html | string {
  return text === null || text === '' ? '–' : html`<span lang="vi">${text}</span>`
}

export interface Table {
  readonly caption: string
  /** A heading that is null is that of a column whose cells name themselves. */
  readonly columns: readonly (string | { readonly title: string; readonly kind: 'number' })[]
  readonly rows: readonly (readonly Part[])[]
  readonly empty?: string
  /** The column that names its row; the first, unless told otherwise. */
  readonly head?: number
  /** Room for a longer name in the first column. */
  readonly isWide?: boolean
}

/** With its name, and every cell named by its column also where columns become lines, on a phone. */
export function table({ caption, columns, rows, empty = '–', head = 0, isWide }: Table): Html {
  const titles = columns.map((one) => (typeof one === 'string' ? one : one.title))
  const kinds = columns.map((one) => (typeof one === 'string' ? '' : one.kind))
  if (rows.length === 0)
    return html`<section class="empty"><h2>${caption}</h2><p>${empty}</p></section>`
  const cell = (part: Part, at: number) =>
    at === head
      ? html`<th scope="row" class="${kinds[at]}" data-title="${titles[at]}">${part}</th>`
      : html`<td class="${kinds[at]}" data-title="${titles[at]}">${part}</td>`
  return html`<div class="scroll${isWide ? ' wide' : ''}" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${titles.map((title, at) => html`<th scope="col" class="${kinds[at]}">${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
</table></div>`
}

export function facts(list: readonly (readonly [string, Part])[]): Html {
  return html`<dl class="facts">${list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value === null || value === '' ? '–' : value}</dd></div>`)}</dl>`
}

/** One figure with its name; a link where there is a list behind it. */
export function figure(
  name: string,
  value: Part,
  more: { tone?: Tone; href?: string; note?: Part } = {},
): Html {
  const shown = html`<span class="value">${value}</span>`
  return html`<div class="figure ${more.tone}"><dt>${name}</dt><dd>${more.href === undefined ? shown : html`<a href="${more.href}">${shown}</a>`}${more.note && html`<span class="note">${more.note}</span>`}</dd></div>`
}

export function figures(list: readonly Html[]): Html {
  return html`<dl class="figures">${list}</dl>`
}

const tones: Readonly<Record<Urgency, Tone>> = {
  normal: 'quiet',
  urgent: 'notice',
  veryUrgent: 'notice',
  flash: 'bad',
  unreadable: 'bad',
}

export function urgencyBadge(urgency: Urgency, language: Language): Html {
  return badge(tones[urgency], general[language].kinds[urgency])
}

/** Time left in words; how pressing it is stands in the words as well as in the colour. */
export function left(until: Date, now: Date, language: Language): Html {
  const ms = until.getTime() - now.getTime()
  const tone: Tone = ms <= 0 ? 'bad' : ms < 86_400_000 ? 'notice' : 'quiet'
  return html`<span class="left ${tone}">${leftText(until, now, language)}</span>`
}

/** `places`: which variable or file a word is about. */
export function failureText(
  word: string | null,
  language: Language,
  places: Readonly<Partial<Record<string, string>>> = {},
): string {
  if (!word) return '–'
  const said = (failures[language] as Readonly<Record<string, string>>)[word] ?? word
  return places[word] ? `${said} (${places[word]})` : said
}

/** Links to the neighbours of a page of a list; each is an address of its own. */
export function pager(
  address: string,
  { before, after }: { before: string | null; after: string | null },
  language: Language,
): Html | null {
  const words = general[language]
  const isFirst = before === null
  if (isFirst && after === null) return null
  return html`<nav class="pager" aria-label="${words.paging}">${!isFirst && html`<a href="${withQuery(address, { after: null, before: null })}">${words.first}</a> <a rel="prev" href="${withQuery(address, { after: null, before })}">← ${words.previous}</a>`} ${after !== null && html`<a rel="next" href="${withQuery(address, { before: null, after })}">${words.next} →</a>`}</nav>`
}

export interface Field {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly type?: 'text' | 'date' | 'search'
  readonly options?: readonly (readonly [string, string])[]
}

/** Filters that end up in the address. */
export function filterForm(
  action: string,
  fields: readonly Field[],
  language: Language,
  { button }: { button?: string } = {},
): Html {
  const words = general[language]
  return html`<form class="filters" method="get" action="${action}" role="search">${fields.map(filterField)}<div class="buttons"><button>${button ?? words.apply}</button>${fields.some(({ value }) => value !== '') && html` <a href="${action}">${words.clear}</a>`}</div></form>`
}

function filterField({ name, label, value, type = 'text', options }: Field): Html {
  const id = `f-${name}`
  const input = options
    ? html`<select id="${id}" name="${name}">${options.map(([option, text]) =>
        option === value
          ? html`<option value="${option}" selected>${text}</option>`
          : html`<option value="${option}">${text}</option>`,
      )}</select>`
    : html`<input id="${id}" name="${name}" type="${type}" value="${value}">`
  return html`<div class="field"><label for="${id}">${label}</label>${input}</div>`
}

/** A reason is not optional, and stays in the history. */
export function reasonField(language: Language, value = ''): Html {
  const words = general[language]
  return html`<div class="field"><label for="reason">${words.reason}</label><textarea id="reason" name="reason" required maxlength="500" rows="2" aria-describedby="reason-hint">${value}</textarea><p class="hint" id="reason-hint">${words.reasonHint}</p></div>`
}
