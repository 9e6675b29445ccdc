import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { type Attention, type AttentionCounts, totalOf } from '../../store/attention.ts'
import { type AttentionKind, attentionKinds } from '../../store/attention-kinds.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html, type Part } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { filterForm, left, table } from '../html/parts.ts'
import { timeHtml } from '../html/times.ts'
import { attentionWords } from '../words/attention.ts'
import { general } from '../words/general.ts'
import { type Act, actNamed, actsFor, mayBeDoneToMany } from './acts.ts'
import { causeOf, detailOf, whatOf } from './attention-row.ts'
import { type Query, queryOf, send, visit } from './visit.ts'
import { askedAt } from './waiting-count.ts'

const rowsOfAPage = 50

/** CẦN XỬ LÝ: everything that waits for a person, with what can be done about it. */
export function attentionPage(server: FastifyInstance, app: App): void {
  server.get('/attention', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const query = queryOf(request)
    const filter = attentionFilter(query)
    const asked = { ...askedAt(app, frame.now), ...filter }
    const page = Math.min(1000, Math.max(1, Number.parseInt(query.page ?? '', 10) || 1))
    const [rows, counts, known] = await Promise.all([
      app.store.attention.list(asked, {
        limit: rowsOfAPage + 1,
        offset: (page - 1) * rowsOfAPage,
      }),
      app.store.attention.counts({
        ...askedAt(app, frame.now),
        ...(filter.sources && { sources: filter.sources }),
      }),
      app.store.sources.all(),
    ])
    const words = attentionWords[frame.language]
    const kind = filter.kinds?.length === 1 ? filter.kinds[0]! : null
    const body = html`${done(query, frame)}
${kindTabs(counts, kind, frame)}
${filterForm(
  '/attention',
  [
    {
      name: 'source',
      label: general[frame.language].source,
      value: query.source ?? '',
      options: [
        ['', general[frame.language].all],
        ...known.map(({ name }) => [name, name] as const),
      ],
    },
    {
      name: 'kind',
      label: words.kind,
      value: kind ?? '',
      options: [
        ['', general[frame.language].all],
        ...attentionKinds.map((one) => [one, words.kinds[one]] as const),
      ],
    },
  ],
  frame.language,
)}
${list(app.sources, rows.slice(0, rowsOfAPage), kind, kind === null ? 0 : counts[kind], query, frame)}
${pages(page, rows.length > rowsOfAPage, frame)}`
    return send(reply, frame, { title: words.title, body, under: 'attention' })
  })
}

export function attentionFilter(query: Query): {
  kinds?: readonly AttentionKind[]
  sources?: readonly string[]
} {
  const kind = attentionKinds.find((one) => one === query.kind)
  return { ...(kind && { kinds: [kind] }), ...(query.source && { sources: [query.source] }) }
}

/** How an item stands in a form: kind, source and id name it together. */
export function nameOf({ kind, source, id }: Pick<Attention, 'kind' | 'source' | 'id'>): string {
  return `${kind}/${source}/${id}`
}

function done(query: Query, { language }: Frame): Html | null {
  const act = actNamed(query.done)
  const n = Number.parseInt(query.n ?? '', 10)
  if (!act || !(n >= 0)) return null
  const words = attentionWords[language]
  return html`<p class="done" role="status">${n === 0 ? words.nothingLeft : words.done(words.acts[act], n)}</p>`
}

function kindTabs(
  counts: AttentionCounts,
  current: AttentionKind | null,
  { language, address }: Frame,
): Html {
  const words = attentionWords[language]
  const to = (kind: AttentionKind | null) =>
    withQuery(address, { kind, page: null, done: null, n: null })
  const shown = attentionKinds.filter((kind) => counts[kind] > 0 || kind === current)
  const total = totalOf(counts)
  const tab = (kind: AttentionKind | null, name: string, n: number) =>
    kind === current
      ? html`<a href="${to(kind)}" aria-current="true">${name} (${n})</a>`
      : html`<a href="${to(kind)}">${name} (${n})</a>`
  return html`<nav class="tabs" aria-label="${words.kind}">${tab(null, general[language].all, total)}${shown.map((kind) => tab(kind, words.kinds[kind], counts[kind]))}</nav>`
}

/** Rows of one kind can be acted on together: what it would do is the same for all of them. */
function list(
  sources: App['sources'],
  rows: readonly Attention[],
  kind: AttentionKind | null,
  count: number,
  query: Query,
  frame: Frame,
): Html {
  const { language, viewer } = frame
  const words = attentionWords[language]
  const mayAct = viewer.role === 'administrator'
  const acts = kind && mayAct ? actsFor(kind).filter(mayBeDoneToMany) : []
  const found = itemTable(sources, rows, acts.length > 0, mayAct, frame)
  const note = !mayAct
    ? html`<p class="hint">${words.onlyAdministrator}</p>`
    : kind === null && rows.length > 0 && html`<p class="hint">${words.chooseKind}</p>`
  if (acts.length === 0 || rows.length === 0) return html`${note}${found}`
  return html`<form method="get" action="/attention/confirm">
<input type="hidden" name="kind" value="${kind}"><input type="hidden" name="source" value="${query.source ?? ''}">
${found}
<p class="buttons">${words.forChosen} ${acts.map((act) => html`<button class="second" name="act" value="${act}">${words.acts[act]}</button> `)}</p>
<p class="buttons">${words.forAll(count)} ${acts.map((act) => html`<a href="${withQuery('/attention/confirm', { act, all: '1', kind, source: query.source ?? null })}">${words.acts[act]}</a> `)}</p>
</form>`
}

function itemTable(
  sources: App['sources'],
  rows: readonly Attention[],
  choosable: boolean,
  mayAct: boolean,
  { language, now }: Frame,
): Html {
  const words = attentionWords[language]
  const shared = general[language]
  return table({
    caption: words.list,
    head: choosable ? 1 : 0,
    columns: [
      ...(choosable ? [words.choose] : []),
      words.what,
      words.kind,
      words.endangers,
      words.cause,
      shared.since,
      shared.source,
      words.act,
    ],
    rows: rows.map((row) => [
      ...(choosable
        ? [
            html`<input type="checkbox" name="item" value="${nameOf(row)}" aria-label="${words.chooseOne(plainName(row, words.withheldName))}">`,
          ]
        : []),
      whatOf(row, language),
      words.kinds[row.kind],
      row.endangers === null
        ? words.noDeadline
        : row.beforeGoLive
          ? words.beforeGoLive
          : left(row.endangers, now, language),
      html`${causeOf(row, sources, language)}${detailOf(row, language)}`,
      timeHtml(row.since),
      row.source || '–',
      mayAct ? rowActs(row, actsFor(row.kind), language) : '–',
    ]),
    empty: words.empty,
  })
}

/** There is nothing to do to them but what their directive is waiting for. */
const leadsToDirective: ReadonlySet<AttentionKind> = new Set([
  'overdue',
  'dueSoon',
  'releasedLate',
  'foundLate',
])

function rowActs(row: Attention, acts: readonly Act[], language: Frame['language']): Part {
  const words = attentionWords[language]
  if (leadsToDirective.has(row.kind))
    return html`<a class="target" href="/directives/${row.directiveId}">${words.openDirective}</a>`
  if (row.kind === 'withoutText') return filesLink(row, language)
  if (row.source === '') return '–'
  if (acts.length === 0)
    return html`<a href="/sources/${row.source}">${general[language].source} ${row.source}</a>`
  const links = acts.map(
    (act) =>
      html`<a class="target" href="${withQuery('/attention/confirm', { act, item: nameOf(row) })}">${words.acts[act]}</a> `,
  )
  return row.kind === 'fileMissing' ? [...links, filesLink(row, language)] : links
}

function filesLink({ directiveId }: Attention, language: Frame['language']): Part {
  return html`<a class="target" href="/directives/${directiveId}#files">${attentionWords[language].openFiles}</a>`
}

function plainName(row: Attention, withheld: string): string {
  return row.kind === 'withheld' ? `${withheld} ${row.id.slice(0, 8)}` : (row.code ?? row.id)
}

function pages(page: number, hasMore: boolean, { language, address }: Frame): Html | null {
  if (page === 1 && !hasMore) return null
  const words = general[language]
  const to = (n: number) => withQuery(address, { page: String(n), done: null, n: null })
  return html`<nav class="pager" aria-label="${words.paging}">${page > 1 && html`<a rel="prev" href="${to(page - 1)}">← ${words.previous}</a>`}${hasMore && html`<a rel="next" href="${to(page + 1)}">${words.next} →</a>`}</nav>`
}
