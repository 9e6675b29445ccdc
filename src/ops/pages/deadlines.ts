import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { isLocalDate, localDateOf } from '../../domain/local-date.ts'
import { placeOf } from '../../store/pages/place.ts'
import type { WaitingFilter, WaitingRow } from '../../store/pages/waiting.ts'
import { type Html, html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { filterForm, left, pager, said, table, urgencyBadge } from '../html/parts.ts'
import { dateHtml, deadlineHtml } from '../html/times.ts'
import { deadlineWords } from '../words/deadlines.ts'
import { general } from '../words/general.ts'
import { calendarMonth, monthOf } from './deadline-calendar.ts'
import { type Query, queryOf, send, visit } from './visit.ts'

const rowsOfAPage = 50

/** THỜI HẠN: everything that is not classified yet, by the time that is left. */
export function deadlinesPage(server: FastifyInstance, app: App): void {
  server.get('/deadlines', { config: { access: 'viewer' } }, async (request, reply) => {
    const frame = await visit(app, request, reply)
    const query = queryOf(request)
    const { waiting } = app.store.pages
    const filter = filterOf(query)
    const place = placeOf(query)
    const month = monthOf(query.month ?? filter.day?.slice(0, 7), localDateOf(frame.now))
    const [found, count, choices, days] = await Promise.all([
      waiting.list(filter, frame.now, place, rowsOfAPage),
      waiting.count(filter, frame.now),
      waiting.choices(),
      waiting.month(month.first, month.last, frame.now),
    ])
    const words = deadlineWords[frame.language]
    const body = html`<p class="hint">${words.explained}</p>
${filters(query, choices, frame)}
<p>${words.found(count)}</p>
${waitingTable(found.rows, frame)}
${pager(frame.address, found, frame.language)}
${calendarMonth(month, days, app.calendar, frame)}`
    return send(reply, frame, { title: words.title, body, under: 'deadlines' })
  })
}

export function filterOf(query: Query): WaitingFilter {
  const among = <T extends string>(value: string | undefined, known: readonly T[]) =>
    known.find((one) => one === value) ?? null
  return {
    urgency: among(query.urgency, ['normal', 'urgent', 'veryUrgent', 'flash', 'unreadable']),
    source: query.source || null,
    kind: query.kind || null,
    issuer: query.issuer || null,
    pressing: among(query.pressing, ['overdue', 'releasedLate', 'soon', 'later']),
    day: query.day && isLocalDate(query.day) ? query.day : null,
  }
}

function filters(
  query: Query,
  { kinds, sources }: { kinds: string[]; sources: string[] },
  { language }: Frame,
): Html {
  const words = deadlineWords[language]
  const shared = general[language]
  const any = ['', shared.all] as const
  return filterForm(
    '/deadlines',
    [
      {
        name: 'pressing',
        label: words.pressing,
        value: query.pressing ?? '',
        options: [
          any,
          ['overdue', words.overdue],
          ['releasedLate', words.releasedLate],
          ['soon', words.soon],
          ['later', words.later],
        ],
      },
      {
        name: 'urgency',
        label: shared.urgency,
        value: query.urgency ?? '',
        options: [any, ...Object.entries(shared.kinds)],
      },
      {
        name: 'source',
        label: shared.source,
        value: query.source ?? '',
        options: [any, ...sources.map((name) => [name, name] as const)],
      },
      {
        name: 'kind',
        label: shared.typeName,
        value: query.kind ?? '',
        options: [any, ...kinds.map((name) => [name, name] as const)],
      },
      { name: 'issuer', label: shared.issuer, value: query.issuer ?? '' },
      { name: 'day', label: words.day, value: query.day ?? '', type: 'date' },
    ],
    language,
  )
}

/** The Office needs the full text; an annex may follow. */
function filesOf(
  { withoutText, filesComplete }: WaitingRow,
  words: { readonly withoutText: string; readonly filesComing: string },
): Html | false {
  if (withoutText) return html`<br><small>${words.withoutText}</small>`
  return !filesComplete && html`<br><small>${words.filesComing}</small>`
}

export function waitingTable(rows: readonly WaitingRow[], { language, now }: Frame): Html {
  const words = deadlineWords[language]
  const shared = general[language]
  return table({
    caption: words.list,
    columns: [
      shared.timeLeft,
      shared.deadline,
      shared.urgency,
      shared.code,
      shared.subject,
      shared.issuer,
      shared.issuedOn,
      shared.source,
    ],
    head: 3,
    rows: rows.map((row) => [
      left(row.classifyBy, now, language),
      html`${deadlineHtml(row.deadlineDate, language)}${!row.confirmed && html`<br><small>${shared.unconfirmed}</small>`}`,
      urgencyBadge(row.urgency, language),
      html`<a href="/directives/${row.id}" lang="vi">${row.code}</a>${filesOf(row, words)}`,
      html`${said(row.subject)}<br><small lang="vi">${row.typeName}</small>`,
      said(row.issuer),
      dateHtml(row.issuedOn),
      row.source,
    ]),
    empty: words.empty,
  })
}
