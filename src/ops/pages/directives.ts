import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { isLocalDate } from '../../domain/local-date.ts'
import { placeOf } from '../../store/pages/place.ts'
import type { DirectiveRow, Search } from '../../store/pages/search.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import {
  badge,
  filterForm,
  left,
  pager,
  said,
  type Tone,
  table,
  urgencyBadge,
} from '../html/parts.ts'
import { dateHtml, deadlineHtml } from '../html/times.ts'
import { directiveWords } from '../words/directives.ts'
import { general } from '../words/general.ts'
import { doneToDirective } from './directive-acts.ts'
import { type Query, queryOf, send, visit } from './visit.ts'

const rowsOfAPage = 50

/** VĂN BẢN: the search. */
export function directivesPage(server: FastifyInstance, app: App): void {
  server.get('/directives', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const query = queryOf(request)
    const place = placeOf(query, query.state === 'open' ? 'instant' : 'day')
    const [found, sources] = await Promise.all([
      app.store.pages.search.list(searchOf(query), place, rowsOfAPage),
      app.store.sources.all(),
    ])
    const words = directiveWords[frame.language]
    const body = html`${doneToDirective(query, frame.language)}
${filters(
  query,
  sources.map(({ name }) => name),
  frame,
)}
${directiveTable(found.rows, frame)}
${pager(frame.address, found, frame.language)}`
    return send(reply, frame, { title: words.title, body, under: 'directives' })
  })
}

export function searchOf(query: Query): Search {
  const date = (value: string | undefined) => (value && isLocalDate(value) ? value : null)
  return {
    q: query.q?.trim() || null,
    issuer: query.issuer?.trim() || null,
    signer: query.signer?.trim() || null,
    source: query.source || null,
    from: date(query.from),
    until: date(query.until),
    state: query.state || null,
  }
}

function filters(query: Query, sources: readonly string[], { language }: Frame): Html {
  const words = directiveWords[language]
  const shared = general[language]
  const any = ['', shared.all] as const
  const { open, classified, refused, recalled } = shared.states
  return filterForm(
    '/directives',
    [
      { name: 'q', label: words.q, value: query.q ?? '', type: 'search' },
      { name: 'issuer', label: shared.issuer, value: query.issuer ?? '' },
      { name: 'signer', label: shared.signer, value: query.signer ?? '' },
      { name: 'from', label: words.from, value: query.from ?? '', type: 'date' },
      { name: 'until', label: words.until, value: query.until ?? '', type: 'date' },
      {
        name: 'state',
        label: shared.state,
        value: query.state ?? '',
        options: [any, ...Object.entries({ open, classified, refused, recalled })],
      },
      {
        name: 'source',
        label: shared.source,
        value: query.source ?? '',
        options: [any, ...sources.map((name) => [name, name] as const)],
      },
    ],
    language,
    { button: shared.search },
  )
}

const tones: Readonly<Record<DirectiveRow['state'], Tone>> = {
  open: 'notice',
  classified: 'good',
  refused: 'quiet',
  recalled: 'quiet',
}

export function stateBadge(state: DirectiveRow['state'], language: Frame['language']): Html {
  return badge(tones[state], general[language].states[state])
}

function directiveTable(rows: readonly DirectiveRow[], { language, now }: Frame): Html {
  const words = directiveWords[language]
  const shared = general[language]
  return table({
    caption: words.list,
    columns: [
      shared.code,
      shared.subject,
      shared.issuer,
      shared.signer,
      shared.issuedOn,
      shared.urgency,
      shared.deadline,
      shared.state,
      shared.source,
    ],
    rows: rows.map((row) => [
      html`<a href="/directives/${row.id}" lang="vi">${row.code}</a>`,
      html`${said(row.subject)}<br><small lang="vi">${row.typeName}</small>`,
      said(row.issuer),
      said(row.signerName),
      dateHtml(row.issuedOn),
      urgencyBadge(row.urgency, language),
      row.beforeGoLive
        ? html`<small>${shared.beforeGoLive}</small>`
        : html`${deadlineHtml(row.deadlineDate, language)}${row.settledAt === null && html`<br>${left(row.classifyBy, now, language)}`}`,
      stateBadge(row.state, language),
      row.source,
    ]),
    empty: words.empty,
  })
}
