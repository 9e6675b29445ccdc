import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import type { OutboxState } from '../../store/outbox.ts'
import { placeOf } from '../../store/pages/place.ts'
import type { ReplyRow } from '../../store/pages/replies.ts'
import { withQuery } from '../html/address.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { badge, failureText, filterForm, pager, said, type Tone, table } from '../html/parts.ts'
import { timeHtml } from '../html/times.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'
import { replyWords } from '../words/replies.ts'
import { queryOf, send, visit } from './visit.ts'

const rowsOfAPage = 50
const states: readonly OutboxState[] = [
  'unconfirmed',
  'rejected',
  'pending',
  'sending',
  'delivered',
  'settled',
]

const tones: Readonly<Record<OutboxState, Tone>> = {
  pending: 'quiet',
  sending: 'quiet',
  delivered: 'good',
  rejected: 'bad',
  unconfirmed: 'bad',
  settled: 'good',
}

/** TRẢ LỜI: the way back, what was sent beside what the source said. */
export function repliesPage(server: FastifyInstance, app: App): void {
  server.get('/replies', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const query = queryOf(request)
    const state = states.find((one) => one === query.state) ?? null
    const [found, sources] = await Promise.all([
      app.store.pages.wayBack.list(
        { state, source: query.source || null },
        placeOf(query, 'number'),
        rowsOfAPage,
      ),
      app.store.sources.all(),
    ])
    const words = replyWords[frame.language]
    const shared = general[frame.language]
    const body = html`${stateTabs(state, frame)}
${filterForm(
  '/replies',
  [
    {
      name: 'state',
      label: words.states,
      value: state ?? '',
      options: [
        ['', shared.all],
        ...states.map((one) => [one, directiveWords[frame.language].delivery[one]] as const),
      ],
    },
    {
      name: 'source',
      label: shared.source,
      value: query.source ?? '',
      options: [['', shared.all], ...sources.map(({ name }) => [name, name] as const)],
    },
  ],
  frame.language,
)}
${replyTable(found.rows, frame)}
${pager(frame.address, found, frame.language)}`
    return send(reply, frame, { title: words.title, body, under: 'replies' })
  })
}

export function deliveryBadge(state: OutboxState, language: Frame['language']): Html {
  return badge(tones[state], directiveWords[language].delivery[state])
}

function stateTabs(current: OutboxState | null, { language, address }: Frame): Html {
  const words = directiveWords[language].delivery
  const to = (state: OutboxState | null) => withQuery(address, { state, after: null, before: null })
  const tab = (state: OutboxState | null, name: string) =>
    state === current
      ? html`<a href="${to(state)}" aria-current="true">${name}</a>`
      : html`<a href="${to(state)}">${name}</a>`
  return html`<nav class="tabs" aria-label="${replyWords[language].states}">${tab(null, general[language].all)}${states.map((state) => tab(state, words[state]))}</nav>`
}

function replyTable(rows: readonly ReplyRow[], { language }: Frame): Html {
  const words = replyWords[language]
  const shared = general[language]
  const { outcomes } = directiveWords[language]
  return table({
    caption: words.list,
    columns: [
      words.directive,
      shared.state,
      words.sent,
      words.said,
      words.attemptedAt,
      words.attempts,
      shared.source,
    ],
    rows: rows.map((row) => [
      html`<a href="/replies/${row.id}" lang="vi">${row.code}</a>`,
      deliveryBadge(row.state, language),
      html`${outcomes[row.outcome]} – ${said(row.unit)}<br><small lang="vi">${row.documentCode ?? ''} ${row.explanation}</small>`,
      row.answer !== null
        ? said(row.answer)
        : row.failure !== null
          ? failureText(row.failure, language)
          : (row.farRef ?? '–'),
      timeHtml(row.attemptedAt),
      row.attempts,
      row.source,
    ]),
    empty: words.empty,
  })
}
